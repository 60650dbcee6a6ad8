"""What the extensions remember is read by many requests at a time, while others change it."""

from twin.aws.emulator.memory import Memory


def test_whoever_goes_through_a_collection_sees_it_as_it_was_when_others_change_it() -> None:
    collection = Memory().collection("123456789012", "eu-west-2", "ecs", "revision")
    collection.update({"a": {"n": 1}, "b": {"n": 2}})

    seen = []
    for key, document in collection.items():
        collection[f"{key}-new"] = {"n": 3}
        seen.append(document["n"])
    for _ in collection.values():
        collection.pop("a", None)

    assert seen == [1, 2]
    assert sorted(collection) == ["a-new", "b", "b-new"]


def test_a_collection_is_the_same_for_everybody_who_asks_for_it() -> None:
    memory = Memory()
    memory.collection("123456789012", "eu-west-2", "ecs", "revision")["a"] = {"n": 1}

    assert memory.collection("123456789012", "eu-west-2", "ecs", "revision") == {"a": {"n": 1}}
    assert memory.collection("123456789012", "eu-west-1", "ecs", "revision") == {}
