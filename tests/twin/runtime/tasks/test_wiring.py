"""A task's stores stand where its zone's relay listens for its service."""

import asyncio

from twin.runtime.directory import Directory
from twin.runtime.relay.plan import user_name
from twin.runtime.tasks.wiring import Wiring, wired


def test_a_task_is_wired_once_its_relay_listens_for_its_service() -> None:
    directory = Directory()
    directory.proxies.put(("a", "case"), "http://proxy")
    directory.store_ports.put(("a", "core"), ("127.0.1.4", 5432))
    directory.store_ports.put(("a", user_name("portal", "core")), ("127.0.61.1", 5432))

    async def main() -> Wiring:
        wiring = asyncio.create_task(wired(directory, "a", "case", {"core"}, 5))
        await asyncio.sleep(0)
        assert directory.store_users.all() == {("a", "case"): frozenset({"core"})}
        assert not wiring.done()
        directory.store_ports.put(("a", user_name("case", "core")), ("127.0.61.2", 5432))
        return await wiring

    assert asyncio.run(main()) == Wiring("http://proxy", {"core": "127.0.61.2"})


def test_names_of_an_earlier_definition_stay() -> None:
    directory = Directory()
    directory.proxies.put(("a", "case"), "http://proxy")

    async def main() -> None:
        for names in ({"core"}, {"sessions"}):
            await wired(directory, "a", "case", names, 0)

    asyncio.run(main())
    assert directory.store_users.get(("a", "case")) == {"core", "sessions"}


def test_what_no_relay_leads_to_in_time_is_left_out() -> None:
    directory = Directory()
    directory.proxies.put(("a", "case"), "http://proxy")
    assert asyncio.run(wired(directory, "a", "case", {"core"}, 0)) == Wiring("http://proxy", {})
