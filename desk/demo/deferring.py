"""Applications for deferral on the desk of a municipal council: one in every state, one early end that waits, support offered.

Written through the services by the people who work there, a few bank days ago. The borrowers are ordinary ones who still
repay; a demonstration too small to hold enough of them goes without the last stories.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from accounts.models import User
from audit.actors import Actor
from desk.demo.places import MUNICIPALITIES
from desk.demo.staff import clerks_of
from japan.bankdays import add_bank_days
from people.enums import PaperKind
from people.models import Person, Protection
from repayment.deferring.choices import LoanChoice, loan_choices
from repayment.deferring.enums import (
    AgencyConsent,
    DeferralChannel,
    EndReason,
    Hardship,
    OfferOutcome,
    Reachable,
    SpokeWith,
)
from repayment.deferring.gathering import look_at
from repayment.deferring.selectors import deferrals_of, running
from repayment.deferring.services import (
    ask_to_end,
    enter_application,
    hold_interview,
    move_application,
    record_offer,
)
from repayment.deferring.services.ending import months_to_end
from repayment.deferring.transcript import FiledPaper, Heard, LoanWish, Transcript
from repayment.deferring.workflow import Move
from repayment.enums import DeferralGround
from repayment.models import DeferralApplication

TOKYO = ZoneInfo("Asia/Tokyo")
DAYS_AGO = 9
LOOKED_THROUGH = 120
"""How many borrowers are looked at to find enough whose loans can be deferred."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A borrower and one loan of theirs that can be deferred from some month on."""

    person: Person
    choice: LoanChoice

    @property
    def wish(self) -> LoanWish:
        return LoanWish(self.choice.loan.pk, self.choice.months[0][0], 12)


@dataclass(frozen=True, slots=True)
class DeferralDesk:
    """Who works on the desk, and the bank days before *as_of* on which things happen."""

    as_of: date
    clerk: Actor
    supervisor: Actor

    def at(self, days_ago: int, hour: int = 10) -> datetime:
        return datetime.combine(self.day(days_ago), time(hour), tzinfo=TOKYO)

    def day(self, days_ago: int) -> date:
        return add_bank_days(self.as_of, -days_ago)


def put_deferrals_on_the_desk(as_of: date) -> None:
    """Let people ask for deferral in the days before *as_of*. Called inside ``make``, after the borrowers are there."""
    clerk = User.objects.get(username=clerks_of(MUNICIPALITIES[0].code)[0])
    supervisor = User.objects.get(username="kessai01")
    desk = DeferralDesk(as_of, Actor.person(clerk), Actor.person(supervisor))
    for story, caller in zip(STORIES, callers(clerk, desk.day(DAYS_AGO), as_of), strict=False):
        story(desk, caller)
    while_they_run(desk, clerk)


def callers(clerk: User, day: date, as_of: date) -> Iterator[Caller]:
    """Borrowers of a council in an ordinary situation with a loan that can be deferred, the newest ones first."""
    people = Person.objects.visible_to(clerk).filter(died_on=None, loans__isnull=False, loans__holds__isnull=True)
    people = people.exclude(pk__in=Protection.objects.values("person")).distinct().order_by("-pk")
    for person in people[:LOOKED_THROUGH]:
        free = [choice for choice in loan_choices(person, received_on=day, on=as_of) if choice.months]
        if free:
            yield Caller(person, free[0])


def heard(desk: DeferralDesk, caller: Caller, *, papers: tuple[FiledPaper, ...] = ()) -> DeferralApplication:
    """A call in the evening of somebody who lost work."""
    return hold_interview(
        borrower_id=caller.person.pk,
        transcript=Transcript(
            channel=DeferralChannel.PHONE,
            received_on=desk.day(DAYS_AGO),
            ground=DeferralGround.UNEMPLOYED,
            situation="先月末に勤務先が閉店し、求職中。家賃と光熱費で手元に残らない。",
            wishes=(caller.wish,),
            papers=papers,
            exemption_explained=True,
            agency_consent=AgencyConsent.YES,
        ),
        heard=Heard(
            spoke_with=SpokeWith.SELF,
            reachable=(Reachable.EVENING, Reachable.WEEKEND),
            hardships=(Hardship.NO_WORK, Hardship.UTILITIES),
            papers_told=(PaperKind.LEAVING_SLIP, PaperKind.UNEMPLOYMENT_ELIGIBILITY),
        ),
        by=desk.clerk,
        at=desk.at(DAYS_AGO, 18),
    )


def on_paper(
    desk: DeferralDesk, caller: Caller, ground: DeferralGround, kind: PaperKind, situation: str
) -> DeferralApplication:
    """An application by mail with its paper."""
    day = desk.day(DAYS_AGO)
    return enter_application(
        borrower_id=caller.person.pk,
        transcript=Transcript(
            channel=DeferralChannel.PAPER,
            received_on=day,
            ground=ground,
            situation=situation,
            wishes=(caller.wish,),
            papers=(FiledPaper(kind, day),),
            exemption_explained=True,
        ),
        by=desk.clerk,
        at=desk.at(DAYS_AGO),
    )


def waits_for_papers(desk: DeferralDesk, caller: Caller) -> None:
    heard(desk, caller)


def waits_for_decision(desk: DeferralDesk, caller: Caller) -> None:
    on_paper(
        desk,
        caller,
        DeferralGround.ILLNESS,
        PaperKind.MEDICAL_CERTIFICATE,
        "手術のあと休職し、傷病手当金で暮らしている。",
    )


def also_waits_for_decision(desk: DeferralDesk, caller: Caller) -> None:
    on_paper(
        desk,
        caller,
        DeferralGround.AGENCY_OPINION,
        PaperKind.OPINION_LETTER,
        "家計の立て直しを相談している途中である。",
    )


def was_granted(desk: DeferralDesk, caller: Caller) -> None:
    paper = FiledPaper(PaperKind.LEAVING_SLIP, desk.day(DAYS_AGO))
    application = heard(desk, caller, papers=(paper,))
    look = look_at(application, as_of=desk.day(4))
    move_application(
        application_id=application.pk,
        move=Move.APPROVE,
        version=None,
        granting=[request.pk for request, _ in look.loans],
        seen=look.fingerprint,
        by=desk.supervisor,
        at=desk.at(4),
    )


def was_refused(desk: DeferralDesk, caller: Caller) -> None:
    application = on_paper(
        desk,
        caller,
        DeferralGround.OTHER_DEFERRAL,
        PaperKind.OTHER_DEBT_DEFERRAL,
        "銀行の返済を待ってもらっている。",
    )
    move_application(
        application_id=application.pk,
        move=Move.REFUSE,
        version=None,
        reason="添付の書類は住宅ローンの返済猶予のもので、ほかの事由にも当たらないことを本人に確認した。",
        by=desk.supervisor,
        at=desk.at(4),
    )


def was_withdrawn(desk: DeferralDesk, caller: Caller) -> None:
    move_application(
        application_id=heard(desk, caller).pk,
        move=Move.WITHDRAW,
        version=None,
        reason="新しい勤務先が決まり、返済を続けるとの申出",
        by=desk.clerk,
        at=desk.at(2),
    )


STORIES: tuple[Callable[[DeferralDesk, Caller], None], ...] = (
    waits_for_papers,
    waits_for_decision,
    was_granted,
    was_refused,
    was_withdrawn,
    also_waits_for_decision,
)


def while_they_run(desk: DeferralDesk, clerk: User) -> None:
    """Of the deferrals that run: one is asked to end early, and the agency's support has been offered to some."""
    rows = list(
        running(deferrals_of(clerk), desk.as_of).filter(end__isnull=True).order_by("loan__borrower", "pk")[:12]
    )
    outcomes = (OfferOutcome.CONNECTED, OfferOutcome.OFFERED, OfferOutcome.DECLINED)
    for row, outcome in zip(rows, outcomes, strict=False):
        record_offer(deferral_id=row.pk, outcome=outcome, on=desk.day(3), by=desk.clerk, at=desk.at(3))
    for row in rows:
        months = months_to_end(row, today=desk.day(1))
        if months:
            ask_to_end(
                deferral_id=row.pk,
                ends_after=months[0],
                reason=EndReason.WISH,
                note="就職が決まり、返済を再開したいとの申出",
                by=desk.clerk,
                at=desk.at(1),
            )
            return
