"""Candidates by residence tax: a certificate that another loan's application came with, and a year known to be untaxed.

Source of the rules: requirement ① and ①′ (EX-10 … EX-25), which are asked as for any application. A certificate laid to an
application of another loan is kind 1 whatever year it is of; what came otherwise, and a new fiscal year after one that was
untaxed, is kind 5.
"""

from __future__ import annotations

from exemptions.assessment import GroundOutcome
from exemptions.candidates.enums import CandidateKind
from exemptions.candidates.known import Found, Known, TaxPaper
from exemptions.enums import Ground
from exemptions.grounds import later_year, residence_tax
from exemptions.inquiry import Inquiry, newest_fixed_year
from exemptions.wording import missing_words
from japan.eras import era_date, era_month, fiscal_year_text
from japan.yen import yen
from rulebook.findings import Finding

FORM = "免除申請書（様式1-1）"


def find(known: Known, inquiry: Inquiry) -> Found | None:
    """The one candidate that residence tax makes of a loan: the judgement year before a later one, proof before a sign."""
    untaxed = {paper.fiscal_year: paper for paper in known.tax_papers if paper.untaxed}
    if not untaxed or not inquiry.is_special:
        return None
    found = [each for each in (_judgement_year(known, inquiry, untaxed), _later_year(known, inquiry, untaxed)) if each]
    return min(found, key=lambda each: (len(each.missing), -(each.amount or 0)), default=None)


def _judgement_year(known: Known, inquiry: Inquiry, untaxed: dict[int, TaxPaper]) -> Found | None:
    ground, years = Ground.RESIDENCE_TAX, inquiry.cohort.judgement_years
    papers = [untaxed[year] for year in sorted(years, reverse=True) if year in untaxed]
    if not papers or known.is_year_closed(ground, years, papers[0].received_on):
        return None
    outcome = residence_tax.look(inquiry)
    if outcome.finding is Finding.NOT_MET or outcome.known_from is not None:
        return None
    reason = f"{_came(papers[0])}判定年度の非課税で、これから期日の来る{yen(outcome.amount)}が免除の対象です。"
    return _found(known, papers[0], ground, str(papers[0].fiscal_year), reason, outcome)


def _later_year(known: Known, inquiry: Inquiry, untaxed: dict[int, TaxPaper]) -> Found | None:
    ground, year = Ground.RESIDENCE_TAX_LATER_YEAR, newest_fixed_year(inquiry.received_on)
    if year <= inquiry.cohort.judgement_years[-1] or known.is_year_closed(ground, (year,)):
        return None
    newest = max(known.tax_papers, key=lambda paper: paper.fiscal_year)
    if not newest.untaxed or newest.fiscal_year > year:
        return None
    outcome = later_year.look(inquiry)
    if outcome.finding is Finding.NOT_MET or not outcome.amount or outcome.cut_off is None:
        return None
    goes = f"{era_month(outcome.cut_off)}分以後の{yen(outcome.amount)}が免除の対象です。"
    if newest.fiscal_year == year:
        return _found(known, newest, ground, str(year), f"{_came(newest)}判定年度より後の非課税で、{goes}", outcome)
    reason = (
        f"{fiscal_year_text(year)}の住民税が決まっています。{fiscal_year_text(newest.fiscal_year)}は均等割・所得割とも0円でした"
        f"（{era_date(newest.received_on)}受領の証明書）。{fiscal_year_text(year)}も非課税であれば、{goes}"
    )
    return _found(known, None, ground, str(year), reason, outcome)


def _came(paper: TaxPaper) -> str:
    of_year = (
        f"{fiscal_year_text(paper.fiscal_year)}の証明書（{era_date(paper.received_on)}受領、均等割・所得割とも0円）"
    )
    if paper.laid_to:
        return f"{paper.laid_to}に添えられた{of_year}が、この貸付にも使えます。"
    return f"{of_year}がありますが、この貸付の申請がありません。"


def _found(
    known: Known, paper: TaxPaper | None, ground: Ground, mark: str, reason: str, outcome: GroundOutcome
) -> Found:
    other_fund = paper is not None and paper.laid_to
    return Found(
        loan_id=known.loan_id,
        kind=CandidateKind.OTHER_FUND if other_fund else CandidateKind.NEW_TAX_YEAR,
        mark=mark,
        ground=ground.value,
        reason=reason,
        missing=(FORM, *missing_words(sorted(outcome.missing))),
        amount=outcome.amount,
    )
