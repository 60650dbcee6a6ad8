"""Which Terraform type a Pulumi token stands for, and which attribute each of its properties."""

from collections import Counter
from collections.abc import Iterable, Mapping

from compliance.names.generator.pulumi_types import Property, ResourceType
from compliance.names.generator.spelling import camel, plural, singular
from compliance.names.generator.terraform import Attribute, Module
from compliance.names.notation import snake_case as snake

__all__ = ["attribute_names", "join_types", "prefixes"]

_EVERYWHERE = frozenset({"id", "region", "tags", "tags_all", "timeouts", "name", "description"})


def attribute_names(
    properties: Mapping[str, Property], attributes: Mapping[str, Attribute]
) -> dict[str, str]:
    """Attributes by property, for those that the bridge's spelling explains."""
    by_spelling: dict[str, str] = {}
    for name, attribute in sorted(attributes.items()):
        if attribute.many and plural(name) not in attributes:
            by_spelling[camel(plural(name))] = name
    for name in sorted(attributes):
        by_spelling.setdefault(camel(name), name)
    for name, attribute in sorted(attributes.items()):
        if attribute.struct and properties.get(camel(plural(name))):
            by_spelling.setdefault(camel(plural(name)), name)
    return {it: by_spelling[it] for it in properties if it in by_spelling}


def join_types(
    resources: Mapping[str, ResourceType], modules: Mapping[str, Module], given: Mapping[str, str]
) -> dict[str, str]:
    """Terraform types by token: the likeliest pairs first, and each Terraform type once.

    Args: given: pairs that are settled; several tokens may stand for one type there.
    """
    ours = {token: _words(map(snake, it.properties)) for token, it in resources.items() if token not in given}
    theirs = {type_: _words(it.attributes_of("")) for type_, it in modules.items()}
    free = theirs.keys() - set(given.values())
    pairs = sorted(
        (-_likeness(token, words, type_, theirs[type_]), token, type_)
        for token, words in ours.items()
        for type_ in free
    )
    joined: dict[str, str] = dict(given)
    for _, token, type_ in pairs:
        if token not in joined and type_ in free:
            joined[token] = type_
            free.discard(type_)
    return joined


def _words(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(singular, names)) - _EVERYWHERE


def _likeness(token: str, ours: frozenset[str], type_: str, theirs: frozenset[str]) -> float:
    either = ours | theirs
    return (len(ours & theirs) / len(either) if either else 0.5) + _name_likeness(token, type_)


def _name_likeness(token: str, type_: str) -> float:
    _, place, name = token.split(":")
    module, words = place.split("/")[0].lower(), snake(name)
    if type_ == f"aws_{module}_{words}":
        return 1.2
    if type_ == f"aws_{words}":
        return 1.0
    have, want = set(type_.split("_")[1:]), {*words.split("_"), module}
    return len(have & want) / len(have | want) * 0.8 + (0.3 if type_.endswith(f"_{words}") else 0.0)


def prefixes(joined: Mapping[str, str]) -> dict[str, str]:
    """How the types of a module begin, as most of those do that are known: ``amp`` to ``aws_prometheus``."""
    votes: dict[str, Counter[str]] = {}
    for token, type_ in sorted(joined.items()):
        _, place, name = token.split(":")
        if type_.endswith(f"_{snake(name)}"):
            module = place.split("/")[0]
            votes.setdefault(module, Counter())[type_.removesuffix(f"_{snake(name)}")] += 1
    return {module: each.most_common(1)[0][0] for module, each in votes.items()}
