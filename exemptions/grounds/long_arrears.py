"""Requirement ④: twelve months' worth of arrears that grow although the borrower pays, in a vulnerable household.

Source: form 1-2, reason ② (EX-40 … EX-42). Where the form is silent, EX-43 stands: everything is tested on the day of
receipt, arrears by amount, growth against the arrears twelve months earlier with months of deferral left out, the
income-based levy of the newest fixed fiscal year, of borrower and head as for requirement ①. What is exempted are the
arrears of the day of receipt, less what was paid since; future instalments remain (EX-41).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from exemptions.amounts import Takes, cap_check, takes
from exemptions.assessment import GroundOutcome
from exemptions.enums import CertificateKind, Composition, Ground
from exemptions.grounds.disability import certificate_fact
from exemptions.grounds.residence_tax import regular_loan_check
from exemptions.inquiry import Inquiry, newest_fixed_year
from exemptions.persons import NO_INCOME_LEVY, tax_test, who_is_judged
from japan.eras import era_date
from japan.months import first_day, last_day, month_index
from japan.yen import yen
from repayment.entries import PAID, PAID_REVERSED
from repayment.position import Position
from repayment.schedule import Deferral
from rulebook.findings import Answer, Finding, all_of
from rulebook.rules import Check

GROUND = Ground.LONG_ARREARS
COMPOSITION = "household:composition"
PAYMENTS = "payments"
_VULNERABLE = (Composition.ELDERLY_ONLY, Composition.WITH_DISABLED, Composition.SINGLE_PARENT)


def look(inquiry: Inquiry, *, assistance_or_disability: bool) -> GroundOutcome:
    """Look at requirement ④, unless requirement ② or ③ holds (EX-42)."""
    if not inquiry.is_special:
        return GroundOutcome(GROUND, Finding.NOT_MET, (regular_loan_check(inquiry, GROUND),))
    if assistance_or_disability:
        because = "要件②または③に当てはまるため、要件④は判定しない。"
        check = inquiry.check("EX-42", Finding.NOT_MET, GROUND, value="判定しない", because=because)
        return GroundOutcome(GROUND, Finding.NOT_MET, (check,))
    at_receipt = inquiry.position_on(inquiry.received_on)
    months, months_check = _months(inquiry, at_receipt)
    growth, growth_check = _growth(inquiry, at_receipt)
    judged = who_is_judged(inquiry, GROUND)
    levy = tax_test(inquiry, GROUND, judged, newest_fixed_year(inquiry.received_on), NO_INCOME_LEVY)
    household, household_check = _household(inquiry)
    taken = takes(inquiry, lambda line: line.collection_date <= inquiry.received_on)
    joint = all_of(months, growth, levy.answer, household, Answer.of(taken.amount > 0))
    return GroundOutcome(
        ground=GROUND,
        finding=joint.finding,
        checks=(
            months_check,
            growth_check,
            judged.check,
            *levy.checks,
            household_check,
            _amount_check(inquiry, at_receipt, taken),
            cap_check(inquiry, GROUND, taken),
        ),
        amount=taken.amount,
        first_no=taken.first_no,
        last_no=taken.last_no,
        met_on=inquiry.received_on,
        missing=joint.missing,
        individual_handling=judged.individual_handling,
    )


def _months(inquiry: Inquiry, at_receipt: Position) -> tuple[Answer, Check]:
    wanted = inquiry.settings.req4_months * at_receipt.plan.month_worth
    arrears = at_receipt.arrears
    met = arrears >= wanted > 0
    because = (
        f"受付日（{era_date(inquiry.received_on)}）の滞納額は{yen(arrears)}で、"
        f"{inquiry.settings.req4_months}か月分（{yen(wanted)}）"
    )
    check = inquiry.check(
        "EX-40",
        met,
        GROUND,
        value=f"{yen(arrears)}（{at_receipt.months_in_arrears}か月分）",
        because=because + ("以上である。" if met else "に満たない。"),
        would_change=f"受付日までに{yen(arrears - wanted + 1)}以上の入金があれば、満たさなくなる。" if met else "",
        change_fact=PAYMENTS if met else "",
        facts=(PAYMENTS, "loan", "application:received_on"),
    )
    return Answer.of(met), check


@dataclass(frozen=True, slots=True)
class _Window:
    """The months over which growth is measured: from the day after ``since`` to the day of receipt."""

    since: date
    arrears_then: int
    paid_between: int


def _growth(inquiry: Inquiry, at_receipt: Position) -> tuple[Answer, Check]:
    window = _window(inquiry, at_receipt)
    grew = at_receipt.arrears > window.arrears_then
    met = grew and window.paid_between > 0
    because = (
        f"滞納額は{era_date(window.since)}の{yen(window.arrears_then)}から{yen(at_receipt.arrears)}"
        f"{'に増えている' if grew else 'で、増えていない'}。"
        f"その間の入金は{yen(window.paid_between) if window.paid_between > 0 else 'ない'}。"
    )
    value = f"{yen(window.arrears_then)}→{yen(at_receipt.arrears)}、入金{yen(max(0, window.paid_between))}"
    would_change = "その間に入金があれば、満たす。" if grew else ""
    check = inquiry.check(
        "EX-43",
        met,
        GROUND,
        value=value,
        because=because,
        would_change="その間に入金がなければ、満たさなくなる。" if met else would_change,
        change_fact=PAYMENTS if grew else "",
        facts=(PAYMENTS, "loan", "application:received_on"),
    )
    return Answer.of(met), check


def _window(inquiry: Inquiry, at_receipt: Position) -> _Window:
    received = inquiry.received_on
    month = month_index(received)
    counted = 0
    while counted < inquiry.settings.req4_growth_window_months and month >= inquiry.loan.first_month:
        counted += not _is_deferred(month, at_receipt.deferrals)
        month -= 1
    start = first_day(inquiry.loan.first_month) - timedelta(days=1)
    since = max(start, min(last_day(month), first_day(month) + timedelta(days=received.day - 1)))
    then = inquiry.position_on(since)
    return _Window(since, then.arrears, _net_payments(at_receipt) - _net_payments(then))


def _is_deferred(month: int, deferrals: tuple[Deferral, ...]) -> bool:
    return any(deferral.from_month <= month < deferral.from_month + deferral.months for deferral in deferrals)


def _net_payments(at: Position) -> int:
    return at.ledger.total(PAID) - at.ledger.total(PAID_REVERSED)


def _household(inquiry: Inquiry) -> tuple[Answer, Check]:
    composition = inquiry.facts.household.composition
    certificate = next((item for item in inquiry.facts.certificates if item.issued_on <= inquiry.received_on), None)
    facts: tuple[str, ...] = (COMPOSITION,)
    if composition is None and certificate is not None:
        answer = Answer.of(True)
        value = Composition.WITH_DISABLED.label
        because = f"借受人が{certificate.kind.label}を持っているため、障害者のいる世帯である（等級は問わない）。"
        facts = (certificate_fact(CertificateKind(certificate.kind)),)
        would_change = change_fact = ""
    elif composition is None:
        answer = Answer.of(None, COMPOSITION)
        value, because = "未確認", "世帯の種類が確認できていない。"
        would_change = "高齢者のみ・障害者のいる・ひとり親の世帯と確認できれば、満たす。"
        change_fact = COMPOSITION
    else:
        answer = Answer.of(composition in _VULNERABLE)
        value = composition.label
        because = f"{composition.label}は、要件④の世帯に{'当たる' if composition in _VULNERABLE else '当たらない'}。"
        would_change = (
            "その他の世帯であれば、満たさなくなる。"
            if composition in _VULNERABLE
            else "高齢者のみ・障害者のいる・ひとり親の世帯であれば、満たす。"
        )
        change_fact = COMPOSITION
    check = inquiry.check(
        "EX-40",
        answer.finding,
        GROUND,
        value=value,
        because=because,
        would_change=would_change,
        change_fact=change_fact,
        facts=facts,
        missing=tuple(answer.missing),
    )
    return answer, check


def _amount_check(inquiry: Inquiry, at_receipt: Position, taken: Takes) -> Check:
    since = at_receipt.arrears - taken.uncapped
    because = f"受付日に滞っていた{yen(at_receipt.arrears)}が対象で、これから期日の来る分は残る。"
    if since > 0:
        because = f"受付日に滞っていた{yen(at_receipt.arrears)}のうち、その後に{yen(since)}が入金または免除された。"
    return inquiry.check(
        "EX-41", taken.uncapped > 0, GROUND, value=yen(taken.uncapped), because=because, facts=("loan",)
    )
