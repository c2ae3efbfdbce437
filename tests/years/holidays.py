"""The working calendar of 2026, copied by hand from 国务院办公厅关于2026年部分节假日安排的通知.

Plain Python of its own: nothing here is shared with the product (``test_independence.py`` looks).
Of 2027 no arrangement is known, so an office works Monday to Friday (rules, "Words"; issue 3).
"""

from datetime import UTC, date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))
DAY = timedelta(days=1)
# First and last day of each holiday, and the weekends on which work is made up.
HOLIDAYS = {
    "元旦": (date(2026, 1, 1), date(2026, 1, 3)),
    "春节": (date(2026, 2, 15), date(2026, 2, 23)),
    "清明节": (date(2026, 4, 4), date(2026, 4, 6)),
    "劳动节": (date(2026, 5, 1), date(2026, 5, 5)),
    "端午节": (date(2026, 6, 19), date(2026, 6, 21)),
    "中秋节": (date(2026, 9, 25), date(2026, 9, 27)),
    "国庆节": (date(2026, 10, 1), date(2026, 10, 7)),
}
MADE_UP = {
    date(2026, 1, 4),
    date(2026, 2, 14),
    date(2026, 2, 28),
    date(2026, 5, 9),
    date(2026, 9, 20),
    date(2026, 10, 10),
}


def works(day: date) -> bool:
    """Whether an office works that day."""
    if day in MADE_UP:
        return True
    if any(first <= day <= last for first, last in HOLIDAYS.values()):
        return False
    return day.weekday() < 5


def working_day(after: date, number: int) -> date:
    """The so-and-so-manyth working day after a day."""
    day = after
    for _ in range(number):
        day += DAY
        while not works(day):
            day += DAY
    return day


def moment(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """A Shanghai wall-clock time, in UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


def day_of(moment: datetime) -> date:
    """The day in Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def midnight_after(day: date) -> datetime:
    """24:00 of a day."""
    return moment(day + DAY)


def days_after(start: datetime, number: int) -> datetime:
    """24:00 of the so-and-so-manyth working day after a moment's date."""
    return midnight_after(working_day(day_of(start), number))


def last_day(month: str) -> date:
    """The last day of ``2026-02``."""
    return date.fromisoformat(f"{following(month)}-01") - DAY


def last_working_day(month: str) -> date:
    """The last day of a month on which an office works."""
    day = last_day(month)
    while not works(day):
        day -= DAY
    return day


def working_days_before(day: date, number: int) -> date:
    """The working day so many before one."""
    for _ in range(number):
        day -= DAY
        while not works(day):
            day -= DAY
    return day


def following(month: str, by: int = 1) -> str:
    """The month after ``2026-12`` is ``2027-01``."""
    year, number = map(int, month.split("-"))
    index = year * 12 + number - 1 + by
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def claims_close(month: str) -> datetime:
    """24:00 of the 3rd working day of the next month (rules 14)."""
    return midnight_after(working_day(last_day(month), 3))


def review_closes(month: str) -> datetime:
    """Four working days later (rules 14)."""
    return midnight_after(working_day(working_day(last_day(month), 3), 4))


def disclosure_closes(submitted: datetime) -> datetime:
    """Five working days from the submission (rules 14)."""
    return days_after(submitted, 5)


def final_from(submitted: datetime) -> datetime:
    """9:00 of the first working day after the disclosure (rules 14)."""
    return moment(working_day(working_day(day_of(submitted), 5), 1), 9)
