"""From an application to what a sheet prints: the only part of the sheets that asks the database.

Addresses come through ``people.addresses`` alone. Where one is withheld, neither it nor what leads to it (telephone, place
of work) is printed: paper is carried about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts.enums import OfficeKind
from accounts.models import Office, User
from audit.actors import Actor
from japan import banks
from japan.eras import age_on
from japan.yen import yen
from loans.enums import AgencyContact, IncomeKind
from loans.funds import fund
from loans.lending.enums import LendingCause, OtherScheme
from loans.models import IncomeLine, LendingApplication, Loan, PriorLoanElsewhere
from loans.selectors import is_lent
from loans.services.deeds import amount_to_sign
from loans.sheets import facts
from loans.sheets.kinds import SheetKind
from loans.sheets.papers import papers_of, words_open
from notices.issuing import letterhead_on
from people.addresses import address_for
from people.bank_accounts import account_on, open_number
from people.enums import AccountKind, AccountUse
from people.models import in_force
from rulebook.rates import percent
from rulebook.selectors import settings_on

WORKED_FOR = (IncomeKind.WAGE, IncomeKind.BUSINESS)
_NAMED_ON_THE_FORM = (OtherScheme.UNEMPLOYMENT_BENEFIT, OtherScheme.PENSION)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who wants a sheet, and when."""

    reader: User
    by: Actor
    at: datetime

    @property
    def on(self) -> date:
        return timezone.localdate(self.at)


def gather(kind: SheetKind, application: LendingApplication, asking: Asking) -> facts.SheetFacts:
    """What a sheet prints for an application, as this reader may see it."""
    more = _MORE[kind.facts_type](application, asking)
    return kind.facts_type(**_frame(application, on=asking.on), **more)


def _frame(application: LendingApplication, *, on: date) -> dict[str, Any]:
    lender = Office.objects.get(kind=OfficeKind.PREFECTURAL)
    head = letterhead_on(lender.pk, on)
    desk = letterhead_on(application.office_id, on)
    return {
        "council": head.letter_name if head else lender.name,
        "desk": application.office.name,
        "desk_phone": desk.phone if desk else "",
        "application_number": str(application),
        "fund_name": fund(application.fund).name_ja,
        "printed_on": on,
    }


def _nothing_more(application: LendingApplication, asking: Asking) -> dict[str, Any]:
    return {}


def _applicant(application: LendingApplication, asking: Asking) -> dict[str, Any]:
    person = application.applicant
    seen = address_for(person, reader=asking.reader, on=asking.on)
    phone = person.phones.filter(in_force(asking.on)).order_by("-since", "-pk").first()
    return {
        "applicant": facts.Applicant(
            name=person.name,
            kana=person.kana,
            number=person.number,
            birth_date=person.birth_date,
            age=age_on(person.birth_date, asking.on),
            addresses=(facts.NOT_WRITTEN,) if seen.withheld else tuple(line.text for line in seen.lines[:1]),
            phone=facts.NOT_WRITTEN if seen.withheld else (phone.number if phone else ""),
        )
    }


def _falls(application: LendingApplication, *, withheld: bool) -> tuple[facts.IncomeFall, ...]:
    """One for each income of work; without any, one to be filled in by hand."""
    lines = [line for line in application.income_lines.all() if line.kind in WORKED_FOR]
    return tuple(_fall(line, withheld=withheld) for line in lines) or (_BLANK_FALL,)


_BLANK_FALL = facts.IncomeFall(
    member="", employer="", employer_address="", employer_phone="", before_month=None, before_amount=None,
    after_month=None, after_amount=None,
)  # fmt: skip


def _fall(line: IncomeLine, *, withheld: bool) -> facts.IncomeFall:
    return facts.IncomeFall(
        member=line.member,
        employer=line.employer,
        employer_address=facts.NOT_WRITTEN if withheld else line.employer_address,
        employer_phone=facts.NOT_WRITTEN if withheld else line.employer_phone,
        before_month=line.before_month,
        before_amount=line.before_amount,
        after_month=line.after_month,
        after_amount=line.after_amount,
    )


def _declaration(application: LendingApplication, asking: Asking) -> dict[str, Any]:
    person = _applicant(application, asking)
    withheld = facts.NOT_WRITTEN in person["applicant"].addresses
    return person | {"falls": _falls(application, withheld=withheld), "reason": application.cause_note}


def _general_declaration(application: LendingApplication, asking: Asking) -> dict[str, Any]:
    used = [OtherScheme(code) for code in application.other_schemes if code in OtherScheme.values]
    return _declaration(application, asking) | {
        "unemployment_benefit": OtherScheme.UNEMPLOYMENT_BENEFIT in used or None,
        "pension": OtherScheme.PENSION in used or None,
        "other_benefits": "、".join(str(scheme.label) for scheme in used if scheme not in _NAMED_ON_THE_FORM),
        "why_needed": application.purpose_note,
    }


def _loan_request(application: LendingApplication, asking: Asking) -> dict[str, Any]:
    lent = fund(application.fund)
    return _applicant(application, asking) | {
        "amount": application.amount_asked,
        "most": lent.maximum_multi,
        "members": _members(application, asking.on),
        "causes": tuple(facts.Choice(label=str(c.label), ticked=c == application.cause) for c in LendingCause),
        "cause_on": application.cause_on,
        "cause_note": application.cause_note,
        "purpose_note": application.purpose_note,
        "instalments": application.instalments,
        "most_instalments": lent.most_instalments,
        "grace_months": application.grace_months,
        "agency_consulted_on": application.agency_consulted_on,
    }


def _members(application: LendingApplication, on: date) -> tuple[facts.HouseholdLine, ...]:
    """The members who live there now; an income is what is left after the trouble, where it is known."""
    incomes: dict[str, list[str]] = {}
    for line in application.income_lines.all():
        amount = line.after_amount if line.after_amount is not None else line.before_amount
        if amount is not None:
            incomes.setdefault(line.member, []).append(f"{line.get_kind_display()} {yen(amount)}")
    return tuple(
        facts.HouseholdLine(
            label=member.label,
            name=member.person.name if member.person else "",
            birth_date=member.birth_date,
            age=age_on(member.birth_date, on) if member.birth_date and member.birth_date <= on else None,
            income="、".join(incomes.get(member.label, ())),
        )
        for member in application.members.select_related("person")
        if member.here_now
    )


def _deed(application: LendingApplication, asking: Asking) -> dict[str, Any]:
    loan = application.loan
    return _applicant(application, asking) | {
        "amount": amount_to_sign(application),
        "monthly_amount": application.monthly_amount,
        "months": application.months,
        "instalments": loan.instalments if loan else application.instalments,
        "first_due_month": loan.first_due_month if loan else None,
        "late_interest": percent(loan.late_interest_rate_bp if loan else settings_on(asking.on).late_interest_rate_bp),
    }


def _debit(application: LendingApplication, asking: Asking) -> dict[str, Any]:
    """The account repayments are drawn from, else the one money goes to; none: empty boxes."""
    person = application.applicant
    account = account_on(person, AccountUse.DEBIT, asking.on) or application.bank_account
    named = _applicant(application, asking)
    if account is None:
        empty = (
            "bank",
            "branch",
            "bank_code",
            "branch_code",
            "account_kind",
            "account_number",
            "holder_kana",
            "yucho",
        )
        return named | dict.fromkeys(empty, "")
    opened = open_number(account=account, reason="口座振替依頼書の印刷", by=asking.by, at=asking.at)
    bank, branch = banks.bank(account.bank_code), banks.branch(account.bank_code, account.branch_code)
    return named | {
        "bank": bank.name if bank else "",
        "branch": branch.name if branch else "",
        "bank_code": account.bank_code,
        "branch_code": account.branch_code,
        "account_kind": str(AccountKind(account.kind).label),
        "account_number": opened.number,
        "holder_kana": account.holder_kana,
        "yucho": opened.yucho.text if opened.yucho else "",
    }


def _status(application: LendingApplication, asking: Asking) -> dict[str, Any]:
    person = application.applicant
    here = [loan for loan in Loan.objects.filter(borrower=person).order_by("applied_on", "pk") if is_lent(loan)]
    council = Office.objects.get(kind=OfficeKind.PREFECTURAL).name
    prior = [
        facts.PriorLoan(
            fund_name=fund(loan.fund).name_ja, council=council, applied_on=loan.applied_on, amount=loan.principal
        )
        for loan in here
    ] + [
        facts.PriorLoan(
            fund_name=fund(row.fund).name_ja, council=row.council, applied_on=row.applied_on, amount=row.amount
        )
        for row in PriorLoanElsewhere.objects.filter(person=person).order_by("applied_on", "pk")
    ]
    return _applicant(application, asking) | {
        "prior": tuple(sorted(prior, key=lambda loan: loan.applied_on)),
        "falls": tuple(_fall(line, withheld=True) for line in application.income_lines.all()),
        "household_size": application.household_size,
        "consulted_on": application.agency_consulted_on,
        "contacts": tuple(
            facts.Choice(label=str(way.label), ticked=way == application.agency_contact) for way in AgencyContact
        ),
    }


def _paper_list(application: LendingApplication, asking: Asking) -> dict[str, Any]:
    papers, outcome = papers_of(application, on=asking.on)
    words = words_open(application, on=asking.on)
    return _applicant(application, asking) | {"papers": papers, "outcome": outcome, "words": words}


_MORE: dict[type[facts.SheetFacts], Callable[[LendingApplication, Asking], dict[str, Any]]] = {
    facts.GuidanceFacts: _nothing_more,
    facts.DeclarationFacts: _declaration,
    facts.GeneralDeclarationFacts: _general_declaration,
    facts.LoanRequestFacts: _loan_request,
    facts.DeedFacts: _deed,
    facts.DebitFacts: _debit,
    facts.StatusFacts: _status,
    facts.PaperListFacts: _paper_list,
}
