"""From one configuration to the next, no route leads to a cluster that is not there."""

from hypothesis import given
from hypothesis import strategies as st

from twin.runtime.envoy.configuration import Configuration, Step, steps
from twin.runtime.envoy.fragments import Resource

NAMES = st.sampled_from(["a", "b", "c"])


def configured(routes: dict[str, str], spare: set[str], version: int) -> Configuration:
    """Listeners with one route each, to a cluster each; and clusters that nothing leads to."""
    clusters = {*routes.values(), *spare}
    return Configuration(
        listeners={name: {"name": name} for name in routes},
        routes={name: {"name": name, "to": to} for name, to in routes.items()},
        clusters={name: {"name": name} for name in clusters},
        endpoints={name: {"cluster_name": name, "version": version} for name in clusters},
    )


CONFIGURATIONS = st.builds(
    configured, st.dictionaries(NAMES, NAMES), st.sets(NAMES), st.integers(min_value=0, max_value=1)
)


def read_of(configuration: Configuration) -> dict[str, tuple[Resource, ...]]:
    """What Envoy has read once it does what the configuration says."""
    made: dict[str, tuple[Resource, ...]] = {
        "clusters": tuple(configuration.clusters[name] for name in sorted(configuration.clusters)),
        "listeners": tuple(configuration.listeners[name] for name in sorted(configuration.listeners)),
    }
    made |= {f"routes/{name}": (it,) for name, it in configuration.routes.items()}
    made |= {f"endpoints/{name}": (it,) for name, it in configuration.endpoints.items()}
    return made


def used(read: dict[str, tuple[Resource, ...]]) -> set[str]:
    listeners = {it["name"] for it in read["listeners"]}
    return {read[f"routes/{name}"][0]["to"] for name in listeners}


@given(CONFIGURATIONS, CONFIGURATIONS)
def test_at_every_step_each_route_in_use_leads_to_a_cluster_with_endpoints(
    old: Configuration, new: Configuration
) -> None:
    read = read_of(old)
    for step in steps(old, new):
        read |= step.changes
        there = {it["name"] for it in read["clusters"]}
        assert used(read) <= there
        assert all(f"endpoints/{name}" in read for name in there)


@given(CONFIGURATIONS, CONFIGURATIONS)
def test_after_the_last_step_all_that_is_new_was_read(old: Configuration, new: Configuration) -> None:
    read = read_of(old)
    for step in steps(old, new):
        read |= step.changes
    assert {name: read[name] for name in read_of(new)} == read_of(new)


@given(CONFIGURATIONS)
def test_nothing_is_written_where_nothing_changed(it: Configuration) -> None:
    assert list(steps(it, it)) == []


def test_a_new_cluster_comes_before_the_route_to_it_and_an_old_one_goes_after() -> None:
    old, new = configured({"a": "b"}, set(), 0), configured({"a": "c"}, set(), 0)
    assert list(steps(old, new)) == [
        Step({"endpoints/c": ({"cluster_name": "c", "version": 0},)}, ()),
        Step({"clusters": ({"name": "b"}, {"name": "c"})}, ("clusters",)),
        Step({"routes/a": ({"name": "a", "to": "c"},)}, ("routes/a",)),
        Step({"clusters": ({"name": "c"},)}, ("clusters",)),
    ]
