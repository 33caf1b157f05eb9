"""Requirement ②: the borrower receives public assistance (生活保護) when the application is received (EX-30).

Sources: form 1-2, reason ①; Hokkaido exemption guide of 2024 (leaflet: filed at once, decided once repayment has
begun, EX-35). Assistance begun between loan application and disbursement does not count where the council follows the
Toyama council's guide (``public_assistance_before_disbursement_excluded``); it is looked at only if the disbursement
is known.
"""

from __future__ import annotations

from exemptions.assessment import GroundOutcome
from exemptions.enums import Ground
from exemptions.grounds.residence_tax import regular_loan_check
from exemptions.grounds.whole import whole_outstanding
from exemptions.inquiry import Inquiry
from japan.eras import era_date
from rulebook.findings import Finding
from rulebook.rules import Check

GROUND = Ground.PUBLIC_ASSISTANCE
FACT = "public_assistance_from"
UNTIL = "public_assistance_until"


def look(inquiry: Inquiry) -> GroundOutcome:
    """Look at requirement ②."""
    if not inquiry.is_special:
        return GroundOutcome(GROUND, Finding.NOT_MET, (regular_loan_check(inquiry, GROUND),))
    checks = (_receives_check(inquiry), *_begun_before_disbursement(inquiry))
    met = all(check.finding is Finding.MET for check in checks)
    return whole_outstanding(inquiry, GROUND, met, inquiry.facts.public_assistance_from, checks)


def _receives_check(inquiry: Inquiry) -> Check:
    since, until = inquiry.facts.public_assistance_from, inquiry.facts.public_assistance_until
    received = inquiry.received_on
    change_fact = FACT
    meets = f"{era_date(received)}までに生活保護の受給が始まっていれば、満たす。"
    if since is None:
        met, value, because = False, "受給なし", "生活保護の受給が確認されていない。"
    elif since > received:
        met, value = False, f"{era_date(since)}から"
        because = f"受給の開始が申請の受付（{era_date(received)}）より後である。改めて申請すれば満たす。"
    elif until is not None and until < received:
        met, value = False, f"{era_date(since)}から{era_date(until)}まで"
        because = f"申請の受付（{era_date(received)}）の時には、受給が終わっている。"
        meets, change_fact = "受付日に受給が続いていれば、満たす。", UNTIL
    else:
        met, value = True, f"{era_date(since)}から"
        because = f"申請の受付（{era_date(received)}）の時に、生活保護を受給している。"
        meets = "受給の開始が受付日より後であれば、満たさなくなる。"
    return inquiry.check(
        "EX-30",
        met,
        GROUND,
        value=value,
        because=because,
        would_change=meets,
        change_fact=change_fact,
        facts=(FACT, UNTIL, "application:received_on"),
    )


def _begun_before_disbursement(inquiry: Inquiry) -> tuple[Check, ...]:
    since, disbursed_on = inquiry.facts.public_assistance_from, inquiry.loan.disbursed_on
    if since is None or disbursed_on is None or not inquiry.settings.public_assistance_before_disbursement_excluded:
        return ()
    between = inquiry.loan.applied_on <= since < disbursed_on
    because = (
        "受給の開始が借入申込みから送金までの間なので、対象にならない（富山県社会福祉協議会の案内による設定）。"
        if between
        else "受給の開始は、借入申込みから送金までの間ではない。"
    )
    return (
        inquiry.check(
            "EX-30",
            not between,
            GROUND,
            value=f"{era_date(since)}から（送金 {era_date(disbursed_on)}）",
            because=because,
            would_change="受給の開始が送金より後であれば、満たす。"
            if between
            else "受給の開始が借入申込みから送金までの間であれば、満たさなくなる。",
            change_fact=FACT,
            facts=(FACT, "loan"),
        ),
    )
