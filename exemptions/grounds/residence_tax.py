"""Requirement ①: no residence tax in the judgement year (EX-10 … EX-17).

Sources: table of requirements in the Hokkaido exemption guide of 2024; form 1-1-D; MHLW Q&A vol. 17, part 2, questions
2 and 3. A loan with two judgement years needs only one of them. What it takes is decided by the receipt of the
application, in or out of the window; the window is a label (EX-15).
"""

from __future__ import annotations

from datetime import date

from exemptions.amounts import Takes, cap_check, takes
from exemptions.assessment import GroundOutcome
from exemptions.enums import Ground
from exemptions.inquiry import Inquiry, tax_fixed_on, tax_known_from
from exemptions.persons import tax_test, who_is_judged
from japan.eras import era_date, era_month, fiscal_year_text
from japan.yen import yen
from rulebook.findings import Answer, Finding, all_of, any_of
from rulebook.rules import Check

GROUND = Ground.RESIDENCE_TAX


def look(inquiry: Inquiry) -> GroundOutcome:
    """Look at requirement ①."""
    if not inquiry.is_special:
        return GroundOutcome(GROUND, Finding.NOT_MET, (regular_loan_check(inquiry, GROUND),))
    years = inquiry.cohort.judgement_years
    fixed = [year for year in years if inquiry.as_of >= tax_fixed_on(year)]
    open_years = [year for year in years if year not in fixed]
    judged = who_is_judged(inquiry, GROUND)
    tests = {year: tax_test(inquiry, GROUND, judged, year) for year in fixed}
    taken = _taken(inquiry)

    answer = any_of(*(test.answer for test in tests.values()))
    known_from = None
    if answer.finding is Finding.NOT_MET and open_years and taken.amount:
        known_from = tax_known_from(open_years[0])
        answer = Answer(Finding.UNKNOWN)
    met_years = [year for year, test in tests.items() if test.answer.finding is Finding.MET]
    joint = all_of(answer, Answer.of(taken.amount > 0))
    return GroundOutcome(
        ground=GROUND,
        finding=joint.finding,
        checks=(
            _years_check(inquiry, years, fixed, open_years),
            judged.check,
            *(check for test in tests.values() for check in test.checks),
            _window_check(inquiry, years),
            _amount_check(inquiry, taken),
            cap_check(inquiry, GROUND, taken),
        ),
        amount=taken.amount,
        first_no=taken.first_no,
        last_no=taken.last_no,
        met_on=tax_fixed_on(met_years[0]) if met_years else None,
        known_from=known_from,
        missing=joint.missing,
        individual_handling=judged.individual_handling,
    )


def regular_loan_check(inquiry: Inquiry, ground: Ground) -> Check:
    """Return the one look at a regular loan: the grounds ① to ④ are of the special loans only."""
    return inquiry.check(
        "EX-10",
        Finding.NOT_MET,
        ground,
        value="本則の貸付",
        because="緊急小口資金（本則）には、特例貸付の免除の要件①～④がない。",
        facts=("loan",),
    )


def is_late(inquiry: Inquiry) -> bool:
    """Whether the application came after the window of the loan's latest judgement year (EX-15): a label."""
    years = inquiry.cohort.judgement_years
    return bool(years) and inquiry.received_on > inquiry.settings.exemption_window.in_year(years[-1])[1]


def cutoff_day(inquiry: Inquiry) -> date:
    """Return the day before which instalments collected stay payable (``late_application_cutoff``)."""
    by_decision = inquiry.settings.late_application_cutoff == "DECISION"
    return inquiry.as_of if by_decision else inquiry.received_on


def _taken(inquiry: Inquiry) -> Takes:
    if inquiry.settings.late_application_policy == "ALL_UNPAID":
        return takes(inquiry)
    cutoff = cutoff_day(inquiry)
    return takes(inquiry, lambda line: line.collection_date >= cutoff)


def _years_check(inquiry: Inquiry, years: tuple[int, ...], fixed: list[int], open_years: list[int]) -> Check:
    named = "または".join(fiscal_year_text(year) for year in years)
    because = f"この貸付（{inquiry.cohort.label_ja}）の判定年度は{named}である。"
    if open_years:
        because += f"{fiscal_year_text(open_years[0])}の住民税は{era_month(tax_known_from(open_years[0]))}に決まる。"
    return inquiry.check(
        "EX-10",
        Finding.MET if fixed else Finding.UNKNOWN,
        GROUND,
        value=f"判定年度 {named}",
        because=because,
        would_change="" if fixed else f"{era_date(tax_fixed_on(years[0]))}以後であれば、判定できる。",
        change_fact="" if fixed else "as_of",
        facts=("loan",),
    )


def _window_check(inquiry: Inquiry, years: tuple[int, ...]) -> Check:
    opens, closes = inquiry.settings.exemption_window.in_year(years[-1])
    window = f"{era_date(opens)}から{era_date(closes)}まで"
    if is_late(inquiry):
        value, because = "期限後", f"受付期間（{window}）の後の申請だが、受け付けて判定する。"
    else:
        value, because = "期限内", f"受付期間は{window}である。"
    return inquiry.check(
        "EX-15", Finding.MET, GROUND, value=value, because=because, facts=("application:received_on",)
    )


def _amount_check(inquiry: Inquiry, taken: Takes) -> Check:
    outstanding = inquiry.position.outstanding
    if inquiry.settings.late_application_policy == "ALL_UNPAID":
        rule, because = "EX-17", f"残っている元金は{yen(outstanding)}である。"
    else:
        cutoff = cutoff_day(inquiry)
        word = "決定日" if inquiry.settings.late_application_cutoff == "DECISION" else "受付日"
        stays = outstanding - taken.uncapped
        rule = "EX-16"
        because = f"{word}（{era_date(cutoff)}）以後に期日の来る分の未償還は{yen(taken.uncapped)}である。"
        if stays:
            because += f"それより前に期日の来た{yen(stays)}は償還が必要である。"
    if not taken.uncapped:
        because += "免除できる残りがない。"
    return inquiry.check(rule, taken.uncapped > 0, GROUND, value=yen(taken.uncapped), because=because, facts=("loan",))
