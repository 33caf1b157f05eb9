"""Dates as people in Japan write them: era years (令和5年1月26日), fiscal years, ages.

Stored dates are ISO dates; era years are for reading and writing only. The eras begin on the days of the cabinet
orders (Order 1 of 1989, Order 143 of 2019) and proclamations; 25 December 1926 and 30 July 1912 belong to both eras
in law: both are read, the later one is written. Dates before 1 January 1873 (lunisolar calendar) are not read.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from japan.months import last_day, year_and_month


@dataclass(frozen=True, slots=True)
class Era:
    """An era: its name, its letter, its first day, and the last day that may be written with it."""

    name: str
    letter: str
    first: date
    last: date

    def year_of(self, day: date) -> int:
        """Return the era year of *day*, counting from 1."""
        return day.year - self.first.year + 1


ERAS = (
    Era("令和", "R", date(2019, 5, 1), date.max),
    Era("平成", "H", date(1989, 1, 8), date(2019, 4, 30)),
    Era("昭和", "S", date(1926, 12, 25), date(1989, 1, 7)),
    Era("大正", "T", date(1912, 7, 30), date(1926, 12, 25)),
    Era("明治", "M", date(1868, 1, 1), date(1912, 7, 30)),
)
FIRST_READABLE_DAY = date(1873, 1, 1)
WEEKDAYS = "月火水木金土日"

_BY_SIGN = {sign: era for era in ERAS for sign in (era.name, era.name[0], era.letter)}
_SEPARATOR = r"[-./・年]"
_MONTH_AND_DAY = r"(?P<month>\d{1,2})[-./・月](?P<day>\d{1,2})日?(?:\((?P<weekday>[月火水木金土日])\))?"
_WITH_ERA = re.compile(rf"(?P<era>{'|'.join(_BY_SIGN)})(?P<year>\d{{1,4}}|元){_SEPARATOR}{_MONTH_AND_DAY}", re.ASCII)
_WESTERN = re.compile(rf"(?P<year>\d{{4}}){_SEPARATOR}{_MONTH_AND_DAY}", re.ASCII)
_NO_ERA = re.compile(rf"(?P<year>\d{{1,2}}){_SEPARATOR}{_MONTH_AND_DAY}", re.ASCII)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-"))


class DateError(ValueError):
    """A date that cannot be read. ``str()`` is a Japanese sentence; ``suggestion`` the date probably meant, if any."""

    def __init__(self, message: str, suggestion: date | None = None) -> None:
        super().__init__(message)
        self.suggestion = suggestion


def era_of(day: date) -> Era | None:
    """Return the era in which *day* is written, or ``None`` before 1868."""
    return next((era for era in ERAS if day >= era.first), None)


def era_date(day: date) -> str:
    """Write a date: ``令和5年1月26日`` (in Western years before 1868)."""
    return f"{_era_year_on(day)}{day.month}月{day.day}日"


def era_date_weekday(day: date) -> str:
    """Write a date with its weekday: ``令和5年1月26日(木)``."""
    return f"{era_date(day)}({WEEKDAYS[day.weekday()]})"


def era_month(month: int) -> str:
    """Write a month index: ``令和5年1月``; a month in which the era changed is written in the new one."""
    return f"{_era_year_on(last_day(month))}{year_and_month(month)[1]}月"


def era_year(year: int) -> str:
    """Write a calendar year: ``令和5年``; a year in which the era changed is written in the new one (令和元年)."""
    return _era_year_on(date(year, 12, 31))


def short(day: date) -> str:
    """Write a date for tables: ``R5.1.26`` (ISO before 1868)."""
    era = era_of(day)
    return f"{era.letter}{era.year_of(day)}.{day.month}.{day.day}" if era else day.isoformat()


def fiscal_year(day: date) -> int:
    """Return the fiscal year, 1 April to 31 March, in which *day* lies."""
    return day.year if day.month >= 4 else day.year - 1


def fiscal_year_text(year: int) -> str:
    """Write a fiscal year: ``令和5年度`` for 2023, ``令和元年度`` for 2019."""
    return f"{era_year(year)}度"


def age_on(birth: date, day: date) -> int:
    """Return the age in full years on *day*; somebody born on 29 February turns on 1 March in other years.

    ``ValueError`` before birth.
    """
    if day < birth:
        raise ValueError("an age begins with birth")
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def parse_date(text: str) -> date:
    """Read a date as clerks write it.

    Accepts ``2023-01-26``, ``2023/1/26``, ``2023年1月26日``, ``令和5年1月26日``, ``令5・1・26``, ``R5.1.26``, 元 for
    the first year, full-width characters and a correct weekday in brackets. Raises ``DateError`` for everything else:
    a day outside its era is refused with the right era as a suggestion, never shifted silently.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split()).translate(_DASHES).upper()
    if not plain:
        raise DateError("日付を入力してください。")
    if found := _WITH_ERA.fullmatch(plain):
        day = _in_era(_BY_SIGN[found["era"]], found)
    elif found := _WESTERN.fullmatch(plain):
        day = _western(int(found["year"]), found, f"{int(found['year'])}年")
    elif found := _NO_ERA.fullmatch(plain):
        guess = _western(ERAS[0].first.year - 1 + int(found["year"]), found, f"令和{int(found['year'])}年")
        raise DateError(f"元号がありません。{era_date(guess)}のことでしたら、そのように入力してください。", guess)
    else:
        raise DateError(
            f"「{text.strip()[:40]}」は日付として読み取れません。"
            "令和5年1月26日、R5.1.26、2023-01-26 のように入力してください。"
        )
    weekday = found["weekday"]
    if weekday and weekday != WEEKDAYS[day.weekday()]:
        raise DateError(f"{era_date(day)}は{WEEKDAYS[day.weekday()]}曜日です。日付と曜日をお確かめください。", day)
    return day


def _era_year_on(day: date) -> str:
    era = era_of(day)
    if era is None:
        return f"{day.year}年"
    year = era.year_of(day)
    return f"{era.name}{'元' if year == 1 else year}年"


def _in_era(era: Era, found: re.Match[str]) -> date:
    number = 1 if found["year"] == "元" else int(found["year"])
    written = f"{era.name}{'元' if number == 1 else number}年"
    if number == 0:
        raise DateError(f"{era.name}0年という年はありません。{era.name}の最初の年は{era.name}元年です。")
    day = _western(era.first.year - 1 + number, found, written)
    if day < era.first:
        raise DateError(f"{era.name}は{era_date(era.first)}からです。{era_date(day)}ではありませんか。", day)
    if day > era.last:
        raise DateError(
            f"{era.name}は{era.name}{era.year_of(era.last)}年{era.last.month}月{era.last.day}日までです。"
            f"{era_date(day)}ではありませんか。",
            day,
        )
    return day


def _western(year: int, found: re.Match[str], written_year: str) -> date:
    month, day = int(found["month"]), int(found["day"])
    written = f"{written_year}{month}月{day}日"
    if not 1 <= year <= 9999 or not 1 <= month <= 12 or not 1 <= day <= 31:
        raise DateError(f"{written}という日はありません。月と日をお確かめください。")
    try:
        result = date(year, month, day)
    except ValueError:
        last = date(year, month + 1, 1) - timedelta(days=1)
        raise DateError(f"{written}という日はありません。{era_date(last)}ではありませんか。", last) from None
    if result < FIRST_READABLE_DAY:
        raise DateError("明治6年1月1日（1873年）より前の日付は入力できません。")
    return result
