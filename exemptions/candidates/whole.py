"""Candidates by what exempts everything: public assistance (EX-30), a disability certificate (EX-31 … EX-33), and what
befell the borrower (EX-50 … EX-54). The rules are asked as for an application that came in today.
"""

from __future__ import annotations

from dataclasses import replace

from exemptions.assessment import GroundOutcome
from exemptions.candidates.enums import CandidateKind
from exemptions.candidates.known import Found, Handbook, Known, Learned, Told
from exemptions.enums import Ground
from exemptions.facts import Certificate, Event
from exemptions.grounds import disability, events, public_assistance
from exemptions.inquiry import Inquiry
from japan.eras import era_date
from japan.months import month_index
from japan.yen import yen
from repayment.arrears.unpaid import last_payment

FORM = "免除申請書（様式1-2）"
CERTIFICATE = "生活保護受給証明書"
GRADE = "手帳の種類と等級の確認"


def find_assistance(known: Known, inquiry: Inquiry) -> Found | None:
    """Requirement ②, from the newest piece that says so and was not decided on since; a certificate before a remark."""
    told = [each for each in known.told if not known.is_closed(Ground.PUBLIC_ASSISTANCE, each.on)]
    if not told:
        return None
    best = max(told, key=lambda each: (each.is_certificate, each.on or inquiry.loan.applied_on, each.key))
    outcome = public_assistance.look(_with(inquiry, public_assistance_from=best.since or best.on or inquiry.as_of))
    if not outcome.holds:
        return None
    return Found(
        loan_id=known.loan_id,
        kind=CandidateKind.ASSISTANCE,
        mark=best.key,
        ground=Ground.PUBLIC_ASSISTANCE.value,
        reason=best.words + _whole(outcome),
        missing=_papers(best),
        amount=outcome.amount,
    )


def _papers(told: Told) -> tuple[str, ...]:
    return (FORM,) if told.is_certificate else (FORM, CERTIFICATE)


def find_handbook(known: Known, inquiry: Inquiry) -> Found | None:
    """Requirement ③, from the copies on file: one whose grade counts, else one whose grade nobody wrote down."""
    papers = [each for each in known.handbooks if not known.is_closed(Ground.DISABILITY, each.received_on)]
    for paper in sorted(papers, key=lambda each: (each.received_on, each.paper_id), reverse=True):
        if (read := paper.read) is not None:
            certificate = Certificate(*read, paper.issued_on or paper.received_on)
            outcome = disability.look(_with(inquiry, certificates=(certificate,)))
            if outcome.holds:
                words = f"{read[0].label}（{read[1]}）の写しがあります（{era_date(paper.received_on)}受領）。"
                return _handbook(known, paper, words + _whole(outcome), (FORM,), outcome.amount)
    for paper in papers:
        if paper.read is None:
            outstanding = inquiry.position.outstanding
            words = f"障害者手帳の写しがありますが、等級の記録がありません（{era_date(paper.received_on)}受領）。"
            then = f"対象の等級であれば、残り{yen(outstanding)}の全額が免除の対象です。"
            return _handbook(known, paper, words + then, (FORM, GRADE), outstanding)
    return None


def _handbook(known: Known, paper: Handbook, reason: str, missing: tuple[str, ...], amount: int) -> Found:
    return Found(
        loan_id=known.loan_id,
        kind=CandidateKind.HANDBOOK,
        mark=f"paper:{paper.paper_id}",
        ground=Ground.DISABILITY.value,
        reason=reason,
        missing=missing,
        amount=amount,
    )


def find_learned(known: Known, inquiry: Inquiry, *, silent_months: int) -> list[Found]:
    """Death, adjudication, discharge, and whereabouts that are not known: one candidate for each thing that was learned."""
    found: dict[str, Found] = {}
    for each in known.learned:
        one = _event(known, inquiry, each) if each.event else _untraceable(known, inquiry, each, silent_months)
        if one is not None:
            found.setdefault(one.mark, one)
    return list(found.values())


def _event(known: Known, inquiry: Inquiry, learned: Learned) -> Found | None:
    assert learned.event is not None
    ground = Ground(learned.event.value)
    if known.is_closed(ground, learned.on):
        return None
    asked = _with(inquiry, events=(Event(learned.event, learned.on or inquiry.as_of),))
    outcome = next(each for each in events.look(asked) if each.ground == ground)
    if not outcome.holds:
        return None
    return Found(
        loan_id=known.loan_id,
        kind=CandidateKind.LEARNED,
        mark=learned.key,
        ground=ground.value,
        reason=learned.words + _whole(outcome),
        missing=learned.wants,
        amount=outcome.amount,
    )


def _untraceable(known: Known, inquiry: Inquiry, learned: Learned, silent_months: int) -> Found | None:
    """Mail came back, and nothing was paid since: only the prefectural council can say what follows (EX-54)."""
    at, since = inquiry.position, learned.on or inquiry.as_of
    if known.is_closed(Ground.UNTRACEABLE, learned.on):
        return None
    paid_on = last_payment(at.ledger)
    if at.months_in_arrears < silent_months or (paid_on is not None and month_index(paid_on) >= month_index(since)):
        return None
    last = f"最後の入金は{era_date(paid_on)}で" if paid_on else "入金は一度もなく"
    return Found(
        loan_id=known.loan_id,
        kind=CandidateKind.LEARNED,
        mark=learned.key,
        ground=Ground.UNTRACEABLE.value,
        reason=f"{learned.words}{last}、{at.months_in_arrears}か月分（{yen(at.arrears)}）が滞っています。",
        missing=learned.wants,
        amount=None,
    )


def _with(inquiry: Inquiry, **facts: object) -> Inquiry:
    """The same question with further facts; the position, which they do not touch, is not worked out again."""
    asked = Inquiry(replace(inquiry.facts, **facts), inquiry.settings, inquiry.as_of)  # type: ignore[arg-type]
    asked.__dict__["position"] = inquiry.position
    return asked


def _whole(outcome: GroundOutcome) -> str:
    later = f"決定は償還の始まる{era_date(outcome.waits_until)}以後です。" if outcome.waits_until else ""
    return f"残り{yen(outcome.amount)}の全額が免除の対象です。{later}"
