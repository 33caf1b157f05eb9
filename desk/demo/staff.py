"""The people who work here: who they are, which role they hold at which office, and who stands in for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from accounts.enums import OfficeKind, Role
from desk.demo.places import MUNICIPALITIES, OFFICES, PREFECTURAL_CODE

SINCE = date(2020, 3, 1)
"""Everybody has been here since the special loans began."""


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff. ``left_days_ago``: their role has ended so many days before, and the account is closed."""

    username: str
    name: str
    office: str
    role: Role
    left_days_ago: int | None = None


@dataclass(frozen=True, slots=True)
class StandIn:
    """代決: who decides for an absent supervisor, from some days before the day of the demonstration to some after."""

    supervisor: str
    deputy: str
    days_before: int
    days_after: int
    reason: str

    def period(self, as_of: date) -> tuple[date, date]:
        return as_of - timedelta(days=self.days_before), as_of + timedelta(days=self.days_after)


PREFECTURAL_CLERKS = ("ken01", "ken02", "ken03")
SUPERVISORS = ("kessai01", "kessai02")
ABSENT_SUPERVISOR, DEPUTY = "kessai03", "ken03"

_PREFECTURAL: tuple[Staff, ...] = tuple(
    Staff(username, name, PREFECTURAL_CODE, role)
    for username, name, role in (
        ("ken01", "凪沢 由紀", Role.PREFECTURAL_CLERK),
        ("ken02", "汐見 健吾", Role.PREFECTURAL_CLERK),
        ("ken03", "桐生 麻美", Role.PREFECTURAL_CLERK),
        ("kessai01", "鳴海 修一", Role.SUPERVISOR),
        ("kessai02", "蒼井 久子", Role.SUPERVISOR),
        ("kessai03", "霧島 正登", Role.SUPERVISOR),
        ("kansa01", "白鐘 義則", Role.AUDITOR),
        ("system01", "澪川 達哉", Role.SYSTEM_ADMINISTRATOR),
        ("system02", "小鳥遊 晶", Role.SYSTEM_ADMINISTRATOR),
    )
) + (Staff("haken01", "派遣 花代", PREFECTURAL_CODE, Role.PREFECTURAL_CLERK, left_days_ago=210),)

_MUNICIPAL_NAMES = (
    ("月見里 純", "東海林 美樹"), ("早乙女 剛", "戸隠 千春"), ("百々 祐介", "薬袋 朋子"), ("四十物 彰", "葉山 桃子"),
    ("三ツ沢 陽介", "鬼灯 かおり"), ("小鳥遊 健", "海老名 志保"), ("五十公野 勉", "東雲 里美"), ("一尺八寸 博", "栗花落 恵"),
    ("月見里 豊", "八月一日 澄江"), ("御手洗 浩二", "勘解由小路 文"), ("春夏冬 隆", "子子子 和代"), ("十 誠司", "一 ふみ"),
)  # fmt: skip


def clerks_of(office: str) -> tuple[str, str]:
    """The staff numbers of the two who take applications in at a municipal council."""
    first = "shi" if office == MUNICIPALITIES[0].code else f"shi{office}-"
    return f"{first}01", f"{first}02"


def _municipal() -> tuple[Staff, ...]:
    return tuple(
        Staff(username, name, municipality.code, Role.MUNICIPAL_CLERK)
        for municipality, names in zip(MUNICIPALITIES, _MUNICIPAL_NAMES, strict=True)
        for username, name in zip(clerks_of(municipality.code), names, strict=True)
    )


_WORKER_NAMES = (
    "安曇野 光", "久遠 里奈", "七五三 義人", "千々石 望", "鷹取 悠", "入江 みどり", "日向寺 学", "野々宮 幸",
)  # fmt: skip


def _workers() -> tuple[Staff, ...]:
    agencies = [office for office in OFFICES if office.kind == OfficeKind.AGENCY]
    return tuple(
        Staff(f"shien{number:02d}", name, office.code, Role.AGENCY_WORKER)
        for number, (office, name) in enumerate(zip(agencies, _WORKER_NAMES, strict=True), start=1)
    )


STAFF: tuple[Staff, ...] = (*_PREFECTURAL, *_municipal(), *_workers())
STAND_INS = (StandIn(ABSENT_SUPERVISOR, DEPUTY, 3, 11, "海外研修による不在のため"),)
