"""The grounds that take the whole outstanding principal, or a part asked for, and wait for repayment to begin (EX-35)."""

from __future__ import annotations

from datetime import date

from exemptions.amounts import cap_check, takes
from exemptions.assessment import GroundOutcome
from exemptions.enums import Ground
from exemptions.inquiry import Inquiry
from japan.eras import era_date
from japan.yen import yen
from rulebook.findings import Finding
from rulebook.rules import Check


def whole_outstanding(
    inquiry: Inquiry,
    ground: Ground,
    met: bool,
    met_on: date | None,
    checks: tuple[Check, ...],
    *,
    waits: bool = True,
    part: int | None = None,
) -> GroundOutcome:
    """Return the outcome of a ground that exempts everything outstanding, arrears included.

    ``met_on`` is the day from which the ground has held; ``waits`` whether its decision waits until repayment begins,
    ``part`` the yen that are asked for where not the whole is.
    """
    if not met:
        return GroundOutcome(ground, Finding.NOT_MET, checks)
    taken = takes(inquiry, part=part)
    checks = (*checks, _outstanding_check(inquiry, ground, part), cap_check(inquiry, ground, taken))
    if waits:
        checks = (*checks, _begun_check(inquiry, ground, met_on))
    return GroundOutcome(
        ground=ground,
        finding=Finding.of(taken.amount > 0),
        checks=checks,
        amount=taken.amount,
        first_no=taken.first_no,
        last_no=taken.last_no,
        met_on=met_on,
        waits_until=inquiry.begins_on if waits and not inquiry.has_begun else None,
    )


def _outstanding_check(inquiry: Inquiry, ground: Ground, part: int | None) -> Check:
    outstanding = inquiry.position.outstanding
    because = f"残っている元金{yen(outstanding)}の全額が対象で、滞っている分を含む。返済済みの分は払い戻さない。"
    if part is not None:
        because = f"残っている元金{yen(outstanding)}のうち、申請された{yen(part)}を最後の回から免除する。"
    if not outstanding:
        because = "残っている元金がなく、免除できる金額がない。"
    return inquiry.check("EX-03", outstanding > 0, ground, value=yen(outstanding), because=because, facts=("loan",))


def _begun_check(inquiry: Inquiry, ground: Ground, met_on: date | None) -> Check:
    first_day = era_date(inquiry.begins_on)
    if not inquiry.has_begun:
        because = f"償還は{first_day}に始まる。それまでは償還開始待ちとなる。"
        would_change = f"{first_day}になれば、決定できる。"
    else:
        because = f"当初の第1回の引落日（{first_day}）を過ぎており、償還が始まっている。"
        held_before = met_on is not None and met_on < inquiry.begins_on
        would_change = f"{first_day}より前であれば、償還開始待ちとなる。" if held_before else ""
    return inquiry.check(
        "EX-35",
        inquiry.has_begun,
        ground,
        value=first_day,
        because=because,
        would_change=would_change,
        change_fact="as_of" if would_change else "",
        facts=("loan",),
    )
