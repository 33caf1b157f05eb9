"""What was told, as pairs of name and words, group by group: for the page of an application."""

from __future__ import annotations

from datetime import date

from japan.eras import age_on, era_date, era_month
from japan.yen import yen
from loans.enums import IncomeKind
from loans.intake.forms import PLAIN
from loans.lending.enums import (
    BridgeTo,
    Burden,
    ChildAbsence,
    Condition,
    Exclusion,
    IncomeProof,
    LendingCause,
    LendingPurpose,
    MinorWay,
    OtherScheme,
    Residence,
    SmallLoanGround,
)
from loans.lending.snapshot import transcript_of
from loans.lending.transcript import Transcript
from loans.models import LendingApplication

Rows = tuple[tuple[str, str], ...]
CODES = {
    "purpose": LendingPurpose,
    "cause": LendingCause,
    "income_proof": IncomeProof,
    "minor_way": MinorWay,
    "residence": Residence,
}
UNITS = {
    "household_size": "人",
    "household_size_before": "人",
    "months": "か月",
    "instalments": "回",
    "grace_months": "か月",
}
MONEY = ("amount_asked", "monthly_amount")
ANSWERS = {"yes": "はい", "no": "いいえ"}


def told_rows(application: LendingApplication) -> tuple[tuple[str, Rows], ...]:
    """Everything that was told, in groups; what nobody told is left out."""
    told = transcript_of(application)
    groups = [
        ("申込みの内容", tuple(_plain(application, told))),
        ("世帯", tuple(members_told(told))),
        ("収入", tuple(_incomes(told))),
        ("確認したこと", tuple(_answers(told))),
    ]
    return tuple((name, rows) for name, rows in groups if rows)


def _plain(application: LendingApplication, told: Transcript) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name in PLAIN:
        value = getattr(told, name)
        if value in (None, ""):
            continue
        label = str(LendingApplication._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        rows.append((label, _words(application, name, value)))
    for name, codes in (("grounds", SmallLoanGround), ("other_schemes", OtherScheme)):
        chosen = getattr(told, name)
        if chosen:
            label = str(LendingApplication._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            rows.append((label, "、".join(str(codes(code).label) for code in chosen)))
    for name, label in (
        ("on_public_assistance", "生活保護を受給"),
        ("agency_support_consent", "自立相談支援機関の支援への同意"),
    ):
        answer = getattr(told, name)
        if answer is not None:
            rows.append((label, "はい" if answer else "いいえ"))
    if application.care_of is not None:
        rows.append(("郵便物の気付", application.care_of.name))
    if told.urgent:
        rows.append(("至急の送金", "必要"))
    return rows


def _words(application: LendingApplication, name: str, value: object) -> str:
    if isinstance(value, date):
        return era_date(value)
    if name in MONEY and isinstance(value, int):
        return yen(value)
    if name in CODES:
        return str(CODES[name](value).label)
    if name in ("channel", "agency_contact"):
        return str(getattr(application, f"get_{name}_display")())
    return f"{value}{UNITS.get(name, '')}"


def members_told(told: Transcript) -> list[tuple[str, str]]:
    """The household as it was told, with ages on the day of the application."""
    asked = (
        ("in_school", "就学中"),
        ("earns", "収入あり"),
        ("has_disability", "障害あり"),
        ("has_handbook", "手帳あり"),
        ("needs_care", "要介護"),
    )
    rows = []
    for member in told.members:
        parts = []
        if born := member.birth_date:
            age = f"（{age_on(born, told.applied_on)}歳）" if born <= told.applied_on else ""
            parts.append(f"{era_date(born)}生{age}")
        if not member.here_now:
            parts.append("今は別居")
        elif not member.here_before:
            parts.append("後から同居")
        parts += [words for name, words in asked if getattr(member, name)]
        rows.append((member.label, "、".join(parts) or "同居"))
    return rows


def _incomes(told: Transcript) -> list[tuple[str, str]]:
    rows = []
    for line in told.incomes:
        before = _month_and_yen(line.before_month, line.before_amount)
        after = _month_and_yen(line.after_month, line.after_amount)
        if before or after:
            words = f"{before or '前の額は未確認'} → {after or '後の額は未確認'}"
            rows.append((f"{line.member}　{IncomeKind(line.kind).label}", words))
    return rows


def _month_and_yen(month: int | None, amount: int | None) -> str:
    if amount is None:
        return ""
    return f"{era_month(month)} {yen(amount)}" if month is not None else yen(amount)


def _answers(told: Transcript) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    named = {
        "child_absence": ("エの子の状況", {code.value: str(code.label) for code in ChildAbsence}),
        "contract_changed": ("特例への契約変更", ANSWERS),
        "married": ("婚姻", ANSWERS),
        "lives_in_prefecture": ("県内に居住", ANSWERS),
        "exemption_was_special": ("過去の免除は特例貸付", ANSWERS),
        "urgent_appliance": ("緊急の用途", ANSWERS),
        "to": ("何までのつなぎか", {code.value: str(code.label) for code in BridgeTo}),
        "held_months": ("前の仕事の継続期間（月）", {}),
        "left_on": ("前の仕事の離職日", {}),
        "hired_on": ("新しい仕事の採用日", {}),
        "expected_months": ("新しい仕事の継続見込み（月）", {}),
    }
    for group in ("circumstances", "bridge", "regular"):
        for key, answer in told.answers.get(group, {}).items():
            label, words = named[key]
            text = era_date(date.fromisoformat(answer)) if key.endswith("_on") else words.get(answer, answer)
            rows.append((label, text))
    for group, codes in (("conditions", Condition), ("exclusions", Exclusion), ("burdens", Burden)):
        for key, answer in told.answers.get(group, {}).items():
            rows.append((str(codes(key).label), ANSWERS.get(answer, answer)))
    return rows
