"""Taking over a special loan that was lent before this system: the application, the loan and its plan in one stroke."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from japan.eras import era_date
from loans.enums import FundKind, IntakeChannel, LendingState
from loans.funds import fund
from loans.lending.transcript import Transcript
from loans.lending.workflow import EDGES, Move
from loans.models import LendingApplication, LendingOverride
from loans.refusals import EntryRefused, NotAllowed, RulesRefused
from loans.services import LoanRefused
from loans.services.assessing import Look, by_field, in_words, keep, look_at
from loans.services.moves import Step, check_permission, member_of_staff, write_state
from loans.services.writing import write_transcript
from people.models import Person
from repayment.lending import register_lent_loan


@dataclass(frozen=True, slots=True)
class LentLoan:
    """The loan as it was lent: yen, months as index. Left out, term and start month are the fund's and the cohort's."""

    code: str
    principal: int
    instalments: int | None = None
    first_due_month: int | None = None
    decided_on: date | None = None
    disbursed_on: date | None = None


@service
def register_history(
    *,
    person: Person,
    fund_kind: FundKind,
    told: Transcript,
    lent: LentLoan,
    exception_reason: str = "",
    by: Actor,
    at: datetime,
) -> LendingApplication:
    """Enter a historic special loan with the facts of its application; assessed by the rules of its day, and kept.

    What the rules of that day did not allow is refused with the rule. For rules "in principle" the paper may name the
    exception that was made: it is written down and a second person has to confirm it. ``RulesRefused``, ``EntryRefused``
    (both with fields), ``NotAllowed``; nothing is written then.
    """
    clerk = member_of_staff(by)
    day = timezone.localtime(at).date()
    check_permission(clerk, EDGES[Move.TAKE_OVER], on=day)
    applicant = Person.objects.visible_to(clerk).select_for_update(of=("self",)).filter(pk=person.pk).first()
    if applicant is None:
        raise NotAllowed("この人は見つかりません。")
    if not fund(fund_kind).special:
        raise EntryRefused("緊急小口資金（本則）は、借入申込みから受け付けてください。", "fund")
    if told.applied_on > day:
        raise EntryRefused(f"借入申込日が、まだ来ていない日（{era_date(told.applied_on)}）です。", "applied_on")
    application = LendingApplication(
        fund=fund_kind,
        applicant=applicant,
        office=clerk.office,
        applied_on=told.applied_on,
        state=LendingState.APPROVED,
        history=True,
        entered_by=clerk,
        entered_at=at,
        state_since=at,
    )
    application.save()
    write_transcript(application, told)
    look = look_at(application, as_of=day)
    exceptions = refuse_what_was_not_allowed(look, exception_reason)
    try:
        application.loan = register_lent_loan(
            code=lent.code,
            fund_kind=fund_kind,
            borrower=applicant,
            office=clerk.office,
            applied_on=told.applied_on,
            principal=lent.principal,
            household_size=told.household_size or 1,
            instalments=lent.instalments,
            first_due_month=lent.first_due_month,
            decided_on=lent.decided_on,
            disbursed_on=lent.disbursed_on,
            channel=IntakeChannel(told.channel),
            by=by,
            at=at,
        )
    except LoanRefused as refused:
        raise EntryRefused(str(refused), "code" if "貸付コード" in str(refused) else "") from None
    LendingOverride.objects.bulk_create(
        LendingOverride(
            application=application, rule=rule, reason=exception_reason.strip(), asked_by=clerk, asked_at=at
        )
        for rule in sorted(exceptions)
    )
    keep(application, look, by=by, at=at)
    write_state(Step(application, Move.TAKE_OVER, clerk, by, at), before="")
    return application


def refuse_what_was_not_allowed(look: Look, exception_reason: str) -> frozenset[str]:
    """Refuse with every rule that is not met; give back those "in principle" for which a reason is named."""
    named = look.overridable if exception_reason.strip() else frozenset()
    refused = [check for check in look.against if check.rule.code not in named]
    if refused:
        raise RulesRefused(f"登録できません。{in_words(refused)}", by_field(refused))
    return named
