"""起案 and 決裁 of an application: what is proposed, what two people agree to, and what comes of it.

The steps are those of :mod:`loans.lending.workflow`, walked by ``move_lending``; this adds what they do. Four eyes, the
amount band and the reasons are checked here and again by the database.
"""

from __future__ import annotations

from django.utils import timezone

from japan.eras import era_date
from japan.yen import yen
from loans.deciding.enums import DecisionOutcome
from loans.deciding.terms import Terms, TermsRefused, asked_for, check_terms
from loans.disbursement.enums import LineOutcome, TrancheEnd
from loans.enums import LoanState, TaskKind
from loans.funds import fund
from loans.lending.enums import Acceptable
from loans.lending.five_points import not_confirmed
from loans.lending.minors import ratification_due_on
from loans.lending.snapshot import as_bools, facts_of
from loans.lending.workflow import Move
from loans.models import (
    FirstApproval,
    LendingApplication,
    LendingDecision,
    LendingProposal,
    LendingTask,
    Loan,
    Tranche,
)
from loans.refusals import AssessmentChanged, NotReady, OwnWork, ReasonMissing
from loans.services.assessing import guide_of, in_words, keep, look_at
from loans.services.moves import Step, effect
from loans.services.opening import open_loan
from loans.services.urgent import close_review
from rulebook.selectors import settings_on

# --- 起案 -------------------------------------------------------------------------------------------


def propose(step: Step, *, outcome: DecisionOutcome, terms: Terms | None) -> LendingProposal:
    """Write down what is proposed; called by the step 起案 after the rules have looked at the application.

    Less than asked, or a refusal, needs a reason, which stays on the internal sheet (Q&A vol. 17, question 6). A refusal
    needs the five points of question 2-9 and where the person was pointed to.
    """
    application = step.application
    asked = asked_for(application.amount_asked, application.monthly_amount, application.months)
    if outcome == DecisionOutcome.REFUSED:
        refuse_hasty_refusal(application)
    elif terms is None:
        raise NotReady("貸し付ける金額を入力してください。")
    else:
        ceiling = application.assessment.ceiling if application.assessment else None
        try:
            check_terms(terms, kind=application.fund, asked=asked, ceiling=ceiling, guide=guide_of(application))
        except TermsRefused as refused:
            raise NotReady(str(refused)) from None
    amount = terms.amount if terms is not None and outcome == DecisionOutcome.APPROVED else 0
    if amount < asked and not step.reason:
        what = "不承認とする" if outcome == DecisionOutcome.REFUSED else "希望額より少なくする"
        raise ReasonMissing(f"{what}理由を入力してください。内部の記録に残り、通知には書かれません。")
    return LendingProposal.objects.create(
        application=application,
        outcome=outcome,
        amount=amount,
        amount_asked=asked,
        monthly_amount=terms.monthly_amount if terms else None,
        months=terms.months if terms else 1,
        instalments=terms.instalments if terms else 1,
        grace_months=terms.grace_months if terms else 0,
        internal_reason=step.reason if amount < asked else "",
        prepared_by=step.person,
        prepared_at=step.at,
    )


def refuse_hasty_refusal(application: LendingApplication) -> None:
    """Refuse a refusal before the five points of question 2-9 are answered and somebody was shown another way."""
    if fund(application.fund).special and not five_points_answered(application):
        raise NotReady("不承認とする前に、問答集 問2-9の5つの点をすべて確かめて記録してください。")
    if not application.guidance.exists():
        raise NotReady("不承認とする前に、ほかの制度や機関の案内・つなぎを記録してください（問答集 問2-9）。")


def five_points_answered(application: LendingApplication) -> bool:
    """Whether each of the five points was confirmed."""
    return not not_confirmed(as_bools(application.answers.get("five_points", {})))


def newest_proposal(application: LendingApplication) -> LendingProposal | None:
    """The proposal that stands: the last one written."""
    return application.proposals.select_related("prepared_by").order_by("-pk").first()


# --- 決裁 -------------------------------------------------------------------------------------------


@effect(Move.FIRST_APPROVE)
def first_approve(step: Step) -> None:
    """The first of two approvals that a large amount needs; the application goes on waiting for the second."""
    proposal = standing(step, DecisionOutcome.APPROVED)
    band = settings_on(step.day).two_approvers_from
    if band is None or proposal.amount < band:
        raise NotReady("この金額の貸付は、1人の決裁で決定できます。")
    if FirstApproval.objects.filter(proposal=proposal).exists():
        raise NotReady("一人目の決裁は済んでいます。ほかの決裁者が決定してください。")
    refuse_open_questions(step)
    still_as_seen(step)
    FirstApproval.objects.create(
        proposal=proposal, approved_by=step.person, approved_for=step.supervisor, approved_at=step.at
    )


@effect(Move.APPROVE)
def approve(step: Step) -> None:
    """Decide to lend: the loan with its code and its tranches come to be, in the same transaction as the decision."""
    proposal = standing(step, DecisionOutcome.APPROVED)
    refuse_open_questions(step)
    still_as_seen(step)
    band = settings_on(step.day).two_approvers_from
    first = FirstApproval.objects.filter(proposal=proposal).first()
    if band is not None and proposal.amount >= band:
        if first is None:
            raise NotReady(f"{yen(band)}以上の貸付には2人の決裁が必要です。先に一人目の決裁をしてください。")
        if step.person.pk == first.approved_by_id or (
            step.supervisor is not None and step.supervisor.pk == first.approved_by_id
        ):
            raise OwnWork("一人目の決裁をした人は、二人目になれません。ほかの決裁者に依頼してください。")
    application = step.application
    loan = application.loan
    if loan is None:
        loan = open_loan(application, terms_of(proposal), on=step.day)
    else:
        confirm_urgent_loan(loan, proposal)
    decide(step, proposal, loan=loan, first=first)
    close_review(application, answer="貸付を決定", person_id=step.person.pk, at=step.at)
    note_ratification(step)


def note_ratification(step: Step) -> None:
    """Note for the day of majority that a minor who borrowed without consent is asked to ratify (question 17-2)."""
    due = ratification_due_on(facts_of(step.application))
    if due is None:
        return
    LendingTask.objects.get_or_create(
        application=step.application,
        kind=TaskKind.RATIFICATION,
        subject="",
        done_at=None,
        defaults={
            "text": f"{era_date(due)}に成年に達する。契約の追認（民法第122条）を求め、結果を記録する。",
            "due_on": due,
            "opened_by": step.person,
            "opened_at": step.at,
        },
    )


@effect(Move.REFUSE)
def refuse(step: Step) -> None:
    """Refuse, with the reason kept inside. Money sent before the decision stays a debt; what was not sent is stopped."""
    refuse_hasty_refusal(step.application)
    proposal = newest_proposal(step.application)
    if proposal is None:
        raise NotReady("起案の内容が見つかりません。もう一度起案してください。")
    loan = step.application.loan
    if loan is not None:
        stop_unsent(loan, step)
    decide(step, proposal, loan=loan, first=None, refused=True)
    close_review(step.application, answer="不承認", person_id=step.person.pk, at=step.at)


@effect(Move.WITHDRAW)
def withdraw(step: Step) -> None:
    """Whoever takes an application back gets no money any more; what urgent money is out stays a debt."""
    if step.application.loan is not None:
        stop_unsent(step.application.loan, step)
        close_review(step.application, answer="取下げ", person_id=step.person.pk, at=step.at)


def decide(
    step: Step, proposal: LendingProposal, *, loan: Loan | None, first: FirstApproval | None, refused: bool = False
) -> None:
    """Write the decision."""
    application = step.application
    LendingDecision.objects.create(
        application=application,
        proposal=proposal,
        assessment=application.assessment,
        outcome=DecisionOutcome.REFUSED if refused else DecisionOutcome.APPROVED,
        amount=0 if refused else proposal.amount,
        amount_asked=proposal.amount_asked,
        loan=loan,
        internal_reason=step.reason if refused else proposal.internal_reason,
        two_needed_from=settings_on(step.day).two_approvers_from,
        entered_by_id=application.entered_by_id,
        prepared_by=proposal.prepared_by,
        first_by=first.approved_by if first else None,
        decided_by=step.person,
        decided_for=step.supervisor,
        decided_on=step.day,
        decided_at=step.at,
    )


def standing(step: Step, outcome: DecisionOutcome) -> LendingProposal:
    """The proposal that is decided on; refused where it proposes something else."""
    proposal = newest_proposal(step.application)
    if proposal is None:
        raise NotReady("起案の内容が見つかりません。もう一度起案してください。")
    if proposal.outcome != outcome:
        raise NotReady(
            f"起案は「{proposal.get_outcome_display()}」です。ちがう決定をするときは、起案者に戻してください。"
        )
    return proposal


def still_as_seen(step: Step) -> None:
    """Look at the application on the day of the decision and keep what was found.

    Refused where the answer is not the one that was decided on, or where a rule now speaks against lending at all.
    """
    application = step.application
    look = look_at(application, as_of=step.day)
    if step.seen and look.fingerprint != step.seen:
        raise AssessmentChanged(
            "表示していた判定の内容が変わりました。新しい判定を確かめてから、もう一度決裁してください。"
        )
    if look.acceptable == Acceptable.NO:
        raise NotReady(f"満たさない規則があるため、貸付を決定できません。{in_words(look.against)}")
    keep(application, look, by=step.by, at=step.at)


def refuse_open_questions(step: Step) -> None:
    """Refuse to decide while a doubt waits for its answer (question 2-1)."""
    doubt = LendingTask.objects.filter(application=step.application, kind=TaskKind.DOUBT, done_at__isnull=True).first()
    if doubt is not None:
        raise NotReady(f"確かめている点があるため、決定できません。{doubt.text}")


def terms_of(proposal: LendingProposal) -> Terms:
    """What a proposal would lend."""
    return Terms(
        amount=proposal.amount,
        instalments=proposal.instalments,
        grace_months=proposal.grace_months,
        monthly_amount=proposal.monthly_amount,
        months=proposal.months,
    )


def confirm_urgent_loan(loan: Loan, proposal: LendingProposal) -> None:
    """The review after urgent money: the loan is there; another amount than was sent cannot be decided afterwards."""
    if proposal.amount != loan.principal:
        raise NotReady(
            f"先行して送金した{yen(loan.principal)}と、起案の{yen(proposal.amount)}が違います。金額を合わせて起案してください。"
        )


def stop_unsent(loan: Loan, step: Step) -> None:
    """End what of an urgent loan has not left yet; without any money out the loan is cancelled."""
    unsent = Tranche.objects.filter(loan=loan, paid_on__isnull=True, ended_on__isnull=True)
    if unsent.filter(lines__outcome=LineOutcome.OPEN).exists():
        raise NotReady("送金の手続き中です。送金を取りやめるか、結果を消し込んでから不承認にしてください。")
    unsent.update(ended_on=timezone.localtime(step.at).date(), ended_because=TrancheEnd.CANCELLED)
    if not Tranche.objects.filter(loan=loan, paid_on__isnull=False).exists():
        Loan.objects.filter(pk=loan.pk).update(state=LoanState.CANCELLED)
