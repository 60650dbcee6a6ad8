"""What fits, what waits and what is given up."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workload.virtual_time import run
from workload.clock import monotonic
from workload.deadline import Deadline
from workload.exceptions import DeadlinePassed, Shed
from workload.priority import Priority
from workload.slots import BURST_SECONDS, PATIENT_TURN, Slots


async def _work(slots: Slots, priority: Priority, log: list[str], name: str, seconds: float = 1.0) -> None:
    try:
        async with slots.hold(priority):
            log.append(name)
            await asyncio.sleep(seconds)
    except Shed:
        log.append(f"{name} shed")


def test_four_slots_of_100_ms_do_forty_pieces_of_work_a_second() -> None:
    async def test() -> float:
        slots = Slots(4, 0.1, line_length=1000)
        began = monotonic()
        log: list[str] = []
        await asyncio.gather(*(_work(slots, Priority.URGENT, log, "x", 0.0) for _ in range(40)))
        assert log == ["x"] * 40
        return monotonic() - began

    assert run(test) == pytest.approx(1.0)


def test_the_most_urgent_goes_first_and_of_those_the_one_that_waited_longest() -> None:
    async def test() -> list[str]:
        slots, log = Slots(1, line_length=10), []
        order = [
            ("b1", Priority.BULK),
            ("n1", Priority.NORMAL),
            ("a1", Priority.AGAIN),
            ("u1", Priority.URGENT),
            ("u2", Priority.URGENT),
        ]
        first = asyncio.create_task(_work(slots, Priority.BULK, log, "first", 0.1))
        await asyncio.sleep(0)
        await asyncio.gather(first, *(_work(slots, priority, log, name, 0.1) for name, priority in order))
        return log

    assert run(test) == ["first", "u1", "u2", "a1", "n1", "b1"]


def test_when_the_line_is_full_the_newest_of_the_least_urgent_gives_up_its_place() -> None:
    async def test() -> tuple[list[str], dict[Priority, int]]:
        slots, log = Slots(1, line_length=2, burst_seconds=0), []
        tasks = []
        for name, priority in (
            ("held", "URGENT"),
            ("b1", "BULK"),
            ("b2", "BULK"),
            ("u1", "URGENT"),
            ("b3", "BULK"),
        ):
            tasks.append(asyncio.create_task(_work(slots, Priority[priority], log, name, 0.1)))
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        return log, slots.shed

    log, shed = run(test)
    assert [it for it in log if "shed" not in it] == ["held", "u1", "b1"]
    assert {it for it in log if "shed" in it} == {"b2 shed", "b3 shed"}
    assert shed == dict.fromkeys(Priority, 0) | {Priority.BULK: 2}


def test_who_waits_too_long_is_given_up_the_less_urgent_the_sooner() -> None:
    async def test() -> list[tuple[str, float]]:
        slots, gone = Slots(1, burst_seconds=0), []

        async def wait(priority: Priority) -> None:
            try:
                async with slots.hold(priority):
                    gone.append((priority.word, -1.0))
            except Shed:
                gone.append((priority.word, monotonic() - 1000))

        async with slots.hold(Priority.URGENT):
            await asyncio.gather(*(wait(priority) for priority in Priority))
        return gone

    assert run(test) == [("bulk", 0.5), ("normal", 1.0), ("again", 2.0), ("urgent", 2.0)]


def test_a_burst_is_waited_for_and_a_line_that_stands_is_not() -> None:
    async def test(held_seconds: float) -> list[tuple[str, float]]:
        slots, log, answered = Slots(1), list[str](), list[tuple[str, float]]()

        async def come(name: str, at: float) -> None:
            await asyncio.sleep(at)
            await _work(slots, Priority.NORMAL, log, name, 0.1)
            answered.append((log[-1], round(monotonic() - 1000, 1)))

        await asyncio.gather(
            _work(slots, Priority.NORMAL, log, "held", held_seconds),
            *(come(name, at) for name, at in (("first", 0.5), ("second", 4.0))),
        )
        return answered

    assert run(lambda: test(4.2)) == [("first", 4.3), ("second", 4.4)]
    assert run(lambda: test(9.0)) == [("first shed", 4.5), ("second shed", 5.0)]


def test_in_a_burst_the_line_is_longer_and_once_it_stands_it_is_not() -> None:
    async def test() -> list[bool]:
        slots, log = Slots(1, line_length=1), list[str]()
        tasks = [asyncio.create_task(_work(slots, Priority.URGENT, log, "x", 10.0)) for _ in range(3)]
        await asyncio.sleep(0)
        seen = [slots.is_full]
        await asyncio.sleep(BURST_SECONDS - 0.1)
        seen.append(slots.is_full)
        tasks.append(asyncio.create_task(_work(slots, Priority.URGENT, log, "late", 1.0)))
        await asyncio.sleep(0.2)
        seen.append(slots.is_full)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return seen

    assert run(test) == [False, False, True]


def test_work_whose_deadline_passes_while_it_waits_is_not_begun() -> None:
    async def test() -> None:
        slots = Slots(1)
        async with slots.hold(Priority.URGENT):
            with pytest.raises(DeadlinePassed):
                async with slots.hold(Priority.URGENT, Deadline(monotonic() + 0.3)):
                    raise AssertionError("it was begun")
            assert monotonic() == pytest.approx(1000.3)

    run(test)


def test_utilisation_is_busy_slots_over_slots_averaged_over_the_period() -> None:
    async def test() -> tuple[float, float]:
        slots, log = Slots(4), []
        slots.take_utilisation()
        await asyncio.gather(*(_work(slots, Priority.NORMAL, log, "x", 5.0) for _ in range(2)))
        await asyncio.sleep(5)
        return slots.take_utilisation(), slots.take_utilisation()

    assert run(test) == (pytest.approx(25.0), 0.0)


def test_work_from_a_queue_waits_as_long_as_it_takes_and_is_not_starved() -> None:
    async def test() -> list[str]:
        slots, log = Slots(1, line_length=100), []

        async def patient() -> None:
            async with slots.hold_patiently():
                log.append("queue")

        held = asyncio.create_task(_work(slots, Priority.URGENT, log, "u", 0.1))
        await asyncio.sleep(0)
        others = [_work(slots, Priority.URGENT, log, "u", 0.01) for _ in range(2 * PATIENT_TURN)]
        await asyncio.gather(held, patient(), *others)
        return log

    log = run(test)
    assert log.index("queue") == PATIENT_TURN


def test_whoever_gives_up_waiting_leaves_no_slot_behind() -> None:
    async def test() -> int:
        slots, log = Slots(1), []
        held = asyncio.create_task(_work(slots, Priority.URGENT, log, "held", 0.1))
        await asyncio.sleep(0)
        waiting = asyncio.create_task(_work(slots, Priority.URGENT, log, "waiting", 0.1))
        await asyncio.sleep(0)
        held_until = asyncio.gather(held, return_exceptions=True)
        waiting.cancel()
        await asyncio.gather(waiting, held_until, return_exceptions=True)
        async with slots.hold(Priority.BULK):
            return slots.busy

    assert run(test) == 1


def test_a_slot_that_is_given_to_somebody_who_just_left_is_free_again() -> None:
    async def test() -> int:
        slots, log = Slots(1), []
        async with slots.hold(Priority.URGENT):
            waiting = asyncio.create_task(_work(slots, Priority.URGENT, log, "waiting", 0.1))
            await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert log == []
        return slots.busy

    assert run(test) == 0


_JOBS = st.lists(
    st.tuples(st.sampled_from(list(Priority)), st.floats(0, 3), st.floats(0.01, 1), st.booleans()),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(_JOBS, st.integers(1, 3), st.integers(0, 5))
def test_never_more_than_its_slots_and_everybody_gets_an_answer(jobs: list, count: int, line: int) -> None:
    async def test() -> None:
        slots, inside, answered = Slots(count, line_length=line), 0, 0

        async def job(priority: Priority, at: float, seconds: float, patient: bool) -> None:
            nonlocal inside, answered
            await asyncio.sleep(at)
            try:
                async with slots.hold_patiently() if patient else slots.hold(priority):
                    inside += 1
                    assert inside <= count
                    await asyncio.sleep(seconds)
                    inside -= 1
            except Shed:
                pass
            answered += 1

        await asyncio.gather(*(job(*it) for it in jobs))
        assert answered == len(jobs)
        assert slots.busy == 0
        assert slots.waiting == 0

    run(test)


def test_busy_time_goes_on_being_counted_whoever_asks_for_utilisation() -> None:
    async def test() -> list[float]:
        slots, log = Slots(4), list[str]()
        found: list[float] = []
        for _ in range(2):
            await asyncio.gather(*(_work(slots, Priority.NORMAL, log, "x", 3.0) for _ in range(2)))
            found.append(slots.busy_slot_seconds())
            slots.take_utilisation()
        return found

    assert run(test) == pytest.approx([6.0, 12.0])


def test_without_shedding_everybody_waits_in_order_until_their_own_time_is_over() -> None:
    """The control case: what is urgent stands behind what is not, and answers come too late to be of use."""

    async def test() -> tuple[list[str], bool]:
        slots, log = Slots(1, line_length=1, sheds=False), []
        held = asyncio.create_task(_work(slots, Priority.BULK, log, "held", 5.0))
        await asyncio.sleep(0)
        others = [
            asyncio.create_task(_work(slots, priority, log, name, 0.1))
            for name, priority in (("b1", Priority.BULK), ("u1", Priority.URGENT), ("n1", Priority.NORMAL))
        ]
        await asyncio.sleep(0)
        with pytest.raises(DeadlinePassed):
            async with slots.hold(Priority.URGENT, Deadline(monotonic() + 2.0)):
                raise AssertionError("there was no slot")
        is_full = slots.is_full
        await asyncio.gather(held, *others)
        return log, is_full

    assert run(test) == (["held", "b1", "u1", "n1"], False)
