"""Requirement ①′: no residence tax in a year after the judgement year (EX-20 … EX-25). A partial exemption.

The newest fiscal year fixed on the day of receipt decides. What falls due from the cut-off month on is exempted: the
first month, from the month of receipt on, with the calendar month in which the loan's repayment was first to begin.
Sources: Hokkaido exemption guide of 2024 (leaflet: "usually January 2025"); tables of the Kumamoto and Fukuoka
councils.
"""

from __future__ import annotations

from datetime import date

from exemptions.amounts import Takes, cap_check, takes
from exemptions.assessment import GroundOutcome
from exemptions.enums import Ground
from exemptions.grounds.residence_tax import regular_loan_check
from exemptions.inquiry import Inquiry, newest_fixed_year, tax_fixed_on, tax_known_from
from exemptions.persons import tax_test, who_is_judged
from japan.eras import era_date, era_month, fiscal_year_text
from japan.months import month_index
from japan.yen import yen
from rulebook.findings import Answer, Finding, all_of
from rulebook.rules import Check

GROUND = Ground.RESIDENCE_TAX_LATER_YEAR


def look(inquiry: Inquiry) -> GroundOutcome:
    """Look at requirement ①′."""
    if not inquiry.is_special:
        return GroundOutcome(GROUND, Finding.NOT_MET, (regular_loan_check(inquiry, GROUND),))
    judgement_year = inquiry.cohort.judgement_years[-1]
    year = newest_fixed_year(inquiry.received_on)
    year_check = _year_check(inquiry, year, judgement_year)
    if year <= judgement_year:
        return GroundOutcome(GROUND, Finding.NOT_MET, (year_check,))
    judged = who_is_judged(inquiry, GROUND)
    test = tax_test(inquiry, GROUND, judged, year)
    cut_off = cut_off_month(inquiry)
    taken = takes(inquiry, lambda line: line.due_month >= cut_off)
    joint = all_of(test.answer, Answer.of(taken.amount > 0))
    return GroundOutcome(
        ground=GROUND,
        finding=joint.finding,
        checks=(
            year_check,
            judged.check,
            *test.checks,
            _cut_off_check(inquiry, cut_off),
            *_amount_checks(inquiry, cut_off, taken),
            cap_check(inquiry, GROUND, taken),
        ),
        amount=taken.amount,
        first_no=taken.first_no,
        last_no=taken.last_no,
        met_on=tax_fixed_on(year),
        cut_off=cut_off,
        missing=joint.missing,
        individual_handling=judged.individual_handling,
    )


def cut_off_month(inquiry: Inquiry) -> int:
    """Return the month from which a later year's tax exempts (EX-21, EX-25). Deferrals do not move it."""
    inclusive = inquiry.settings.later_year_anniversary_inclusive
    return cut_off_from(inquiry.loan.first_month, inquiry.received_on, inclusive=inclusive)


def cut_off_from(first_month: int, received_on: date, *, inclusive: bool) -> int:
    """Return the same for a loan that was first to be repaid in a month (index), whose form comes in on a day."""
    received = month_index(received_on)
    earliest = received if inclusive else received + 1
    return earliest + (first_month - earliest) % 12


def _year_check(inquiry: Inquiry, year: int, judgement_year: int) -> Check:
    received = era_date(inquiry.received_on)
    because = f"受付日（{received}）に確定している最新の住民税は{fiscal_year_text(year)}である。"
    if year > judgement_year:
        because += f"判定年度（{fiscal_year_text(judgement_year)}）より後の年度なので、この要件を見る。"
        first_day = era_date(tax_fixed_on(judgement_year + 1))
        would_change = f"{first_day}より前に受け付けた申請であれば、この要件は見ない。"
    else:
        because += f"判定年度（{fiscal_year_text(judgement_year)}）より後の年度ではない。"
        would_change = f"{era_month(tax_known_from(judgement_year + 1))}以後に受け付ければ、この要件を見る。"
    return inquiry.check(
        "EX-20",
        year > judgement_year,
        GROUND,
        value=fiscal_year_text(year),
        because=because,
        would_change=would_change,
        change_fact="application:received_on",
        facts=("application:received_on", "loan"),
    )


def _cut_off_check(inquiry: Inquiry, cut_off: int) -> Check:
    month = cut_off % 12 + 1
    because = f"当初の償還開始は{month}月なので、受付月以後で最初の{month}月（{era_month(cut_off)}）から免除する。"
    rule = "EX-21"
    if cut_off == month_index(inquiry.received_on):
        rule = "EX-25"
        because = f"受付月が当初の償還開始と同じ{month}月なので、その月（{era_month(cut_off)}）から免除する。"
    return inquiry.check(
        rule,
        Finding.MET,
        GROUND,
        value=f"{era_month(cut_off)}から",
        because=because,
        facts=("application:received_on", "loan"),
    )


def _amount_checks(inquiry: Inquiry, cut_off: int, taken: Takes) -> tuple[Check, ...]:
    stays = inquiry.position.outstanding - taken.uncapped
    because = f"{era_month(cut_off)}以後に期日の来る分の未償還は{yen(taken.uncapped)}である。"
    if not taken.uncapped:
        because = f"{era_month(cut_off)}以後に期日の来る未償還の分がなく、免除できる金額がない。"
    amount = inquiry.check(
        "EX-23", taken.uncapped > 0, GROUND, value=yen(taken.uncapped), because=because, facts=("loan",)
    )
    if not stays:
        return (amount,)
    because = f"{era_month(cut_off)}より前に期日の来る{yen(stays)}は、償還が必要である。"
    return (
        inquiry.check("EX-22", Finding.MET, GROUND, value=f"残る{yen(stays)}", because=because, facts=("loan",)),
        amount,
    )
