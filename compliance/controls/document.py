"""Writes docs/controls.md: what each check assesses, and what none does.

python -m compliance.controls.document > docs/controls.md
"""

from collections.abc import Iterator, Sequence

from compliance.controls.crosswalk import OWN, Crosswalk, Framework
from compliance.controls.reading import load
from compliance.results import ControlRef

__all__ = ["document"]

_HEAD = """\
# Controls

Which controls the compliance scan assesses, by which checks, and which it does not. Written by
`python -m compliance.controls.document > docs/controls.md` from the files in `compliance/controls`; a test compares the
two.

**The mapping is the project's own.** No framework's owner has reviewed it. A check looks at one property of one kind of
resource in the declared program, so a control that is assessed is assessed *in part*; that an organisation meets it
takes evidence of people, of procedures and of the running estate. Where a published mapping says the same of the same
requirement it is cited; much of what the published ones list was left out, because it does not bear on the control (a
bucket's encryption is no data masking, a public function no endpoint device).
"""


def document(crosswalk: Crosswalk) -> str:
    """The page, in Markdown."""
    return "\n".join(
        [_HEAD, *_summary(crosswalk), *_sources(crosswalk), *_frameworks(crosswalk), *_checks(crosswalk)]
    )


def _summary(crosswalk: Crosswalk) -> Iterator[str]:
    yield "| framework | controls listed | assessed in part | not assessed |\n|---|---|---|---|"
    for it in crosswalk.frameworks.values():
        listed, missing = len(it.controls), len(crosswalk.unassessed(it.id))
        yield f"| [{it.name}](#{it.id.replace('.', '')}) | {listed} | {listed - missing} | {missing} |"
    yield f"\n{len(crosswalk.checks)} checks are mapped."


def _sources(crosswalk: Crosswalk) -> Iterator[str]:
    yield "\n## Sources\n\nIdentifiers are carried over from these, no sentences.\n"
    for name, it in crosswalk.sources.items():
        frameworks = ", ".join(crosswalk.frameworks[each].title for each in it.files)
        yield f"- `{name}`: [{it.title}]({it.url}), commit `{it.commit[:12]}`, {it.licence}: {frameworks}"
    yield "- `own`: the project's own judgement, in no published mapping"
    yield (
        "\n`python -m compliance.controls.provenance` compares every citation with clones of these repositories."
    )


def _frameworks(crosswalk: Crosswalk) -> Iterator[str]:
    for it in crosswalk.frameworks.values():
        yield f'\n<a id="{it.id.replace(".", "")}"></a>\n\n## {it.name}\n'
        yield f"[Source]({it.source}). {it.selection} {it.wording}\n"
        yield "| control | subject | checks | by |\n|---|---|---|---|"
        missing = crosswalk.unassessed(it.id)
        for control, title in it.controls.items():
            ref = ControlRef(it.id, control)
            if ref not in missing:
                yield f"| {control} | {title} | {', '.join(crosswalk.checks_of(ref))} | {_by(crosswalk, ref)} |"
        yield f"\nNo check assesses: {_list(it, missing)}."


def _by(crosswalk: Crosswalk, ref: ControlRef) -> str:
    bases = [
        it for check in crosswalk.checks_of(ref) for it in crosswalk.basis_of(check) if it.control == ref
    ]
    return ", ".join(sorted({it.source for it in bases}, key=lambda it: (it == OWN, it)))


def _list(framework: Framework, refs: Sequence[ControlRef]) -> str:
    return "; ".join(f"{it.control} {framework.controls[it.control]}" for it in refs) or "none is left"


def _checks(crosswalk: Crosswalk) -> Iterator[str]:
    yield "\n## Checks\n\nSeverities are the project's own: Checkov gives none without its paid service.\n"
    yield "| check | severity | asks for |\n|---|---|---|"
    for check in crosswalk.checks:
        topics = "; ".join(crosswalk.topics[it] for it in crosswalk.topics_by_check[check])
        yield f"| {check} | {crosswalk.severity_of(check)} | {topics} |"
    yield "\n### Checks that say nothing of this estate\n\nThey run, and a pass of theirs is counted for no control.\n"
    for check, reason in crosswalk.says_nothing.items():
        yield f"- {check}: {reason}"


if __name__ == "__main__":
    print(document(load()))
