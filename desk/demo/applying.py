"""Applications for the regular loan on the desks of two municipal councils, one in every state an application can have.

Written through the services by the people who work there, so that what lies there is what the house itself writes. The
applicants are borrowers of the demonstration in an ordinary situation: alive, of working age, not protected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import User
from audit.actors import Actor
from desk.demo.places import MUNICIPALITIES
from desk.demo.staff import clerks_of
from japan.bankdays import add_bank_days
from japan.eras import age_on
from japan.months import month_index
from loans.deciding.enums import DecisionOutcome, SanctionKind
from loans.deciding.terms import Terms
from loans.enums import FundKind, GuidanceKind, IncomeKind, LoanState
from loans.lending.enums import Condition, Exclusion, LendingCause, LendingPurpose, Residence
from loans.lending.facts import APPLICANT
from loans.lending.papers import still_asked
from loans.lending.snapshot import transcript_of
from loans.lending.transcript import IncomeEntry, MemberEntry, Transcript
from loans.lending.workflow import Move
from loans.models import LendingApplication, Loan
from loans.services import begin_application, move_lending
from loans.services.assessing import look_at
from loans.services.deeds import hand_out_deed, take_in_deed
from loans.services.overrides import ask_override
from loans.services.papers import lay_paper
from loans.services.sanctions import agree_to_sanction, propose_sanction
from loans.services.tasks import record_guidance
from people.enums import PaperKind
from people.models import Person, Protection
from rulebook.services import approve_setting, propose_setting

TOKYO = ZoneInfo("Asia/Tokyo")
INCOME_CEILINGS = [172_000, 258_000, 312_000, 354_000, 392_000]
"""The invented prefecture's own ceilings for households of one to five, in yen a month."""

WORKING_AGES = range(26, 60)
DESKS = 2


def put_applications_on_desks(as_of: date) -> None:
    """Let people come to the desks in the days before *as_of*. Called inside ``make``, after the borrowers are there."""
    reviewer, supervisor = (_actor(name) for name in ("ken01", "kessai01"))
    for municipality in MUNICIPALITIES[:DESKS]:
        clerk = User.objects.get(username=clerks_of(municipality.code)[0])
        for number, (story, applicant) in enumerate(zip(STORIES, _applicants(clerk, as_of), strict=False)):
            story(Desk(as_of, applicant, clerk, reviewer, supervisor, number))


def _actor(username: str) -> Actor:
    return Actor.person(User.objects.get(username=username))


def set_income_ceilings(as_of: date) -> None:
    """Let the invented prefecture choose its own income ceilings, by two persons, before anything is judged."""
    since = date(as_of.year - 1, 4, 1)
    at = _at(add_bank_days(since, -3), 11)
    row = propose_setting(
        key="regular_income_ceiling",
        value=INCOME_CEILINGS,
        valid_from=since,
        source="架瀬県社会福祉協議会 緊急小口資金事務取扱要領 別表1",
        by=_actor("ken01"),
        at=at,
    )
    approve_setting(row_id=row.pk, by=_actor("kessai01"), at=at)


def _applicants(clerk: User, as_of: date) -> Iterator[Person]:
    """Borrowers of a council in an ordinary situation, in the order of their keys."""
    people = Person.objects.visible_to(clerk).filter(
        died_on=None,
        loans__isnull=False,
        birth_date__range=(_born(as_of, WORKING_AGES[-1]), _born(as_of, WORKING_AGES[0])),
    )
    people = people.exclude(loans__fund=FundKind.REG_SMALL).exclude(pk__in=Protection.objects.values("person"))
    yield from people.distinct().order_by("pk")[: len(STORIES)]


def _born(as_of: date, age: int) -> date:
    return as_of.replace(year=as_of.year - age, day=1)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=TOKYO)


@dataclass(frozen=True)
class Desk:
    """One applicant at one desk, and what is done with the application on which bank day before *as_of*."""

    as_of: date
    applicant: Person
    clerk_user: User
    reviewer: Actor
    supervisor: Actor
    number: int

    @property
    def clerk(self) -> Actor:
        """Who takes the application in."""
        return Actor.person(self.clerk_user)

    def day(self, days_ago: int) -> date:
        return add_bank_days(self.as_of + timedelta(days=1), -1 - days_ago)

    def begin(self, days_ago: int) -> LendingApplication:
        at = _at(self.day(days_ago), 10)
        return begin_application(applicant=self.applicant, fund=FundKind.REG_SMALL, by=self.clerk, at=at)

    def step(self, application: LendingApplication, move: Move, days_ago: int, *, by: Actor, **more: object) -> None:
        at = _at(self.day(days_ago), 14)
        move_lending(application_id=application.pk, move=move, version=None, by=by, at=at, **more)  # type: ignore[arg-type]

    def receive(
        self, days_ago: int, *, amount: int = 80_000, cause: LendingCause, **changes: object
    ) -> LendingApplication:
        application = self.begin(days_ago)
        told = self.told(application, amount=amount, cause=cause)
        self.step(
            application,
            Move.RECEIVE,
            days_ago,
            by=self.clerk,
            transcript=replace(told, **changes),  # type: ignore[arg-type]
        )
        self.sign_deed(application, days_ago, amount=amount)
        return LendingApplication.objects.get(pk=application.pk)

    def sign_deed(self, application: LendingApplication, days_ago: int, *, amount: int) -> None:
        """Hand the undated deed out and take it back signed, at the desk."""
        at, day = _at(self.day(days_ago), 15), self.day(days_ago)
        hand_out_deed(application_id=application.pk, user=self.clerk_user, amount=amount, by=self.clerk, at=at)
        take_in_deed(application_id=application.pk, user=self.clerk_user, received_on=day, by=self.clerk, at=at)

    def told(self, application: LendingApplication, *, amount: int, cause: LendingCause) -> Transcript:
        """What somebody tells at the desk who may have the loan."""
        told = transcript_of(application)
        day = application.applied_on
        members = tuple(self._member(entry, day) for entry in told.members)
        month = month_index(day) - 1
        return replace(
            told,
            household_size=len(members),
            amount_asked=amount,
            instalments=10,
            grace_months=1,
            purpose=LendingPurpose.LIVING,
            cause=cause,
            cause_on=add_bank_days(day, -8 - self.number),
            on_public_assistance=False,
            residence=Residence.REGISTERED,
            answers={
                "circumstances": {"lives_in_prefecture": "yes"},
                "conditions": {it.value: "yes" for it in Condition},
                "exclusions": {it.value: "no" for it in Exclusion if it != Exclusion.PUBLIC_ASSISTANCE},
                "involvement": {"COMPLEX": "no", "STABLE": "yes", "TRANSIENT": "yes", "ON_THE_WAY": "yes"},
            },
            members=members,
            incomes=(
                IncomeEntry(
                    APPLICANT, IncomeKind.WAGE, month - 3, 182_000, month, 148_000, employer="架瀬食品加工株式会社"
                ),
            ),
        )

    def _member(self, entry: MemberEntry, day: date) -> MemberEntry:
        age = age_on(entry.birth_date, day) if entry.birth_date else 40
        return replace(
            entry,
            in_school=age < 18,
            earns=entry.label == APPLICANT,
            has_disability=False,
            needs_care=False,
        )

    def bring_papers(self, application: LendingApplication, days_ago: int, *, without: frozenset[PaperKind]) -> None:
        """Bring whatever the list asks for, of alternatives the first, but for some."""
        day = self.day(days_ago)
        brought: set[str] = set()
        for need in still_asked(look_at(application, as_of=day).needs):
            if need.kind in without or need.group in brought:
                continue
            if need.group:
                brought.add(need.group)
            lay_paper(
                application_id=application.pk,
                kind=need.kind,
                member=need.member,
                received_on=day,
                issued_on=add_bank_days(day, -9) if need.kind == PaperKind.RESIDENCE_RECORD else None,
                by=self.clerk,
                at=_at(day, 15),
            )

    def propose(self, application: LendingApplication, days_ago: int, *, amount: int, reason: str = "") -> None:
        details = {"outcome": DecisionOutcome.APPROVED, "terms": Terms(amount, instalments=10, grace_months=1)}
        self.step(application, Move.PREPARE, days_ago, by=self.reviewer, details=details, reason=reason)


EVERYTHING: frozenset[PaperKind] = frozenset()


def _draft(desk: Desk) -> None:
    application = desk.begin(0)
    half = replace(
        desk.told(application, amount=60_000, cause=LendingCause.DISASTER), cause="", cause_on=None, answers={}
    )
    desk.step(application, Move.SAVE_DRAFT, 0, by=desk.clerk, transcript=half)


def _just_received(desk: Desk) -> None:
    application = desk.receive(1, cause=LendingCause.UTILITY_ARREARS)
    missing = frozenset({PaperKind.BANKBOOK, PaperKind.RESIDENCE_RECORD})
    desk.bring_papers(application, 1, without=missing)


def _sent_back(desk: Desk) -> None:
    application = desk.receive(6, cause=LendingCause.TAX_OR_INSURANCE_ARREARS)
    desk.bring_papers(application, 6, without=frozenset({PaperKind.OWN_ACCOUNT, PaperKind.EXPENSE_PROOF}))
    desk.step(application, Move.REPORT_DEFICIENCIES, 5, by=desk.clerk)


def _proposed(desk: Desk) -> None:
    application = desk.receive(4, amount=100_000, cause=LendingCause.MEDICAL_OR_CARE)
    desk.bring_papers(application, 3, without=EVERYTHING)
    desk.propose(application, 1, amount=100_000)


def _lent(desk: Desk) -> None:
    application = desk.receive(7, amount=70_000, cause=LendingCause.THEFT_OF_WAGES)
    desk.bring_papers(application, 6, without=EVERYTHING)
    desk.propose(application, 4, amount=70_000)
    desk.step(application, Move.APPROVE, 3, by=desk.supervisor)


def _refused(desk: Desk) -> None:
    application = desk.receive(9, cause=LendingCause.REDUCED_INCOME)
    told = transcript_of(application)
    exclusions = {**told.answers["exclusions"], Exclusion.DEBT_ADJUSTMENT.value: "yes"}
    corrected = replace(told, answers={**told.answers, "exclusions": exclusions})
    desk.step(application, Move.CORRECT, 8, by=desk.clerk, transcript=corrected)
    record_guidance(
        application_id=application.pk,
        kind=GuidanceKind.LEGAL_AID,
        given_on=desk.day(8),
        place="法テラス架瀬",
        by=desk.clerk,
        at=_at(desk.day(8), 16),
    )
    reason = "債務整理中のため（RS-25）。法テラスを案内済み。"
    details = {"outcome": DecisionOutcome.REFUSED, "terms": None}
    desk.step(application, Move.PREPARE, 7, by=desk.reviewer, details=details, reason=reason)
    desk.step(application, Move.REFUSE, 6, by=desk.supervisor, reason=reason)


def _withdrawn(desk: Desk) -> None:
    application = desk.receive(5, cause=LendingCause.EQUIVALENT)
    desk.step(application, Move.WITHDRAW, 2, by=desk.clerk, reason="親族から援助を受けられることになったとの電話")


def _exception_asked(desk: Desk) -> None:
    """The cause is a little more than two months ago: in principle too long."""
    long_ago = add_bank_days(desk.day(3), -48)
    application = desk.receive(3, cause=LendingCause.DISASTER, cause_on=long_ago)
    desk.bring_papers(application, 2, without=EVERYTHING)
    ask_override(
        application_id=application.pk,
        rule="RS-06",
        reason="罹災証明書の発行が遅れ、申込みが2か月を過ぎた。",
        by=desk.reviewer,
        at=_at(desk.day(1), 11),
    )


def _sanctioned(desk: Desk) -> None:
    """A special loan that was obtained with a false declaration: the whole sum is asked back (question 28)."""
    loan = Loan.objects.filter(borrower=desk.applicant, state=LoanState.LENT).order_by("pk").first()
    if loan is None:
        return
    proposed = propose_sanction(
        loan_id=loan.pk,
        kind=SanctionKind.LUMP_SUM,
        reason="申立書の勤務先が実在せず、収入の減少が虚偽であったことを、本人が面談で認めた。",
        pay_back_by=add_bank_days(desk.as_of, 20),
        by=desk.reviewer,
        at=_at(desk.day(2), 11),
    )
    agree_to_sanction(sanction_id=proposed.pk, by=desk.supervisor, at=_at(desk.day(1), 11))


STORIES: tuple[Callable[[Desk], None], ...] = (
    _draft, _just_received, _sent_back, _proposed, _lent, _refused, _withdrawn, _exception_asked, _sanctioned,
)  # fmt: skip
