"""When a scan may be believed: conditions that a scan which saw nothing, or lost a check, cannot meet."""

from collections.abc import Collection, Iterator, Sequence

from compliance.gate.canaries import Canaries
from compliance.gate.manifest import Manifest
from compliance.results import Gate, GateCheck
from compliance.scanner import Document, Mishap, Pair, Record, ScannerRecords, Verdict

__all__ = ["judge", "types_of"]

_SHOWN = 5
"""So many examples in the detail of a condition that does not hold."""

_PROVIDER = "aws"
"""What Checkov calls the provider, which every plan has."""


def judge(
    addresses: Collection[str], records: ScannerRecords, manifest: Manifest, canaries: Canaries
) -> Gate:
    """Whether the scan of a plan with resources at these addresses may be believed."""
    return Gate([*_conditions(frozenset(addresses), records, manifest, canaries)])


def _conditions(
    addresses: frozenset[str], records: ScannerRecords, manifest: Manifest, canaries: Canaries
) -> Iterator[GateCheck]:
    plan = records.plan
    yield GateCheck(
        "the program declares something", bool(addresses), f"{len(addresses)} resources in the graph"
    )
    yield _none("the plan was read", records.parsing_errors, "0 parsing errors")
    yield _every_resource(addresses, plan)
    yield _none("every policy was loaded", _told(records.not_loaded), "0 policies could not be loaded")
    yield _none("no check broke down", _told(records.raised), "0 checks raised an exception")
    yield GateCheck(
        "the manifest is of this scanner",
        manifest.scanner == records.scanner,
        f"{records.scanner} ran, the manifest is of {manifest.scanner}",
    )
    yield _every_pair(manifest.pairs(types_of(addresses)), plan)
    yield _every_graph_check(manifest.graph_checks, records)
    yield _none(
        "known faults were found",
        canaries.misjudged(records.canaries),
        f"{len(canaries.fails)} failed and {len(canaries.passes)} passed, as they must",
    )
    yield _none(
        "every verdict is about the program",
        [f"{it.check} on {it.address}" for it in plan.records if _is_stray(it, addresses)],
        f"{len(plan.records)} verdicts",
    )


def types_of(addresses: Collection[str]) -> frozenset[str]:
    """Terraform types at these addresses, and the provider."""
    return frozenset(it.partition(".")[0] for it in addresses) | {_PROVIDER}


def _every_resource(addresses: frozenset[str], plan: Document) -> GateCheck:
    lost, strange = sorted(addresses - plan.resources), sorted(plan.resources - addresses)
    count = f"{len(plan.resources)} scanned of {len(addresses)} in the graph"
    problems = [*(f"{it} was not scanned" for it in lost), *(f"{it} is not in the graph" for it in strange)]
    return _none("every resource was scanned", problems, count)


def _every_pair(wanted: frozenset[Pair], plan: Document) -> GateCheck:
    missing = sorted(wanted - plan.pairs)
    count = f"{len(wanted)} (check, type) pairs wanted, {len(wanted) - len(missing)} ran"
    return _none("every check ran on every type", [f"{check} on {kind}" for check, kind in missing], count)


def _every_graph_check(wanted: frozenset[str], records: ScannerRecords) -> GateCheck:
    missing = sorted(wanted - records.graph_checks)
    count = f"{len(wanted)} checks on connections wanted, {len(wanted) - len(missing)} ran"
    return _none("every check on connections ran", missing, count)


def _is_stray(record: Record, addresses: frozenset[str]) -> bool:
    """Whether a verdict is about nothing that the graph has, or was silenced by a comment in the plan."""
    about = record.address.partition(".")[0]
    is_known = record.address in addresses or about in (_PROVIDER, "data")
    return record.verdict is Verdict.SKIPPED or not is_known


def _told(mishaps: Sequence[Mishap]) -> Sequence[str]:
    return [f"{it.what}: {it.error}" for it in mishaps]


def _none(name: str, problems: Sequence[str], detail: str) -> GateCheck:
    """A condition that holds where there is no problem; its detail then is what was counted."""
    if not problems:
        return GateCheck(name, True, detail)
    more = f", and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
    return GateCheck(name, False, f"{'; '.join(problems[:_SHOWN])}{more} ({detail})")
