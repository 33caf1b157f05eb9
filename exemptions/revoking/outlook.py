"""Whether a decision can be revoked on a day, and what that would bring back: asked of the database, nothing written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from exemptions.enums import ApplicationState, Outcome
from exemptions.models import Application, Decision, Revocation
from exemptions.revoking.restoring import Restoration, overtaken_by, restore
from japan.eras import era_date
from loans.deciding.enums import ProposalState
from loans.enums import LoanState
from loans.funds import cohort_of
from repayment.models import LedgerEntry
from repayment.selectors import history_of, policy_on
from rulebook.selectors import settings_on


@dataclass(frozen=True, slots=True)
class Outlook:
    """What revoking would bring back, or the sentence that says why it cannot be revoked."""

    restoration: Restoration | None
    refusal: str = ""


def outlook(application: Application, *, on: date) -> Outlook:
    """Look at the decision on an application on a day, as ``agree_to_revocation`` will."""
    decision = Decision.objects.filter(application=application).select_related("entry").first()
    loan = application.loan
    refusal = _refusal(application, decision)
    if refusal or decision is None or decision.entry is None:
        return Outlook(None, refusal)
    settings = settings_on(on)
    due_on = on + timedelta(days=settings.revocation_due_days)
    told: dict[str, Any] = {
        "principal": loan.principal,
        "history": history_of(loan.pk),
        "policy": policy_on(on).at_rate(loan.late_interest_rate_bp),
        "source_key": decision.entry.source_key,
        "on": on,
    }
    cap = cohort_of(loan.fund, loan.applied_on).cap(loan.household_size)
    later = overtaken_by(**told, cap=cap)
    if later is not None:
        return Outlook(
            None, f"この決定のあとに、同じ貸付で{_named(later)}が決定されています。先にその決定を取り消してください。"
        )
    return Outlook(restore(**told, due_on=due_on))


def _refusal(application: Application, decision: Decision | None) -> str:
    if decision is None:
        return "決定していない申請は取り消せません。"
    if decision.outcome == Outcome.REFUSED:
        return "不承認の決定には、取り消す免除がありません。"
    if application.state == ApplicationState.REVOKED:
        revoked = Revocation.objects.filter(decision=decision, state=ProposalState.AGREED).first()
        when = f"{era_date(timezone.localdate(revoked.decided_at))}に" if revoked and revoked.decided_at else "すでに"
        return f"この免除は、{when}取り消されています。"
    if application.loan.state != LoanState.LENT:
        state = application.loan.get_state_display()
        return f"貸付 {application.loan.code} は「{state}」のため、免除を取り消せません。"
    return ""


def _named(source_key: str) -> str:
    """The later exemption in words: 「免除 E-0000012（令和6年9月20日）」."""
    entry = LedgerEntry.objects.get(source_key=source_key)
    decision = Decision.objects.filter(entry=entry).select_related("application").first()
    name = f"免除 {decision.application}" if decision else "別の免除"
    return f"{name}（{era_date(entry.effective_on)}）"


def restored(revocation: Revocation) -> Restoration:
    """What a decided revocation brought back, as it was known at the decision: for its page and its letter."""
    entry, moment = revocation.entry, revocation.decided_at
    assert entry is not None and entry.due_on is not None and moment is not None  # check constraints say so
    loan, day = entry.loan, timezone.localdate(moment)
    history = history_of(loan.pk, known_on=moment)
    apart = tuple(row for row in history.entries if row.source_key != entry.source_key)
    return restore(
        principal=loan.principal,
        history=replace(history, entries=apart),
        policy=policy_on(day, known_on=moment).at_rate(loan.late_interest_rate_bp),
        source_key=next(row.reverses for row in history.entries if row.source_key == entry.source_key) or "",
        on=day,
        due_on=entry.due_on,
    )
