"""Taking in an application, on paper or as the end of a telephone interview: everything or nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone

from accounts.models import User
from audit.actors import Actor
from audit.services import service
from japan.eras import era_date
from loans.models import Loan
from people.enums import PaperKind
from people.models import Person
from repayment import services as ledger
from repayment.deferring.assess import AskedDeferral
from repayment.deferring.enums import DeferralChannel, DeferralState
from repayment.deferring.gathering import Wish, findings
from repayment.deferring.refusals import EntryRefused, NotAllowed
from repayment.deferring.services.moves import (
    check_permission,
    member_of_staff,
    missing_evidence,
    source_key,
    write_change,
)
from repayment.deferring.services.papers import write_paper
from repayment.deferring.transcript import Heard, LoanWish, Transcript
from repayment.deferring.workflow import ENTER, Move
from repayment.enums import DeferralGround, HoldReason
from repayment.models import DeferralApplication, DeferralInterview, DeferralRequest
from rulebook.selectors import settings_on


@service
def enter_application(*, borrower_id: int, transcript: Transcript, by: Actor, at: datetime) -> DeferralApplication:
    """Take an application in: collection of its loans rests from the day of receipt, and its papers are counted.

    ``EntryRefused``, naming the loan, for what cannot be: months 0 or 13, a month before the plan, before the receipt or
    far ahead, a month that is deferred already, a loan with nothing left to move, or with an open application.
    """
    person = member_of_staff(by)
    today = timezone.localtime(at).date()
    check_permission(person, ENTER, on=today)
    borrower = Person.objects.visible_to(person).filter(pk=borrower_id).first()
    if borrower is None:
        raise NotAllowed("この借受人は見つかりません。")
    refuse_unreadable(transcript, today=today)
    loans = lock_loans(borrower, transcript.wishes, person)
    refuse_impossible(transcript, loans, today=today)
    application = DeferralApplication.objects.create(
        borrower=borrower,
        office=person.office,
        channel=transcript.channel,
        state=DeferralState.RECEIVED,
        received_on=transcript.received_on,
        ground=transcript.ground,
        other_debt_is_housing=transcript.other_debt_is_housing
        if transcript.ground == DeferralGround.OTHER_DEFERRAL
        else None,
        situation=transcript.situation.strip(),
        exemption_explained=transcript.exemption_explained,
        agency_consent=transcript.agency_consent,
        note=transcript.note.strip(),
        entered_by=person,
        entered_at=at,
        state_since=at,
    )
    for wish in transcript.wishes:
        request = DeferralRequest.objects.create(
            application=application, loan=loans[wish.loan_id], from_month=wish.from_month, months=wish.months
        )
        ledger.place_hold(
            loan=request.loan,
            reason=HoldReason.DEFERRAL_PENDING,
            since=transcript.received_on,
            source_key=source_key(request),
            by=by,
            at=at,
        )
    lay_papers(application, transcript, person=person, by=by, at=at)
    missing = missing_evidence(application)
    if missing:
        application.state = DeferralState.INCOMPLETE
        application.save(update_fields=["state"])
    write_change(application, Move.RECEIVE, before="", missing=missing, by=by, person=person, at=at)
    return application


@service
def hold_interview(
    *, borrower_id: int, transcript: Transcript, heard: Heard, by: Actor, at: datetime
) -> DeferralApplication:
    """Keep what was heard on the telephone and take in the application it ends in, in one sitting (features A-7).

    Refused as ``enter_application`` refuses; then nothing of the interview is stored either.
    """
    if transcript.channel != DeferralChannel.PHONE:
        raise ValueError("an interview ends in an application by telephone")
    person = member_of_staff(by)
    application = enter_application(borrower_id=borrower_id, transcript=transcript, by=by, at=at)
    DeferralInterview.objects.create(
        application=application,
        spoke_with=heard.spoke_with,
        phone=heard.phone,
        reachable=[each.value for each in heard.reachable],
        hardships=[each.value for each in heard.hardships],
        situation=application.situation,
        papers_told=[each.value for each in heard.papers_told],
        agency_consent=transcript.agency_consent,
        by_user=person,
        at=at,
    )
    return application


def refuse_unreadable(transcript: Transcript, *, today: date) -> None:
    """Refuse what cannot be an application: without a loan, without what is hard now, received in the future."""
    if not transcript.wishes:
        raise EntryRefused("猶予を希望する貸付を選んでください。", "loans")
    if not transcript.situation.strip():
        raise EntryRefused("いまの状況を入力してください。", "situation")
    if transcript.received_on > today:
        raise EntryRefused(f"受付日が、まだ来ていない日（{era_date(transcript.received_on)}）です。", "received_on")


def lock_loans(borrower: Person, wishes: Sequence[LoanWish], person: User) -> dict[int, Loan]:
    """The loans that were named, locked in order; each is the borrower's own, named once, without an open application."""
    wanted = sorted(wish.loan_id for wish in wishes)
    if len(set(wanted)) != len(wanted):
        raise EntryRefused("同じ貸付が二度選ばれています。", "loans")
    own = Loan.objects.visible_to(person).filter(borrower=borrower, pk__in=wanted).order_by("pk")
    loans = {loan.pk: ledger.lock(loan) for loan in own}
    if len(loans) != len(wanted):
        raise EntryRefused("この借受人の貸付ではないものが選ばれています。", "loans")
    open_now = DeferralRequest.objects.filter(loan__in=wanted, is_open=True).select_related("loan", "application")
    for request in open_now.order_by("pk"):
        text = f"貸付 {request.loan.code} には、審査中の猶予申請（{request.application}）がすでにあります。"
        raise EntryRefused(text, "loans")
    return loans


def refuse_impossible(transcript: Transcript, loans: dict[int, Loan], *, today: date) -> None:
    """Refuse a wish that the rules rule out for good, with the loan and the reason; missing papers are no obstacle."""
    for loan in loans.values():
        if transcript.received_on < loan.applied_on:
            raise EntryRefused(
                f"受付日が、貸付 {loan.code} の申込日（{era_date(loan.applied_on)}）より前です。", "received_on"
            )
    asked = AskedDeferral(received_on=transcript.received_on, ground=transcript.ground, situation=transcript.situation)
    wishes = [Wish(loans[wish.loan_id], wish.from_month, wish.months) for wish in transcript.wishes]
    for wish, found in zip(wishes, findings(asked, wishes, settings_on(today), today), strict=True):
        if found.against:
            raise EntryRefused(f"貸付 {wish.loan.code}：{found.against[0].because}", "loans")


def lay_papers(
    application: DeferralApplication, transcript: Transcript, *, person: User, by: Actor, at: datetime
) -> None:
    """Write down the papers that came with the application; on paper, its form is one of them."""
    for filed in transcript.papers:
        write_paper(
            application,
            filed.kind,
            received_on=filed.received_on,
            issued_on=filed.issued_on,
            person=person,
            by=by,
            at=at,
        )
    if transcript.channel == DeferralChannel.PAPER:
        write_paper(
            application,
            PaperKind.DEFERRAL_FORM,
            received_on=transcript.received_on,
            issued_on=None,
            person=person,
            by=by,
            at=at,
        )
