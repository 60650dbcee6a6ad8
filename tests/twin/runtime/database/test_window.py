"""Which backups are kept."""

from twin.runtime.database.window import (
    MOST_ARCHIVE_BYTES,
    Base,
    base_for,
    is_due,
    kept,
    obsolete_segments,
    start_segment,
)

DAY = 86_400.0
SEGMENTS = [f"0000000{timeline}00000000000000{number:02X}" for timeline, number in ((1, 5), (1, 6), (2, 7))]


def base(day: float, segment: int = 0) -> Base:
    return Base(f"base-{day}", day * DAY, f"0000000100000000000000{segment:02X}")


def test_a_base_backup_is_due_at_first_daily_and_when_the_log_has_grown_too_long() -> None:
    assert is_due([], 0, 0)
    assert not is_due([base(1)], 0, 1.5 * DAY)
    assert is_due([base(1)], 0, 2.1 * DAY)
    assert is_due([base(1)], MOST_ARCHIVE_BYTES + 1, 1.5 * DAY)


def test_the_last_one_before_the_window_is_kept_because_the_window_begins_in_it() -> None:
    bases = [base(it) for it in (1, 2, 3, 4)]
    assert kept(bases, 2, 0, 4.5 * DAY) == [base(2), base(3), base(4)]


def test_with_too_long_a_log_only_the_newest_is_kept() -> None:
    assert kept([base(2), base(1)], 35, MOST_ARCHIVE_BYTES + 1, 3 * DAY) == [base(2)]


def test_segments_before_the_oldest_base_go_and_histories_stay() -> None:
    names = [*SEGMENTS, "00000002.history", f"{SEGMENTS[0]}.partial", ".core-1.draft"]
    assert obsolete_segments(names, [base(1, 7), base(2, 9)]) == [*SEGMENTS[:2], f"{SEGMENTS[0]}.partial"]
    assert obsolete_segments(names, []) == []


def test_a_moment_is_restored_from_the_newest_base_that_had_ended() -> None:
    bases = [base(1), base(3), base(2)]
    assert base_for(bases, 2.5 * DAY) == base(2)
    assert base_for(bases, 0.5 * DAY) is None
    assert base_for(bases, None) == base(3)


def test_the_label_names_the_first_segment() -> None:
    label = "START WAL LOCATION: 0/2000028 (file 000000010000000000000020)\nCHECKPOINT LOCATION: 0/2000080\n"
    assert start_segment(label) == "000000010000000000000020"
