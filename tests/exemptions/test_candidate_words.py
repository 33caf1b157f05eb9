"""What remarks in free text say, and what kind of household a residence record shows."""

from __future__ import annotations

from datetime import date

import pytest

from exemptions.candidates.composition import Resident, composition_of
from exemptions.candidates.words import handbook_in, says_assistance, says_event
from exemptions.enums import CertificateKind as C
from exemptions.enums import Composition, EventKind

ON = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("昨年から生活保護を受給している", True),
        ("令和8年4月に生活保護の受給が始まった。返済の相談。", True),
        ("生活保護の開始決定通知を確認した", True),
        ("生活保護は受給していない", False),
        ("生活保護を申請中", False),
        ("生活保護の受給を勧めた", False),
        ("以前、生活保護を受給していた", False),
        ("生活保護は令和7年に廃止された", False),
        ("年金を受給している。生活保護について説明", False),
        ("", False),
    ],
)
def test_only_a_plain_sentence_says_that_assistance_is_received(text: str, said: bool) -> None:
    assert says_assistance(text) is said


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("免責許可の決定が確定した", EventKind.BANKRUPTCY_DISCHARGE),
        ("個人再生の計画を終え、免責が確定", EventKind.CIVIL_REHABILITATION_DISCHARGE),
        ("失踪宣告の審判が確定したとの連絡", EventKind.DISAPPEARANCE),
        ("免責は不許可となった", None),
        ("自己破産を申立中。免責の決定はこれから見込み", None),
        ("失踪宣告を申立予定", None),
    ],
)
def test_only_what_is_final_is_an_event(text: str, event: EventKind | None) -> None:
    assert says_event(text) is event


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("身体障害者手帳　第１種２級", (C.PHYSICAL, "第1種2級")),
        ("精神障害者保健福祉手帳 1級", (C.MENTAL, "1級")),
        ("療育手帳 マルA", (C.INTELLECTUAL, "マルA")),
        ("愛の手帳 2度", (C.INTELLECTUAL, "2度")),
        ("障害者手帳の写し", None),
        ("身体障害者手帳（等級は読めない）", None),
        ("身体2級、精神3級", None),
    ],
)
def test_a_handbook_is_read_only_where_kind_and_grade_are_clear(text: str, held: tuple[C, str] | None) -> None:
    assert handbook_in(text) == held


def lives(born: int, relationship: str = "世帯主", *, handbook: bool = False) -> Resident:
    return Resident(date(born, 4, 1), relationship, relationship == "世帯主", handbook)


@pytest.mark.parametrize(
    ("residents", "kind"),
    [
        ([], None),
        ([lives(1950)], Composition.ELDERLY_ONLY),
        ([lives(1950), lives(1955, "妻")], Composition.ELDERLY_ONLY),
        ([lives(1950), lives(1985, "子")], Composition.OTHER),
        ([lives(1980), lives(2015, "長女")], Composition.SINGLE_PARENT),
        ([lives(1980), lives(2004, "長女")], Composition.OTHER),
        ([lives(1980), lives(1982, "夫"), lives(2015, "長女")], Composition.OTHER),
        ([lives(1980), lives(2015, "弟")], Composition.OTHER),
        ([lives(1980), lives(1982, "夫", handbook=True)], Composition.WITH_DISABLED),
        ([lives(1980)], Composition.OTHER),
    ],
)
def test_the_kind_of_household_is_told_from_the_record(residents: list[Resident], kind: Composition | None) -> None:
    assert composition_of(residents, on=ON, elderly_age=65) == kind
