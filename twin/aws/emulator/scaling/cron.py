"""AWS's cron expressions: six fields (minutes, hours, day of month, month, day of week, year), or seven with seconds.

Sources: Application Auto Scaling user guide, "Schedule recurring scaling actions using cron expressions"
(scheduled-scaling-using-cron-expressions.html), and the page to which it refers for the fields, "Cron expressions" of
EventBridge (eb-create-rule-schedule.html): days of the week are 1 to 7 or SUN to SAT. (The first page calls
``30 6 * * 2 *`` "every Tuesday"; by the second it is every Monday, as here.)
"""

import calendar
import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["Cron", "CronInvalid", "parse"]

_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_ALL = frozenset({"*", "?"})
_YEARS_AHEAD = 8
"""Matching years that are looked through for the next day; February 29 comes within them."""


class CronInvalid(ValueError):
    """The expression is not one of AWS's."""


@dataclass(frozen=True)
class Cron:
    """Moments by their parts. Days of the month and of the week are as written; the other fields are numbers."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days_of_month: str
    months: tuple[int, ...]
    days_of_week: str
    years: tuple[int, ...]

    def days(self, first: datetime.date) -> Iterator[datetime.date]:
        """Every day that fits, in order, from the first on."""
        years = [year for year in self.years if year >= first.year][:_YEARS_AHEAD]
        for year in years:
            for month in self.months:
                days = (datetime.date(year, month, day) for day in range(1, _length(year, month) + 1))
                yield from (day for day in days if day >= first and self._fits(day))

    def moments(self, day: datetime.date) -> Iterator[datetime.datetime]:
        """Every moment of the day, in order, by the local clock."""
        for hour in self.hours:
            for minute in self.minutes:
                for second in self.seconds:
                    yield datetime.datetime.combine(day, datetime.time(hour, minute, second))

    def _fits(self, day: datetime.date) -> bool:
        return any(_is_day_of_month(it, day) for it in self.days_of_month.split(",")) and any(
            _is_day_of_week(it, day) for it in self.days_of_week.split(",")
        )


def parse(text: str) -> Cron:
    """The expression, whose fields are separated by white space.

    Raises:
        CronInvalid: with a sentence about what is wrong.
    """
    fields = text.upper().split()
    if len(fields) not in (6, 7):
        raise CronInvalid(
            f"A cron expression has six fields, or seven with seconds, got {len(fields)}: {text!r}."
        )
    *seconds, minutes, hours, day, month, weekday, year = fields
    _check_days(day, weekday)
    return Cron(
        _numbers(seconds[0], 0, 59) if seconds else (0,),
        _numbers(minutes, 0, 59),
        _numbers(hours, 0, 23),
        day,
        _numbers(month, 1, 12, _MONTHS),
        weekday,
        _numbers(year, _FIRST_YEAR, _LAST_YEAR),
    )


def _check_days(day: str, weekday: str) -> None:
    if day not in _ALL and weekday not in _ALL:
        raise CronInvalid(
            f"Day of month and day of week cannot both be given, got {day!r} and {weekday!r}. Write ? for one of them."
        )
    for it in day.split(","):
        if not re.fullmatch(r"\*|\?|L|LW|\d+W", it):
            _numbers(it, 1, 31)
    for it in weekday.split(","):
        if not re.fullmatch(r"\*|\?|L|\w+L|\w+#[1-5]", it):
            _numbers(it, 1, 7, _DAYS)


def _numbers(field: str, first: int, last: int, names: dict[str, int] | None = None) -> tuple[int, ...]:
    found: set[int] = set()
    for part in field.split(","):
        found.update(_part(part, first, last, names or {}))
    return tuple(sorted(found))


def _part(part: str, first: int, last: int, names: dict[str, int]) -> Iterable[int]:
    span, _, step = part.partition("/")
    low, dash, high = span.partition("-")
    begin = first if low in _ALL else _number(low, names, part)
    is_open = low in _ALL or bool(step)
    end = _number(high, names, part) if dash else last if is_open else begin
    if not first <= begin <= end <= last or (step and not (step.isdecimal() and int(step) > 0)):
        raise CronInvalid(
            f"{part!r} is not within {first} and {last}. Write a number, a list, a range or a step."
        )
    return range(begin, end + 1, int(step or 1))


def _number(text: str, names: dict[str, int], part: str) -> int:
    if text in names:
        return names[text]
    if not text.isdecimal():
        raise CronInvalid(f"{part!r} is not a number, a list, a range or a step.")
    return int(text)


def _length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _is_day_of_month(field: str, day: datetime.date) -> bool:
    if field in _ALL:
        return True
    length = _length(day.year, day.month)
    if field == "L":
        return day.day == length
    if field.endswith("W"):
        return day == _nearest_weekday(
            day.replace(day=length if field == "LW" else min(int(field[:-1]), length))
        )
    return day.day in _numbers(field, 1, 31)


def _nearest_weekday(day: datetime.date) -> datetime.date:
    """The day itself, or the working day next to it within its month."""
    candidates = (0, -1, 1, -2, 2)
    near = (day + datetime.timedelta(days=it) for it in candidates)
    return next(it for it in near if it.month == day.month and it.isoweekday() <= 5)


def _is_day_of_week(field: str, day: datetime.date) -> bool:
    number = day.isoweekday() % 7 + 1
    if field in _ALL:
        return True
    if field == "L":
        return number == 7
    if "#" in field:
        wanted, _, nth = field.partition("#")
        return number == _number(wanted, _DAYS, field) and (day.day - 1) // 7 + 1 == int(nth)
    if field.endswith("L"):
        is_last = day.day + 7 > _length(day.year, day.month)
        return number == _number(field[:-1], _DAYS, field) and is_last
    return number in _numbers(field, 1, 7, _DAYS)
