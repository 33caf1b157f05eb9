"""Candidates by arrears: requirement ④ (EX-40 … EX-43, feature H-12), and borrowers of whom nothing was ever heard."""

from __future__ import annotations

from exemptions.candidates.enums import CandidateKind
from exemptions.candidates.known import Found, Known
from exemptions.enums import Composition, Ground
from exemptions.grounds import long_arrears
from exemptions.inquiry import Inquiry, newest_fixed_year, tax_fixed_on
from exemptions.wording import missing_words
from japan.eras import era_month
from japan.yen import yen
from repayment.arrears.unpaid import last_payment, unpaid_months
from rulebook.findings import Finding

FORM = "免除申請書（様式1-2）"
CONTACT = "本人への連絡（連絡の記録がありません）"
_SEEN_BY = ("EX-40", "EX-43")


def find_long_arrears(known: Known, inquiry: Inquiry) -> Found | None:
    """Requirement ④. Household and arrears must be established; the newest certificate may be missing if the last known
    one shows no income-based levy. One occasion for each fiscal year whose tax is fixed."""
    year = newest_fixed_year(inquiry.received_on)
    if known.is_closed(Ground.LONG_ARREARS, tax_fixed_on(year)):
        return None
    last = max(known.tax_papers, key=lambda paper: paper.fiscal_year, default=None)
    if last is None or not last.no_income_levy:
        return None
    outcome = long_arrears.look(inquiry, assistance_or_disability=False)
    if outcome.finding is Finding.NOT_MET or long_arrears.COMPOSITION in outcome.missing:
        return None
    seen = "／".join(check.value for check in outcome.checks if check.rule.code in _SEEN_BY)
    return Found(
        loan_id=known.loan_id,
        kind=CandidateKind.LONG_ARREARS,
        mark=str(year),
        ground=Ground.LONG_ARREARS.value,
        reason=f"少しずつ返済していますが、滞納が増えています。{seen}",
        missing=(FORM, *missing_words(sorted(outcome.missing))),
        amount=outcome.amount,
    )


def find_silent(known: Known, inquiry: Inquiry, *, silent_months: int) -> Found | None:
    """Nothing was ever paid and nothing ever heard, for at least so many instalments in a row. Once for each loan."""
    at = inquiry.position
    months = unpaid_months(at)
    if months < silent_months or last_payment(at.ledger) is not None:
        return None
    begun = era_month(at.plan.first_month)
    household = inquiry.facts.household.composition
    lives = f"{household.label}です。" if household not in (None, Composition.OTHER) else ""
    return Found(
        loan_id=known.loan_id,
        kind=CandidateKind.SILENT,
        mark="silent",
        ground="",
        reason=f"償還の始まった{begun}から一度も入金がなく、{months}回分（{yen(at.arrears)}）が滞っています。"
        f"申請・相談・約束・書類の記録もありません。{lives}",
        missing=(CONTACT,),
        amount=None,
    )
