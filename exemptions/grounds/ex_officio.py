"""What the council begins itself: untraceable borrowers, the general rule of 1999, arrears (EX-54 … EX-56).

Sources: Tokushima prefecture (a year of arrears, a dunning letter that came back, a lapse of time of which the stored page
breaks off); the exemption rules of 1999 (社援第1729号: death and nobody to collect from, whereabouts unknown two years
after the deadline); MHLW Q&A vol. 17, part 2, question 2 (arrears, ex officio, where needed). Looked at only where the
council has begun one: nothing here follows from facts alone (EX-01). What the sources leave open are settings.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from exemptions.amounts import Takes, cap_check, takes
from exemptions.assessment import GroundOutcome
from exemptions.enums import EventKind, Ground
from exemptions.facts import ExOfficio
from exemptions.grounds.events import event_fact
from exemptions.inquiry import Inquiry
from japan.eras import era_date
from japan.months import day_in, month_index
from japan.yen import yen
from repayment.position import InstalmentLine
from rulebook.findings import Answer, Finding, all_of
from rulebook.rules import Check

UNKNOWN_SINCE = "ex_officio:unknown_since"
MAIL_RETURNED = "ex_officio:mail_returned_on"
NOT_COLLECTABLE = "ex_officio:not_collectable"
PAYMENTS = "payments"


def look(inquiry: Inquiry) -> list[GroundOutcome]:
    """Look at the one ground the council has begun; none where it has begun nothing."""
    begun = inquiry.facts.ex_officio
    return [_LOOKS[begun.ground](inquiry, begun)] if begun is not None else []


def _untraceable(inquiry: Inquiry, begun: ExOfficio) -> GroundOutcome:
    ground = Ground.UNTRACEABLE
    arrears, arrears_check = _year_of_arrears(inquiry, ground)
    returned = begun.mail_returned_on
    mail = Answer.of(returned is not None and returned <= inquiry.received_on, MAIL_RETURNED)
    mail_check = inquiry.check(
        "EX-54",
        mail.finding,
        ground,
        value=f"{era_date(returned)}返送" if returned is not None else "返送の記録なし",
        because="督促状が、あて所不明で返送されている。" if returned else "督促状が返送された記録がない。",
        would_change="" if returned else "督促状があて所不明で返送されれば、満たす。",
        change_fact="" if returned else MAIL_RETURNED,
        facts=(MAIL_RETURNED,),
    )
    months = inquiry.settings.untraceable_lapse_months
    lapse, lapse_check = _lapse(inquiry, ground, "EX-54", begun.unknown_since, months)
    covers = _overdue(inquiry) if inquiry.settings.untraceable_extent == "OVERDUE" else _everything
    joint = all_of(arrears, mail, lapse)
    return _outcome(inquiry, ground, joint, (arrears_check, mail_check, lapse_check), covers, begun.unknown_since)


def _general_1999(inquiry: Inquiry, begun: ExOfficio) -> GroundOutcome:
    ground = Ground.GENERAL_1999
    died = next((event.on for event in inquiry.facts.events if event.kind == EventKind.DEATH), None)
    if died is not None or begun.not_collectable:
        joint = all_of(Answer.of(died is not None), Answer.of(begun.not_collectable))
        shown = "相続人等から償還を受けられないことが記録されている。"
        because = shown if begun.not_collectable else "相続人等から償還を受けられないことの記録がない。"
        check = inquiry.check(
            "EX-55",
            joint.finding,
            ground,
            value=f"{era_date(died)}死亡" if died is not None else "死亡の記録なし",
            because=f"借受人が亡くなっている。{because}" if died is not None else "借受人の死亡が確認されていない。",
            would_change=""
            if joint.finding is Finding.MET
            else "死亡と、償還を受けられないことの両方がわかれば、満たす。",
            change_fact=""
            if joint.finding is Finding.MET
            else NOT_COLLECTABLE
            if died
            else event_fact(EventKind.DEATH),
            facts=(event_fact(EventKind.DEATH), NOT_COLLECTABLE),
        )
        return _outcome(inquiry, ground, joint, (check,), _everything, died)
    deadline = inquiry.position.deadline
    since = max(begun.unknown_since, deadline) if begun.unknown_since is not None else None
    years = inquiry.settings.unknown_after_deadline_years
    lapse, check = _lapse(inquiry, ground, "EX-55", since, 12 * years)
    return _outcome(inquiry, ground, lapse, (check,), _everything, since)


def _overdue_only(inquiry: Inquiry, begun: ExOfficio) -> GroundOutcome:
    ground = Ground.OVERDUE_EX_OFFICIO
    arrears = inquiry.position_on(inquiry.received_on).arrears
    check = inquiry.check(
        "EX-56",
        arrears > 0,
        ground,
        value=yen(arrears),
        because=f"{era_date(inquiry.received_on)}の滞納額は{yen(arrears)}である。これから期日の来る分は残る。"
        if arrears
        else "滞っている額がない。",
        would_change="滞納がなければ、満たさなくなる。" if arrears else "",
        change_fact=PAYMENTS if arrears else "",
        facts=(PAYMENTS, "loan"),
    )
    return _outcome(inquiry, ground, Answer.of(arrears > 0), (check,), _overdue(inquiry), inquiry.received_on)


def _year_of_arrears(inquiry: Inquiry, ground: Ground) -> tuple[Answer, Check]:
    at_receipt = inquiry.position_on(inquiry.received_on)
    wanted = inquiry.settings.req4_months * at_receipt.plan.month_worth
    met = at_receipt.arrears >= wanted > 0
    months = inquiry.settings.req4_months
    because = f"滞納額は{yen(at_receipt.arrears)}で、{months}か月分（{yen(wanted)}）"
    check = inquiry.check(
        "EX-54",
        met,
        ground,
        value=f"{yen(at_receipt.arrears)}（{at_receipt.months_in_arrears}か月分）",
        because=because + ("以上である。" if met else "に満たない。"),
        would_change=f"{yen(at_receipt.arrears - wanted + 1)}以上の入金があれば、満たさなくなる。" if met else "",
        change_fact=PAYMENTS if met else "",
        facts=(PAYMENTS, "loan"),
    )
    return Answer.of(met), check


def _lapse(inquiry: Inquiry, ground: Ground, rule: str, since: date | None, months: int) -> tuple[Answer, Check]:
    """Whether somebody has been untraceable for so many months on the day the council began."""
    if since is None:
        value, because, met = "未記入", "所在が分からなくなった日の記入がない。", None
        until = None
    else:
        until = day_in(month_index(since) + months, since.day)
        met = inquiry.received_on >= until
        value = f"{era_date(since)}から"
        because = f"{months}か月が経つのは{era_date(until)}で、{'すでに過ぎている' if met else 'まだ来ていない'}。"
    answer = Answer.of(met, UNKNOWN_SINCE)
    check = inquiry.check(
        rule,
        answer.finding,
        ground,
        value=value,
        because=because,
        would_change=f"{era_date(until)}以後に起案すれば、満たす。" if until and not met else "",
        change_fact="as_of" if until and not met else "",
        facts=(UNKNOWN_SINCE, "loan"),
        missing=tuple(answer.missing),
    )
    return answer, check


def _outcome(
    inquiry: Inquiry,
    ground: Ground,
    joint: Answer,
    checks: tuple[Check, ...],
    covers: Callable[[InstalmentLine], bool],
    met_on: date | None,
) -> GroundOutcome:
    taken: Takes = takes(inquiry, covers, part=inquiry.part)
    finding = all_of(joint, Answer.of(taken.amount > 0))
    return GroundOutcome(
        ground=ground,
        finding=finding.finding,
        checks=(*checks, cap_check(inquiry, ground, taken)),
        amount=taken.amount,
        first_no=taken.first_no,
        last_no=taken.last_no,
        met_on=met_on,
        missing=finding.missing,
    )


def _everything(line: InstalmentLine) -> bool:
    return True


def _overdue(inquiry: Inquiry) -> Callable[[InstalmentLine], bool]:
    return lambda line: line.collection_date <= inquiry.received_on


_LOOKS: dict[Ground, Callable[[Inquiry, ExOfficio], GroundOutcome]] = {
    Ground.UNTRACEABLE: _untraceable,
    Ground.GENERAL_1999: _general_1999,
    Ground.OVERDUE_EX_OFFICIO: _overdue_only,
}
