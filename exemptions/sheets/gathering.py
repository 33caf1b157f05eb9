"""From loans to what their forms print: the part of the sheets that asks the database, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.enums import OfficeKind
from accounts.models import Office, OfficeLetterhead
from exemptions.evidence import loan_facts
from exemptions.facts import Facts
from exemptions.inquiry import Inquiry
from exemptions.sheets import facts
from exemptions.sheets.desks import with_national
from exemptions.sheets.offering import Offer, Reason, earliest, offers, start_text, why_none, years_text
from exemptions.sheets.printing import Bundle
from japan.eras import fiscal_year_text
from japan.yen import yen
from loans.funds import FUNDS, Cohort, fund
from loans.models import Loan
from notices.issuing import letterhead_on
from notices.kinds import Desk
from repayment.selectors import histories_of
from rulebook.selectors import settings_on
from rulebook.settings import Settings

NO_PLAN = "償還計画がまだないため、印刷できる申請書がありません。"
DIED = "借受人が亡くなっているため、ご本人の申請書はありません。ご家族の届出か職権によります。"


@dataclass(frozen=True, slots=True)
class LoanForms:
    """A loan and the forms there are for it; ``why_none`` says why there is none. ``inquiry`` is None without a plan."""

    loan: Loan
    inquiry: Inquiry | None
    offers: tuple[Offer, ...]
    why_none: str = ""


def forms_of(loans: Iterable[Loan], *, on: date) -> tuple[LoanForms, ...]:
    """The forms there are for loans on a day, in the order given; three queries for any number, and the settings."""
    asked = list(loans)
    settings = settings_on(on)
    histories = histories_of(loan.pk for loan in asked)
    found = []
    for loan in asked:
        history = histories[loan.pk]
        if not history.plans:
            found.append(LoanForms(loan, None, (), NO_PLAN))
            continue
        inquiry = Inquiry(Facts(loan_facts(loan, history)), settings, on)
        if loan.borrower.died_on is not None:
            found.append(LoanForms(loan, inquiry, (), DIED))
            continue
        found.append(LoanForms(loan, inquiry, offers(inquiry), why_none(inquiry)))
    return tuple(found)


def form_facts(
    forms: LoanForms, offer: Offer, *, council: str, settings: Settings, reasons: tuple[Reason, ...] = ()
) -> facts.FormFacts:
    """What one form for one loan prints."""
    assert forms.inquiry is not None  # no offer without a plan
    loan, inquiry = forms.loan, forms.inquiry
    common: dict[str, Any] = {
        "council": council,
        "borrower": loan.borrower.name,
        "fund_name": fund(loan.fund).name_ja,
        "fund_code": fund(loan.fund).fund_code,
        "loan_code": loan.code,
        "principal": loan.principal,
        "outstanding": inquiry.position.outstanding,
        "as_of": inquiry.as_of,
        "consents": settings.consent_texts,
    }
    if offer.fiscal_year is None:
        ground, remark = earliest(reasons)
        return facts.ReasonFormFacts(
            **common,
            arrears=inquiry.position.arrears,
            ticked=ground.value if ground else "",
            remark=remark,
            begins_on=None if inquiry.has_begun else inquiry.begins_on,
        )
    later = None
    if offer.cut_off is not None:
        later = facts.LaterPart(cut_off=offer.cut_off, stays=offer.stays)
    cap = inquiry.cohort.cap(loan.household_size)
    assert cap is not None  # every special fund has one
    return facts.TaxFormFacts(
        **common,
        number=offer.number,
        year=fiscal_year_text(offer.fiscal_year) if later else years_text(inquiry.cohort),
        asked=offer.asked,
        cap=cap,
        later=later,
    )


def guide_facts(letterhead: OfficeLetterhead | None, *, settings: Settings) -> facts.GuideFacts:
    """The guide as of a day: the same for everybody, so that nobody's name is on it."""
    window = settings.exemption_window
    lender = letterhead.letter_name if letterhead else Office.objects.get(kind=OfficeKind.PREFECTURAL).name
    return facts.GuideFacts(
        funds=fund_rows(),
        window=f"{_day_text(window.opens)}から{_day_text(window.closes)}まで",
        council=lender,
        phone=letterhead.phone if letterhead else "",
        hours=letterhead.hours if letterhead else "",
        desks=with_national(tuple(Desk(**desk) for desk in letterhead.desks) if letterhead else ()),
    )


def fund_rows() -> tuple[facts.FundRow, ...]:
    """The table of judged years, caps and start months of the special funds (H-2)."""
    return tuple(
        facts.FundRow(
            fund_name=each.name_ja,
            applied=cohort.label_ja,
            years=years_text(cohort),
            cap=_cap_text(cohort),
            start=start_text(cohort),
        )
        for each in FUNDS.values()
        if each.special
        for cohort in each.cohorts
    )


def _day_text(month_and_day: tuple[int, int]) -> str:
    return f"{month_and_day[0]}月{month_and_day[1]}日"


def _cap_text(cohort: Cohort) -> str:
    single, multi = cohort.cap_single, cohort.cap_multi
    assert single is not None and multi is not None  # every special fund has one
    return yen(single) if single == multi else f"{yen(single)}（単身）／{yen(multi)}（2人以上）"


def lender_letterhead(on: date) -> OfficeLetterhead | None:
    """What the lender's letters say about it on a day."""
    return letterhead_on(Office.objects.get(kind=OfficeKind.PREFECTURAL).pk, on)


def bundle(
    chosen: Iterable[tuple[LoanForms, Offer]], *, on: date, reasons: tuple[Reason, ...] = (), with_guide: bool = True
) -> Bundle:
    """What is printed at once for forms that were chosen, as of a day."""
    settings, letterhead = settings_on(on), lender_letterhead(on)
    guide = guide_facts(letterhead, settings=settings)
    return Bundle(
        forms=tuple(
            form_facts(forms, offer, council=guide.council, settings=settings, reasons=reasons)
            for forms, offer in chosen
        ),
        guide=guide if with_guide else None,
    )
