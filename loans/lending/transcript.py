"""What was told at the desk for one application, as it is typed. Absent answers are None or empty, never assumed.

Amounts in yen, months as index (``japan.months``). Codes of causes, grounds and other choices are those of the rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from loans.enums import IntakeChannel

Answers = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class MemberEntry:
    """One member of the household, the applicant included."""

    label: str
    birth_date: date | None = None
    person_id: int | None = None
    here_before: bool = True
    here_now: bool = True
    in_school: bool | None = None
    earns: bool | None = None
    has_disability: bool | None = None
    has_handbook: bool | None = None
    needs_care: bool | None = None


@dataclass(frozen=True, slots=True)
class IncomeEntry:
    """Take-home of one member and kind in one month before and in one month after."""

    member: str
    kind: str
    before_month: int | None = None
    before_amount: int | None = None
    after_month: int | None = None
    after_amount: int | None = None
    employer: str = ""
    employer_address: str = ""
    employer_phone: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """One application as told. ``answers`` are the guided questions by group, each question's key with its answer."""

    applied_on: date
    channel: str = IntakeChannel.MUNICIPAL_COUNCIL
    household_size: int | None = None
    household_size_before: int | None = None
    amount_asked: int | None = None
    monthly_amount: int | None = None
    months: int | None = None
    instalments: int | None = None
    grace_months: int | None = None
    purpose: str = ""
    purpose_note: str = ""
    cause: str = ""
    cause_on: date | None = None
    cause_note: str = ""
    grounds: tuple[str, ...] = ()
    other_ground: str = ""
    income_proof: str = ""
    other_schemes: tuple[str, ...] = ()
    on_public_assistance: bool | None = None
    agency_consulted_on: date | None = None
    agency_contact: str = ""
    agency_support_consent: bool | None = None
    agency_consent_on: date | None = None
    minor_way: str = ""
    residence: str = ""
    care_of_id: int | None = None
    urgent: bool = False
    note: str = ""
    answers: Answers = field(default_factory=dict)
    members: tuple[MemberEntry, ...] = ()
    incomes: tuple[IncomeEntry, ...] = ()
