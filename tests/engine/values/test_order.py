"""In which order resources are taken away."""

from hypothesis import given
from hypothesis import strategies as st

from engine.order import dependents_first
from engine.resource import ResourceState


def urn(number: int) -> str:
    return f"urn:pulumi:s::p::a:b:C::r{number}"


def resource(number: int, needs: frozenset[int], how: str = "dependencies", id: str = "") -> ResourceState:
    urns = tuple(urn(each) for each in sorted(needs))
    match how:
        case "parent":
            return ResourceState(urn(number), "a:b:C", True, id, parent=urns[0] if urns else "")
        case "provider":
            return ResourceState(urn(number), "a:b:C", True, id, provider=f"{urns[0]}::id" if urns else "")
        case "property":
            return ResourceState(urn(number), "a:b:C", True, id, property_dependencies={"x": urns})
        case _:
            return ResourceState(urn(number), "a:b:C", True, id, dependencies=urns)


@st.composite
def estates(draw: st.DrawFn) -> list[ResourceState]:
    """Resources of which each needs only earlier ones; some URNs twice, as after a replacement; shuffled."""
    made: list[ResourceState] = []
    for number in range(draw(st.integers(0, 12))):
        needs = draw(st.frozensets(st.integers(0, number - 1), max_size=3)) if number else frozenset[int]()
        how = draw(st.sampled_from(["dependencies", "parent", "provider", "property"]))
        copies = draw(st.integers(1, 2))
        made += [resource(number, needs, how, f"id-{number}-{copy}") for copy in range(copies)]
    return draw(st.permutations(made))


@given(estates())
def test_each_comes_before_everything_that_it_depends_on(estate: list[ResourceState]) -> None:
    order = dependents_first(estate)
    place = {each.id: index for index, each in enumerate(order)}
    wrong = [
        (each.id, needed.id)
        for each in estate
        for needed in estate
        if needed.urn in each.precedents and place[each.id] > place[needed.id]
    ]
    assert wrong == []


@given(estates())
def test_all_of_them_come_and_each_once(estate: list[ResourceState]) -> None:
    assert sorted(it.id for it in dependents_first(estate)) == sorted(it.id for it in estate)


def test_what_is_not_among_them_is_no_obstacle() -> None:
    lonely = resource(1, frozenset({0}))
    assert dependents_first([lonely]) == [lonely]


def test_a_chain_may_be_longer_than_pythons_stack() -> None:
    chain = [resource(number, frozenset({number - 1}) if number else frozenset()) for number in range(3000)]
    assert dependents_first(chain) == chain[::-1]
