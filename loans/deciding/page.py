"""What the page of a decision shows one reader: the proposal, what it would do, who has agreed, what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from accounts.roles import Permission, permissions_of
from accounts.selectors import deputised_supervisor
from japan.eras import era_date, era_month
from japan.yen import yen
from loans.deciding.enums import DecisionOutcome
from loans.disbursement.months import Payout, urgent_due
from loans.enums import LendingState, TaskKind
from loans.funds import fund
from loans.lending.workflow import DECIDE
from loans.models import (
    FirstApproval,
    LendingApplication,
    LendingDecision,
    LendingProposal,
    LendingTask,
    UrgentPayment,
)
from loans.services.assessing import Look, look_at
from loans.services.deciding import newest_proposal, terms_of
from loans.services.moves import makers_of
from loans.services.opening import payouts_of
from loans.services.urgent import BEFORE_A_DECISION
from rulebook.selectors import settings_on

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """The whole page. ``band`` is the yen from which two approve (None: no band); ``may_*`` are this reader's buttons."""

    proposal: LendingProposal | None
    payouts: tuple[Payout, ...]
    look: Look | None
    band: int | None
    needs_two: bool
    first: FirstApproval | None
    decision: LendingDecision | None
    urgent: UrgentPayment | None
    urgent_due: date
    doubts: tuple[LendingTask, ...]
    papers_owed: tuple[LendingTask, ...]
    decides: bool
    is_maker: bool
    is_first: bool
    may_first: bool
    may_approve: bool
    may_refuse: bool
    may_return: bool
    may_pay_first: bool

    @property
    def is_less(self) -> bool:
        """Whether less than asked is proposed (Q&A vol. 17, question 6)."""
        return self.proposal is not None and 0 < self.proposal.amount < self.proposal.amount_asked

    @property
    def approve_says(self) -> list[str]:
        """What deciding to lend would do, before the click."""
        if self.proposal is None:
            return []
        says = [f"{yen(self.proposal.amount)}の貸付を決定します。貸付コードがつき、送金の予定ができます。"]
        if self.urgent is None:
            says += [
                f"{era_month(out.month)}分 {yen(out.amount)}を{era_date(out.pay_on)}に送金します。"
                for out in self.payouts
            ]
        else:
            says.append("お金は先に送金の手続きをしています。この決定で、送金後の審査が終わります。")
        if self.is_less:
            says.append("希望額より少ない理由は内部の記録に残り、通知には書かれません。")
        return says


def decision_page(application: LendingApplication, *, reader: User, on: date) -> DecisionPage:
    """Put the page together. The reader has been admitted to the application."""
    proposal = newest_proposal(application)
    first = FirstApproval.objects.filter(proposal=proposal).select_related("approved_by").first() if proposal else None
    decision = (
        LendingDecision.objects.filter(application=application)
        .select_related("decided_by", "decided_for", "prepared_by", "first_by")
        .first()
    )
    urgent = UrgentPayment.objects.filter(application=application).select_related("agreed_by", "loan").first()
    waiting = application.state == LendingState.UNDER_REVIEW
    band = settings_on(on).two_approvers_from
    needs_two = band is not None and proposal is not None and proposal.amount >= band
    makers = makers_of(application)
    supervisor = deputised_supervisor(reader, on)
    decides = bool(permissions_of(reader.roles_on(on)) & DECIDE) or supervisor is not None
    is_maker = reader.pk in makers or (supervisor is not None and supervisor.pk in makers)
    is_first = first is not None and first.approved_by_id == reader.pk
    tasks = list(LendingTask.objects.filter(application=application, done_at__isnull=True).order_by("pk"))
    lends = proposal is not None and proposal.outcome == DecisionOutcome.APPROVED
    can = waiting and decides and not is_maker
    undecided = application.state in BEFORE_A_DECISION
    return DecisionPage(
        proposal=proposal,
        payouts=payouts_of(terms_of(proposal), from_day=on) if lends and proposal and undecided else (),
        look=look_at(application, as_of=on) if undecided else None,
        band=band,
        needs_two=needs_two,
        first=first,
        decision=decision,
        urgent=urgent,
        urgent_due=urgent_due(application.applied_on),
        doubts=tuple(task for task in tasks if task.kind == TaskKind.DOUBT),
        papers_owed=tuple(task for task in tasks if task.kind == TaskKind.PAPER_OWED),
        decides=decides,
        is_maker=is_maker,
        is_first=is_first,
        may_first=can and lends and needs_two and first is None,
        may_approve=can and lends and (not needs_two or (first is not None and not is_first)),
        may_refuse=can,
        may_return=waiting and reader.can(Permission.REVIEW_LENDING),
        may_pay_first=application.urgent
        and undecided
        and urgent is None
        and decides
        and not is_maker
        and fund(application.fund).monthly_multi is None,
    )
