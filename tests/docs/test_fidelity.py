"""The page on fidelity shows every waiting time as it is."""

from twin.runtime.generate_docs import DOCUMENT, with_table
from twin.runtime.profile import TIMINGS


def test_the_table_of_waiting_times_is_as_the_profile_says() -> None:
    page = DOCUMENT.read_text()
    assert with_table(page, TIMINGS) == page
    assert all(f"| `{name}` |" in page for name in TIMINGS)
