"""償還猶予申請書 with what is known already printed on it: the borrower, the loans, the grounds and their papers.

Addresses come through ``people.addresses`` alone; where one is withheld, neither it nor the telephone is printed. The form
has no line for what could be paid later (DF-02).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.enums import OfficeKind
from accounts.models import Office
from japan.eras import era_month
from loans.models import Loan
from loans.sheets.facts import NOT_WRITTEN
from notices import fonts
from notices.issuing import letterhead_on
from notices.rendering import render_sheet
from notices.typesetting import without_unprintable
from people.addresses import address_for
from people.models import Person, in_force
from repayment.deferring.choices import loan_choices
from repayment.deferring.enums import Reachable
from repayment.deferring.evidence import EVIDENCE, HINTS, named
from repayment.enums import DeferralGround
from rulebook.selectors import settings_on

if TYPE_CHECKING:
    from accounts.models import User

TEMPLATE = "repayment/sheets/deferral_form/v1.html"
LABEL = "償還猶予申請書"


@dataclass(frozen=True, kw_only=True)
class LoanLine:
    """One loan on the form: its fund and code, and the first month from which it can be deferred, in words."""

    fund_name: str
    code: str
    from_month: str


@dataclass(frozen=True, kw_only=True)
class GroundLine:
    """One ground on the form, what comes under it, and the papers of which one is enclosed."""

    label: str
    hint: str
    papers: str


@dataclass(frozen=True, kw_only=True)
class DeferralFormFacts:
    """What the form prints, and nothing else. Empty strings leave room to write by hand."""

    council: str = field(metadata={"label": "社協の名称"})
    desk: str = field(metadata={"label": "提出先"})
    desk_phone: str = field(metadata={"label": "提出先の電話番号"})
    name: str = field(metadata={"label": "氏名"})
    kana: str = field(metadata={"label": "フリガナ"})
    number: str
    birth_date: date
    address: str = field(metadata={"label": "住所"})
    phone: str = field(metadata={"label": "電話番号"})
    loans: tuple[LoanLine, ...]
    grounds: tuple[GroundLine, ...]
    reachable: tuple[str, ...]
    most_months: int
    cutoff_day: int


def print_form(person: Person, *, reader: User, at: datetime) -> bytes:
    """The form as PDF, as this reader may see the borrower. Writes nothing; the caller records who printed it."""
    facts = form_facts(person, reader=reader, on=timezone.localdate(at))
    printable, by_hand = without_unprintable(facts, fonts.chain())
    margin = f"{LABEL}　第1版　{person.number}"
    return render_sheet(TEMPLATE, {"facts": printable, "by_hand": by_hand, "margin_id": margin}).pdf


def form_facts(person: Person, *, reader: User, on: date) -> DeferralFormFacts:
    """What is known of a borrower for the form: their loans that can be deferred, and nothing about money to come."""
    lender = Office.objects.get(kind=OfficeKind.PREFECTURAL)
    head, own = letterhead_on(lender.pk, on), letterhead_on(reader.office_id, on)
    seen = address_for(person, reader=reader, on=on)
    phone = person.phones.filter(in_force(on)).order_by("-since", "-pk").first()
    settings = settings_on(on)
    return DeferralFormFacts(
        council=head.letter_name if head else lender.name,
        desk=reader.office.name,
        desk_phone=own.phone if own else "",
        name=person.name,
        kana=person.kana,
        number=person.number,
        birth_date=person.birth_date,
        address=NOT_WRITTEN if seen.withheld else (seen.lines[0].text if seen.lines else ""),
        phone=NOT_WRITTEN if seen.withheld else (phone.number if phone else ""),
        loans=tuple(
            _loan(choice.loan, choice.months[0][0])
            for choice in loan_choices(person, received_on=on, on=on)
            if choice.months
        ),
        grounds=tuple(
            GroundLine(label=str(DeferralGround(ground).label), hint=HINTS[ground], papers=named(kinds))
            for ground, kinds in EVIDENCE.items()
        ),
        reachable=tuple(str(each.label) for each in Reachable),
        most_months=settings.deferral_max_months,
        cutoff_day=settings.deferral_cutoff_day,
    )


def _loan(loan: Loan, month: int) -> LoanLine:
    return LoanLine(fund_name=loan.get_fund_display(), code=loan.code, from_month=era_month(month))
