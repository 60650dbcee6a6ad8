"""A playbook: the page that a person follows alone, and the steps that carry out the same."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from runbooks.exceptions import PlaybookInvalid
from runbooks.step import Step, StepKind
from runbooks.surroundings import Surroundings

__all__ = ["FrontMatter", "OnAws", "Page", "Playbook", "Target", "WrittenStep", "read_page"]

_HEADING = re.compile(r"^### (?P<number>\d+)\. (?P<title>.+)$")
_FACTS = re.compile(r"^_(?P<kind>[a-z]+) · `(?P<id>[a-z-]+)` · within (?P<seconds>\d+) s_$")


class OnAws(StrEnum):
    """Whether a drill on AWS is the same, is one without the trouble, or is not to be had."""

    SAME = "same"
    PRACTICE = "practice"
    REFUSED = "refused"


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Target(_Written):
    """Seconds that are wanted, and why. No source gives any: each is an assumption of this project."""

    rto_seconds: float = Field(gt=0)
    rpo_seconds: float = Field(ge=0)
    assumption: str = Field(min_length=10)


class FrontMatter(_Written):
    """What stands above a page.

    Attributes:
        onset: steps at whose first action the trouble begins, the first of them that acted.
        on_aws: see OnAws; on_aws_why says what is missing. minutes: that a person needs.
    """

    name: str
    title: str
    use_when: str
    targets: Target
    onset: tuple[str, ...] = Field(min_length=1)
    on_aws: OnAws
    on_aws_why: str
    needs_standby: bool = False
    minutes: int = Field(gt=0)


@dataclass(frozen=True)
class WrittenStep:
    """A step as the page has it. Attributes: body: what stands below its heading."""

    number: int
    id: str
    title: str
    kind: StepKind
    within_seconds: float
    body: str


@dataclass(frozen=True)
class Page:
    front: FrontMatter
    steps: tuple[WrittenStep, ...]
    text: str


@dataclass(frozen=True)
class Playbook:
    """Attributes: choose: what a run is about, from the surroundings and a seed."""

    page: Page
    steps: Sequence[Step]
    choose: Callable[[Surroundings, int], Mapping[str, Any]]

    @property
    def name(self) -> str:
        return self.page.front.name

    @property
    def front(self) -> FrontMatter:
        return self.page.front

    def steps_on(self, around: Surroundings) -> tuple[Step, ...]:
        """On AWS nothing makes up trouble."""
        return tuple(it for it in self.steps if around.is_twin or it.kind is not StepKind.DRILL)


def read_page(package: str) -> Page:
    """The page `playbook.md` of a package. Raises: PlaybookInvalid"""
    file = resources.files(package) / "playbook.md"
    return parse(file.read_text(encoding="utf-8"), f"{package}/playbook.md")


def parse(text: str, where: str) -> Page:
    """Raises: PlaybookInvalid"""
    empty, _, rest = text.partition("---\n")
    front, fence, body = rest.partition("\n---\n")
    if empty or not fence:
        raise PlaybookInvalid(where, "it does not begin with front matter between two lines of '---'.")
    try:
        facts = FrontMatter.model_validate(yaml.safe_load(front))
    except ValidationError as error:
        first = error.errors()[0]
        raise PlaybookInvalid(where, f"{'.'.join(map(str, first['loc']))}: {first['msg']}.") from None
    except yaml.YAMLError as error:
        raise PlaybookInvalid(where, f"its front matter is not YAML ({error}).") from None
    return Page(facts, tuple(_steps(body.splitlines(), where)), text)


def _steps(lines: Sequence[str], where: str) -> list[WrittenStep]:
    heads = [at for at, line in enumerate(lines) if line.startswith("### ")]
    ends = [*heads[1:], len(lines)]
    return [_step(lines[begin:end], where) for begin, end in zip(heads, ends, strict=True)]


def _step(lines: Sequence[str], where: str) -> WrittenStep:
    heading = _HEADING.match(lines[0])
    facts = next((found for line in lines[1:3] if (found := _FACTS.match(line))), None)
    if heading is None or facts is None or facts["kind"] not in set(StepKind):
        raise PlaybookInvalid(
            where,
            f"a step is '### N. Title' and '_kind · `id` · within N s_' with a kind of {', '.join(StepKind)}; "
            f"got {lines[0]!r}.",
        )
    return WrittenStep(
        int(heading["number"]),
        facts["id"],
        heading["title"],
        StepKind(facts["kind"]),
        float(facts["seconds"]),
        "\n".join(lines[3:]).strip(),
    )
