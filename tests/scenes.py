"""A small invented prefectural council on one day of work, for tests that walk the whole house.

Two municipal offices, an agency, somebody of every role, and for each municipal office borrowers with loans and
applications in every state that can be reached, letters, address reveals. Beside them what belongs to nobody in
particular: print runs, a night, an imported file, a proposed setting. Everything goes through the services, so that what
lies in the database is what the house itself writes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from accounts import services as accounts
from accounts.enrolment import new_token, token_hash
from accounts.enums import OfficeKind, Role
from accounts.models import Enrolment, Office, OfficeLetterhead, User
from audit.actors import Actor
from exemptions.bulk.proving import Group
from exemptions.bulk.services import draw_up
from exemptions.enums import ApplicationState as State
from exemptions.enums import Ground, RevocationGround
from exemptions.enums import Person as Judged
from exemptions.inquiries.enums import Asked, AuthorityKind
from exemptions.inquiries.services import list_inquiry, send_inquiries
from exemptions.models import (
    Application,
    AuthorityInquiry,
    Bulk,
    Candidate,
    Decision,
    InquiryLetter,
    Revocation,
    SecondLook,
    Simulation,
    UnlikePair,
)
from exemptions.revoking.services import propose_revocation
from exemptions.second_looks.services import draw_sample
from exemptions.services import enter_application, save_draft
from exemptions.simulating.services import start_simulation
from exemptions.transcript import Transcript
from exemptions.workflow import Move
from japan.months import month_of
from jobs.engine import advance
from jobs.enums import ExportFormat, ImportState
from jobs.exporting.services import ask_for
from jobs.importing.kinds import import_kinds
from jobs.importing.services import hand_in
from jobs.kinds import night_steps
from jobs.models import ColumnMapping, Export, ImportBatch, Run
from jobs.nightly import run_step
from loans.enums import FundKind
from loans.lending.transcript import Transcript as LendingTranscript
from loans.lending.workflow import Move as LendingMove
from loans.models import LendingApplication, LendingOverride, Loan, TransferFile
from loans.services import begin_application, move_lending
from loans.services.deeds import hand_out_deed
from loans.services.sanctions import propose_sanction
from loans.services.tasks import open_doubt
from notices.models import Letter, PrintRun
from notices.services import mark_posted, mark_printed
from notices.sources import all_sources
from people.addresses import Place
from people.bank_accounts import register_account, register_yucho_account
from people.enums import AccountUse, AddressKind, MailBlockReason, PaperKind
from people.merging.services import note_pair, propose_merge
from people.models import (
    AddressReveal,
    BankAccount,
    Document,
    HouseholdMember,
    MailBlock,
    Merge,
    Person,
    PersonPair,
    Phone,
    ProtectionEnding,
    TransitBatch,
)
from people.papers import record_paper
from people.protections import ask_to_end
from people.reveals import approve_reveal, request_reveal
from people.services import add_phone, add_to_caseload, block_mail, set_protection
from people.transit.services import Piece, pack_for, send
from repayment.agreements.services import propose_agreement
from repayment.arrears.holds import hold_by_hand
from repayment.arrears.promises import take_promise
from repayment.closing.services import prepare_closing
from repayment.debit.results import post_result, take_in_result
from repayment.deferring.enums import DeferralChannel, EndReason, Hardship, Reachable, SpokeWith
from repayment.deferring.gathering import look_at
from repayment.deferring.services import ask_to_end as ask_to_end_deferral
from repayment.deferring.services import file_paper, hold_interview
from repayment.deferring.services import move_application as move_deferral
from repayment.deferring.transcript import FiledPaper, Heard, LoanWish
from repayment.deferring.transcript import Transcript as DeferralTranscript
from repayment.deferring.workflow import Move as DeferralMove
from repayment.enums import (
    DeferralGround,
    HeldCause,
    HoldReason,
    NoticeKind,
    PaymentChannel,
    PlanReason,
    PromiseWay,
    RefundCause,
    SlipCause,
)
from repayment.limitation.services import record_acknowledgement
from repayment.models import (
    CollectionHold,
    DebitFailure,
    DebitRun,
    DebtAcknowledgement,
    Deferral,
    DeferralApplication,
    MonthClosing,
    PaymentPromise,
    PaymentSlip,
    PlanChange,
    RefundTask,
    RepaymentNotice,
    SmallRepaymentAgreement,
    SuspenseItem,
)
from repayment.refunds import open_refund_task
from repayment.replanning.services import propose_plan_change
from repayment.services import place_hold, post_payment
from repayment.suspense.enums import SuspenseReason
from rulebook.services import propose_setting
from tests.exemptions.builders import Staff, Story, a_candidate, a_form, a_repaid_loan, untaxed
from tests.people.builders import a_household, a_member_of_staff, a_person, an_office, lives_at
from tests.people.scans import a_scan
from tests.repayment.debits import DEBIT_ON, a_repaying_loan, an_originator, answer, may_be_debited, sent
from tests.repayment.debits import locked as locked_debit
from tests.repayment.money import Desk, a_sender, an_approved_loan, locked, written

TOKYO = ZoneInfo("Asia/Tokyo")
DAY = date(2026, 11, 20)
NOW = datetime.combine(DAY, time(10, 0), TOKYO)
MACHINE = Actor.machine("test")
PASSWORD = "correct-horse-battery"

# What must never be seen where it does not belong. Nothing else in the scene, in templates or in code says these words.
HIDDEN_PLACE = Place(
    postal_code="9870412", area="青海県隠里市", street="秘谷町七丁目9番41号", building="しのび荘カ203"
)
HIDDEN_WORDS = ("隠里市", "秘谷町", "9番41号", "しのび荘", "9870412", "987-0412")
SECRET_NAME, SECRET_KANA = "秘田 漏左衛門", "ヒミツダ モレザエモン"
SECRET_NUMBER, SECRET_PHONE, SECRET_LOAN = "PZ0777666", "090-8765-4321", "0977666"
SECRET_WORDS = ("秘田", "漏左衛門", "ヒミツダ", "モレザエモン", "ひみつだ", "090-8765-4321", "09087654321", "0977666")
SECRET_ACCOUNT, SECRET_PASSBOOK = "7391846", "58203941"
ACCOUNT_WORDS = (SECRET_ACCOUNT, SECRET_PASSBOOK, SECRET_PASSBOOK[:-1])
"""Numbers of accounts: no page shows them to anybody who has not said why, and nothing keeps them."""
INNER_REASON = "収入の申告に虚偽の疑いがあるため（内部記録）"


def day_before(days: int) -> date:
    return DAY - timedelta(days=days)


def at(day: date, hour: int = 11) -> datetime:
    return datetime.combine(day, time(hour, 0), TOKYO)


def this_years_form(**changes: Any) -> Transcript:
    """A complete form of requirement ①′ for fiscal year 2026, received on 2 November."""
    values: dict[str, Any] = {
        "fiscal_year": 2026,
        "received_on": date(2026, 11, 2),
        "signed_on": date(2026, 10, 30),
        "residence_issued_on": date(2026, 10, 20),
        "borrower_tax": untaxed(2026, date(2026, 10, 20)),
    }
    return replace(a_form(), **values | changes)


@dataclass
class Corner:
    """One municipal office with its clerk, and one row of each kind that belongs to it."""

    office: Office
    clerk: User
    borrower: Person
    loans: dict[State, Loan] = field(default_factory=dict)
    applications: dict[State, Application] = field(default_factory=dict)
    sheltered: Person | None = None
    """Somebody with a 支援措置; their letter is held."""
    letter: Letter | None = None
    """A letter to the borrower, posted."""
    waiting_reveal: AddressReveal | None = None
    open_reveal: AddressReveal | None = None
    """A reveal of the office's own clerk, approved and still to be looked at."""
    document: Document | None = None
    """A scan of a paper of the borrower."""
    parcel: TransitBatch | None = None
    """A batch of paper on its way to the prefectural council."""
    account: BankAccount | None = None
    """Where money goes to the borrower."""
    phone: Phone | None = None
    mail_block: MailBlock | None = None
    ending: ProtectionEnding | None = None
    """A request of the office's clerk to end the measure of the sheltered person."""
    housed: Person | None = None
    """Somebody on a residence record with others."""
    lending: dict[str, LendingApplication] = field(default_factory=dict)
    """Applications for loans: a draft and a received one for the regular loan, a draft for a special one."""
    lending_task_id: int = 0
    lending_override_id: int = 0
    regular_loan: Loan | None = None
    """A regular loan of another borrower, decided on and held back by a sanction that waits for its decision."""
    sanction_id: int = 0
    agreement: SmallRepaymentAgreement | None = None
    """A small repayment that was entered and waits for a second person, as does the plan change."""
    plan_change: PlanChange | None = None
    revocation: Revocation | None = None
    deferral_application: DeferralApplication | None = None
    """An application for deferral, heard on the telephone, its paper there, waiting for a decision."""
    deferral: Deferral | None = None
    """A granted deferral of another borrower that somebody asks to end early."""
    deferral_end_id: int = 0
    promise: PaymentPromise | None = None
    """A promise to pay the loan whose exemption was refused; a hold, an acknowledgement and a slip lie beside it."""
    hold: CollectionHold | None = None
    acknowledgement: DebtAcknowledgement | None = None
    slip: PaymentSlip | None = None
    candidate: Candidate | None = None
    """A candidate on the loan whose exemption was refused; the sheltered person is one too."""
    inquiry: AuthorityInquiry | None = None
    inquiry_letter: InquiryLetter | None = None
    """A question to the tax office about the application under review, sent; one to the police waits to be sent."""
    due_letter: tuple[str, str] = ("", "")
    """Kind and occasion of a letter to somebody of this office that the coming night will write."""


@dataclass
class Council:
    """The whole scene."""

    prefecture: Office
    east: Corner
    west: Corner
    agency: Office
    staff: dict[Role, User]
    """One of each role; the municipal clerk is the one of the east."""
    preparer: User
    other_supervisor: User
    nobody: User
    """Somebody who holds no role (yet)."""
    runs: list[PrintRun] = field(default_factory=list)
    night_run: Run | None = None
    batch: ImportBatch | None = None
    pair: PersonPair | None = None
    """The protected person of the east and somebody of the west, who may be one."""
    merge: Merge | None = None
    """Two records of one person of the east that became one."""
    mapping: ColumnMapping | None = None
    """How another system's file of payments is read."""
    opening: ImportBatch | None = None
    """Opening balances from another system; none of its lines could be taken in."""
    closing: MonthClosing | None = None
    """The counting of a month, which waits for its signature."""
    export: Export | None = None
    """The queue of every office, taken out by the prefectural clerk."""
    bulk: Bulk | None = None
    """A look at the proposals of both corners, which waits for its approval."""
    second_look: SecondLook | None = None
    unlike_pair: UnlikePair | None = None
    setting_row_id: int = 0
    simulation: Simulation | None = None
    """A draft that moves held loans, simulated to the end."""
    deputy_row_id: int = 0
    assignment_id: int = 0
    enrolment_token: str = ""
    transfers: list[TransferFile] = field(default_factory=list)
    """Money on its way: a file that is written, and one that waits for its approval."""
    debits: list[DebitRun] = field(default_factory=list)
    """Debits: one that was posted, one at the bank with something to stop, one that waits for its approval."""
    failure: DebitFailure | None = None
    debit_account: BankAccount | None = None
    suspense: SuspenseItem | None = None
    refund: RefundTask | None = None
    revealed: AddressReveal | None = None
    """A reveal of the hidden address, approved and still to be looked at."""

    @property
    def supervisor(self) -> User:
        return self.staff[Role.SUPERVISOR]

    def team(self, corner: Corner) -> Staff:
        return Staff(corner.office, corner.clerk, self.preparer, self.supervisor, self.other_supervisor)


@contextmanager
def standing_council(blocker: Any) -> Iterator[Council]:
    """The scene for a whole module of tests, in a transaction that is given up at its end.

    For a module-scoped fixture (``blocker`` is pytest-django's ``django_db_blocker``); each test's own changes are rolled
    back to the scene by the test's savepoint.
    """
    with blocker.unblock(), transaction.atomic():
        with time_machine.travel(NOW, tick=False):
            council = a_council()
        yield council
        transaction.set_rollback(True)


def a_council() -> Council:
    """Build the scene. The clock must stand on ``NOW``."""
    prefecture = an_office(OfficeKind.PREFECTURAL, code="010000", name="青海県社会福祉協議会")
    a_letterhead(prefecture)
    agency = an_office(OfficeKind.AGENCY, name="青海くらし相談センター")
    east = a_corner(
        "東浜市社会福祉協議会", a_borrower("東浜 さくら", "ヒガシハマ サクラ", "PE000101", "090-1111-2222")
    )
    west = a_corner("西浜市社会福祉協議会", a_borrower(SECRET_NAME, SECRET_KANA, SECRET_NUMBER, SECRET_PHONE))
    staff = {role: a_member_of_staff(role) for role in Role if role != Role.MUNICIPAL_CLERK}
    council = Council(
        prefecture=prefecture,
        east=east,
        west=west,
        agency=agency,
        staff={Role.MUNICIPAL_CLERK: east.clerk} | staff,
        preparer=a_member_of_staff(Role.PREFECTURAL_CLERK),
        other_supervisor=a_member_of_staff(Role.SUPERVISOR),
        nobody=a_member_of_staff(None, office=east.office),
    )
    for user in User.objects.all():
        with_a_second_factor(user)
    letters_of_the_days_before(council)
    applications_in_every_state(council, east)
    applications_in_every_state(council, west, code=SECRET_LOAN)
    for corner in (council.east, council.west):
        applications_for_loans(corner)
        deferrals(council, corner)
        asked_to_pay(corner)
        asked_at_authorities(council, corner)
    reveals(council)
    scans_and_parcels(council)
    what_is_registered(council)
    things_of_the_house(council)
    money_on_its_way(council)
    for corner in (council.east, council.west):
        less_and_otherwise(corner)
        taken_back(council, corner)
    debits_on_their_way(council)
    return council


def a_letterhead(office: Office) -> OfficeLetterhead:
    return OfficeLetterhead.objects.create(
        office=office,
        valid_from=date(2020, 4, 1),
        letter_name="社会福祉法人 青海県社会福祉協議会",
        chairperson="会長　三崎 静江",
        number_prefix="青海社協発",
        postal_code="999-0001",
        address="青海県青海市中央1丁目2番3号",
        phone="000-555-0100",
        hours="平日 9時から17時まで",
        envelope_profile="naga3-example",
        desks=[{"name": "青海くらし相談センター", "contact": "000-555-0111", "hours": "平日 9時から17時まで"}],
    )


def a_corner(name: str, borrower: Person) -> Corner:
    office = an_office(name=name)
    corner = Corner(office=office, clerk=a_member_of_staff(Role.MUNICIPAL_CLERK, office=office), borrower=borrower)
    looked_after(borrower, office)
    return corner


def a_borrower(name: str, kana: str, number: str, phone: str) -> Person:
    person = a_person(name, kana, number=number)
    lives_at(person)
    add_phone(person=person, number=phone, since=date(2020, 6, 1), by=MACHINE, at=NOW)
    return person


def looked_after(person: Person, office: Office) -> None:
    add_to_caseload(person=person, office=office, since=date(2020, 6, 1), by=MACHINE, at=NOW)


# --- applications -----------------------------------------------------------------------------------


def a_loan_of(borrower: Person, office: Office, **values: Any) -> Loan:
    """A loan whose first two instalments are paid, so that most of it is still to come."""
    fields: dict[str, Any] = {"office": office, "first_due_month": month_of(2026, 9)} | values
    lent = a_repaid_loan(borrower, **fields)
    for month in (9, 10):
        post_payment(
            loan=lent,
            amount=5_000,
            effective_on=date(2026, month, 28),
            source_key=f"paid:{lent.code}:{month}",
            by=MACHINE,
            at=at(date(2026, 10, 29)),
        )
    return lent


def entered(council: Council, corner: Corner, borrower: Person, **loan: Any) -> Story:
    """A form taken in by the office's own clerk."""
    lent = a_loan_of(borrower, corner.office, **loan)
    application = enter_application(
        loan=lent, transcript=this_years_form(), by=Actor.person(corner.clerk), at=at(date(2026, 11, 4))
    )
    return Story(council.team(corner), lent, application)


def decided(council: Council, corner: Corner, borrower: Person, *, on: date, refused: bool = False) -> Story:
    """An application carried to its decision on a day."""
    story = entered(council, corner, borrower)
    story.prepare(at=at(date(2026, 11, 5)))
    if refused:
        story.refuse(at=at(on), reason=INNER_REASON)
    else:
        story.approve(at=at(on))
    return story


def applications_in_every_state(council: Council, corner: Corner, *, code: str = "") -> None:
    """Seven borrowers of an office, one for each state; the borrower of the corner has the one under review."""
    for state in (State.DRAFT, State.RECEIVED, State.INCOMPLETE, State.WITHDRAWN, State.UNDER_REVIEW):
        reviewed = state == State.UNDER_REVIEW
        person = corner.borrower if reviewed else somebody_of(corner, str(state.label))
        keep(corner, state, in_state(council, corner, person, state, code=code if reviewed else ""))
    for state in (State.APPROVED, State.REFUSED):
        story = decided(
            council,
            corner,
            somebody_of(corner, str(state.label)),
            on=day_before(1),
            refused=state == State.REFUSED,
        )
        keep(corner, state, story)
    approved = corner.loans[State.APPROVED].borrower_id
    corner.due_letter = next(
        (source.kind, occasion)
        for source in all_sources().values()
        for occasion in source.due(DAY)
        if (draft := source.draft(occasion)) is not None and draft.addressee_id == approved
    )


def asked_at_authorities(council: Council, corner: Corner) -> None:
    application = corner.applications[State.UNDER_REVIEW]
    tax, _ = (
        list_inquiry(
            application_id=application.pk,
            kind=kind,
            name=name,
            asked=asked,
            subject=Judged.BORROWER,
            by=Actor.person(corner.clerk),
            at=at(day_before(1)),
        )
        for kind, name, asked in (
            (AuthorityKind.MUNICIPALITY, "青海市 税務課", Asked.RESIDENCE_TAX),
            (AuthorityKind.POLICE, "青海県警察本部", Asked.ANTI_GANG),
        )
    )
    clerk = council.staff[Role.PREFECTURAL_CLERK]
    corner.inquiry_letter = send_inquiries(keys=[tax.pk], sender=clerk, by=Actor.person(clerk), at=at(day_before(1)))
    corner.inquiry = tax


def keep(corner: Corner, state: State, story: Story) -> None:
    application = story.reloaded()
    assert application.state == state
    corner.applications[state], corner.loans[state] = application, story.loan


def in_state(council: Council, corner: Corner, person: Person, state: State, *, code: str = "") -> Story:
    if state == State.DRAFT:
        lent = a_loan_of(person, corner.office)
        draft = save_draft(
            loan=lent, transcript=this_years_form(signed=False), by=Actor.person(corner.clerk), at=at(day_before(1))
        )
        return Story(council.team(corner), lent, draft)
    story = entered(council, corner, person, **({"code": code} if code else {}))
    match state:
        case State.INCOMPLETE:
            story.move(Move.REPORT_DEFICIENCIES, corner.clerk, at(day_before(3)), also_wrong=["住民票の2枚目がない"])
        case State.WITHDRAWN:
            story.move(Move.WITHDRAW, corner.clerk, at(day_before(3)), reason="申請者の申出")
        case State.UNDER_REVIEW:
            story.prepare(at=at(day_before(2)))
    return story


def somebody_of(corner: Corner, word: str, place: Place | None = None) -> Person:
    """Somebody else of an office; somebody of the west bears the secret family name."""
    family = "秘田" if corner.borrower.name == SECRET_NAME else "東浜"
    kana = "ヒミツダ" if family == "秘田" else "ヒガシハマ"
    person = a_person(f"{family} {word}", f"{kana} カクウ", office=corner.office)
    lives_at(person, place)
    return person


def applications_for_loans(corner: Corner) -> None:
    """A draft with an open doubt and an exception asked for, a received application, a draft of a special loan."""
    clerk = Actor.person(corner.clerk)
    draft = begin_application(applicant=corner.borrower, fund=FundKind.REG_SMALL, by=clerk, at=at(day_before(1)))
    old = somebody_of(corner, "としより")
    Person.objects.filter(pk=old.pk).update(birth_date=date(1955, 1, 1))
    received = begin_application(applicant=old, fund=FundKind.REG_SMALL, by=clerk, at=at(day_before(1)))
    move_lending(
        application_id=received.pk,
        move=LendingMove.RECEIVE,
        version=received.version,
        transcript=a_regular_application(),
        by=clerk,
        at=at(day_before(1)),
    )
    received.refresh_from_db()
    hand_out_deed(application_id=received.pk, user=corner.clerk, amount=50_000, by=clerk, at=at(day_before(1)))
    corner.lending = {
        "draft": draft,
        "received": received,
        "special": begin_application(
            applicant=corner.borrower, fund=FundKind.SP_SMALL, by=clerk, at=at(day_before(1))
        ),
    }
    corner.lending_task_id = open_doubt(
        application_id=draft.pk, text="勤務先に休業の日を確かめる", by=clerk, at=at(day_before(1))
    ).pk
    corner.lending_override_id = LendingOverride.objects.create(
        application=draft, rule="RS-04", reason="年金の初回支給日が決まっている", asked_by=corner.clerk, asked_at=NOW
    ).pk


def a_regular_application() -> LendingTranscript:
    return LendingTranscript(
        applied_on=day_before(1),
        household_size=1,
        amount_asked=50_000,
        instalments=10,
        grace_months=1,
        purpose="LIVING",
        cause="MEDICAL_OR_CARE",
        cause_on=day_before(10),
    )


# --- deferrals --------------------------------------------------------------------------------------


def deferrals(council: Council, corner: Corner) -> None:
    """One application that waits for its decision, one for papers, one granted and asked to end early."""
    clerk = Actor.person(corner.clerk)
    corner.deferral_application = an_interview(corner, "ゆうよ")
    file_paper(
        application_id=corner.deferral_application.pk,
        kind=PaperKind.LEAVING_SLIP,
        received_on=day_before(8),
        issued_on=None,
        by=clerk,
        at=at(day_before(8)),
    )
    an_interview(corner, "しょるい")
    granted = an_interview(corner, "しゅうりょう", papers=(FiledPaper(PaperKind.LEAVING_SLIP, day_before(12)),))
    look = look_at(granted, as_of=day_before(7))
    move_deferral(
        application_id=granted.pk,
        move=DeferralMove.APPROVE,
        version=granted.version,
        granting=[request.pk for request, _ in look.loans],
        seen=look.fingerprint,
        by=Actor.person(council.supervisor),
        at=at(day_before(7)),
    )
    corner.deferral = Deferral.objects.get(decision__request__application=granted)
    corner.deferral_end_id = ask_to_end_deferral(
        deferral_id=corner.deferral.pk,
        ends_after=month_of(2027, 1),
        reason=EndReason.WISH,
        note="仕事に戻った",
        by=clerk,
        at=at(day_before(1)),
    ).pk


def an_interview(corner: Corner, word: str, *, papers: tuple[FiledPaper, ...] = ()) -> DeferralApplication:
    """A call that ended in an application of somebody of the office."""
    person = somebody_of(corner, word)
    return heard(a_loan_of(person, corner.office), corner.clerk, papers=papers)


def heard(loan: Loan, clerk: User, *, papers: tuple[FiledPaper, ...] = ()) -> DeferralApplication:
    """A call about one loan that ended in an application for deferral."""
    return hold_interview(
        borrower_id=loan.borrower_id,
        transcript=DeferralTranscript(
            channel=DeferralChannel.PHONE,
            received_on=day_before(12),
            ground=DeferralGround.UNEMPLOYED,
            situation="先月に離職し、収入がない",
            wishes=(LoanWish(loan.pk, month_of(2026, 12), 12),),
            papers=papers,
        ),
        heard=Heard(
            spoke_with=SpokeWith.SELF,
            phone="090-1111-3333",
            reachable=(Reachable.EVENING,),
            hardships=(Hardship.NO_WORK,),
            papers_told=(PaperKind.LEAVING_SLIP,),
        ),
        by=Actor.person(clerk),
        at=at(day_before(12)),
    )


# --- money out --------------------------------------------------------------------------------------


def money_on_its_way(council: Council) -> None:
    """A written transfer and a locked one, each with a loan of both offices; one loan that is due, one held back."""
    clerk, supervisor = council.preparer, council.supervisor
    desk = Desk(clerk, council.staff[Role.PREFECTURAL_CLERK], supervisor, council.other_supervisor)
    a_sender(desk)
    for make in (written, locked):
        for corner in (council.east, council.west):
            an_approved_loan(100_000, borrower=somebody_of(corner, "送金"), office=corner.office)
        council.transfers.append(make(desk))
    for corner in (council.east, council.west):
        an_approved_loan(150_000, months=3, borrower=somebody_of(corner, "総合"), office=corner.office)
        corner.regular_loan = an_approved_loan(50_000, borrower=somebody_of(corner, "措置"), office=corner.office)
        corner.sanction_id = propose_sanction(
            loan_id=corner.regular_loan.pk,
            kind="stop",
            reason=INNER_REASON,
            by=Actor.person(clerk),
            at=at(day_before(1)),
        ).pk


def less_and_otherwise(corner: Corner) -> None:
    """A small repayment and a plan change that wait for a second person."""
    loan, asked_on = corner.loans[State.RECEIVED], day_before(2)
    told: dict[str, Any] = {"loan_id": loan.pk, "asked_on": asked_on, "reason": INNER_REASON}
    corner.agreement = propose_agreement(
        **told, ground=DeferralGround.ILLNESS, monthly_amount=1_000, from_month=month_of(2026, 12), months=12,
        review_on=date(2027, 11, 1), by=Actor.person(corner.clerk), at=at(asked_on),
    )  # fmt: skip
    corner.plan_change = propose_plan_change(
        **told, kind=PlanReason.PLAN_CHANGE, from_month=month_of(2026, 12), count=100,
        by=Actor.person(corner.clerk), at=at(asked_on),
    )  # fmt: skip


def taken_back(council: Council, corner: Corner) -> None:
    """A revocation that waits for a second person."""
    corner.revocation = propose_revocation(
        application_id=corner.applications[State.APPROVED].pk,
        ground=RevocationGround.FALSE_STATEMENT,
        evidence=INNER_REASON,
        found_on=day_before(1),
        reason=INNER_REASON,
        by=Actor.person(council.preparer),
        at=NOW,
    )


# --- money in ---------------------------------------------------------------------------------------


def debits_on_their_way(council: Council) -> None:
    """October was posted, with one failure and one refund task in each office; December is at the bank; January waits."""
    desk = Desk(council.preparer, council.staff[Role.PREFECTURAL_CLERK], council.supervisor, council.other_supervisor)
    an_originator(desk)
    failed: dict[int, str] = {}
    for corner in (council.east, council.west):
        loans = [a_debited_loan(corner, word) for word in ("引落", "不能", "免除後")]
        failed[loans[1].pk] = "2"
        council.refund = open_refund_task(
            loan=loans[2],
            amount=8_330,
            cause=RefundCause.LATE_DEBIT,
            source_key=f"scene:{loans[2].pk}",
            by=MACHINE,
            at=NOW,
        )
    october = sent(desk, date(2026, 10, 26), at(date(2026, 10, 1)))
    take_in_result(content=answer(october, codes=failed), by=desk.by, at=at(date(2026, 10, 30)))
    post_result(run_id=october.pk, by=desk.by, at=at(date(2026, 10, 30)))
    council.failure = DebitFailure.objects.earliest("pk")
    council.debit_account = october.lines.earliest("pk").account
    december = sent(desk, DEBIT_ON, at(day_before(2)))
    for line in december.lines.all()[:2]:
        place_hold(
            loan=line.loan, reason=HoldReason.LEGAL, since=DAY, source_key=f"scene:hold:{line.pk}", by=MACHINE, at=NOW
        )
    council.debits = [december, october, locked_debit(desk, date(2027, 1, 26), at(day_before(1)))]
    council.suspense = SuspenseItem.objects.create(
        source_key="deposit:scene",
        received_on=day_before(3),
        amount=8_330,
        channel=PaymentChannel.TRANSFER,
        reason=SuspenseReason.NO_CODE,
        payer_kana="ヒガシハマ カクウ",
        opened_at=NOW,
        opened_by="test",
    )


def a_debited_loan(corner: Corner, word: str) -> Loan:
    loan = a_repaying_loan(somebody_of(corner, word), office=corner.office)
    may_be_debited(loan.borrower)
    return loan


def asked_to_pay(corner: Corner) -> None:
    """What the dunning desk keeps about the loan whose exemption was refused."""
    clerk, lent = Actor.person(corner.clerk), corner.loans[State.REFUSED]
    corner.promise = take_promise(
        loan=lent, amount=3_000, due_on=DAY, taken_on=day_before(1), way=PromiseWay.PHONE, by=clerk, at=NOW
    )
    corner.hold = hold_by_hand(loan=lent, reason="dispute", since=DAY, note="入金の照会中", by=clerk, at=NOW)
    corner.acknowledgement = record_acknowledgement(
        loan=lent, kind="written", acknowledged_on=DAY, evidence="債務承認書", by=clerk, at=NOW
    )
    corner.slip = PaymentSlip.objects.create(
        loan=lent, month=month_of(2026, 11), cause=SlipCause.NO_ACCOUNT, amount=5_000, company_code="999999",
        issued_on=DAY, due_on=date(2026, 11, 30), created_at=NOW, created_by="test",
    )  # fmt: skip
    RepaymentNotice.objects.create(
        loan=lent, kind=NoticeKind.ARREARS, mark="3:-", months=3, amount=15_000, listed_on=DAY, held=HeldCause.DISPUTE
    )


# --- letters ----------------------------------------------------------------------------------------


def letters_of_the_days_before(council: Council) -> None:
    """Two nights: letters of both offices, one to somebody whose measure began only after it was posted.

    On the second night, that person's next letter is due and is held.
    """
    for corner in (council.east, council.west):
        decided(council, corner, corner.borrower, on=day_before(3))
        corner.sheltered = somebody_of(corner, "かくれ", HIDDEN_PLACE if corner is council.east else None)
    sheltered = council.east.sheltered
    assert sheltered is not None
    other_side = a_person("南浜 元夫", "ミナミハマ モトオ", office=council.west.office)
    lives_at(other_side)
    in_hiding_with_a_child(sheltered, other_side)
    decided(council, council.east, sheltered, on=day_before(3))
    the_night(day_before(3))
    posted(council, PrintRun.objects.get())
    for corner in (council.east, council.west):
        assert corner.sheltered is not None
        set_protection(
            person=corner.sheltered,
            since=day_before(2),
            ground="支援措置の決定通知書",
            by=MACHINE,
            at=at(day_before(2)),
        )
        corner.letter = Letter.objects.get(addressee=corner.borrower)
    decided(council, council.east, sheltered, on=day_before(2))
    decided(council, council.west, somebody_of(council.west, "ふつう"), on=day_before(2))
    the_night(day_before(2))
    council.runs = list(PrintRun.objects.order_by("pk"))
    council.night_run = Run.objects.get(kind="notices.issue", business_date=day_before(2))


def in_hiding_with_a_child(person: Person, from_whom: Person) -> None:
    """A child is on the same residence record; the one they left, a borrower too, heads the record they came from."""
    child = a_person("東浜 こども", "ヒガシハマ コドモ", birth_date=date(2015, 4, 2))
    left_on = date(2025, 6, 30)
    before = a_household(from_whom)
    new = a_household()
    for member in (person, child):
        HouseholdMember.objects.create(
            household=before, person=member, relationship="家族", since=date(2020, 1, 1), until=left_on
        )
        HouseholdMember.objects.create(
            household=new,
            person=member,
            relationship="世帯主" if member is person else "子",
            is_head=member is person,
            since=left_on + timedelta(days=1),
        )
        lives_at(member, HIDDEN_PLACE, kind=AddressKind.ACTUAL)
    lives_at(child, HIDDEN_PLACE)


def the_night(day: date) -> None:
    """The whole night of a day, here and now."""
    with time_machine.travel(at(day, 20), tick=False):
        for step in night_steps():
            run_step(step, business_date=day)


def posted(council: Council, run: PrintRun) -> None:
    for act, user in ((mark_printed, council.preparer), (mark_posted, council.staff[Role.PREFECTURAL_CLERK])):
        act(run_id=run.pk, user=user, by=Actor.person(user), at=at(day_before(2), 9))


# --- what is registered about people ----------------------------------------------------------------


def what_is_registered(council: Council) -> None:
    """In each office an account, a telephone, a mail block, a household, and a request to end a measure."""
    for corner in (council.east, council.west):
        assert corner.sheltered is not None
        by = Actor.person(corner.clerk)
        corner.account = register_account(
            person=corner.borrower,
            use=AccountUse.TRANSFER,
            bank_code="9999",
            branch_code="999",
            number=SECRET_ACCOUNT,
            holder_kana=corner.borrower.kana,
            since=day_before(20),
            by=by,
            at=NOW,
        )
        register_yucho_account(
            person=corner.borrower,
            use=AccountUse.DEBIT,
            symbol="10530",
            number=SECRET_PASSBOOK,
            holder_kana=corner.borrower.kana,
            since=day_before(20),
            by=by,
            at=NOW,
        )
        corner.phone = corner.borrower.phones.get()
        corner.housed = somebody_of(corner, "せたい")
        a_household(somebody_of(corner, "せたいぬし"), corner.housed)
        corner.mail_block = block_mail(
            person=corner.housed, reason=MailBlockReason.REQUESTED, since=DAY, by=by, at=NOW
        )
        corner.ending = ask_to_end(
            protection=corner.sheltered.protections.get(), until=DAY, reason="措置の終了の通知書", by=by, at=NOW
        )


# --- the rest ---------------------------------------------------------------------------------------


def reveals(council: Council) -> None:
    """In each office one request that waits and one that was approved; the clerk may look at the latter now."""
    for corner in (council.east, council.west):
        assert corner.sheltered is not None
        corner.open_reveal = a_reveal(corner, council, reason="支援措置の延長の書類を送るため")
        corner.waiting_reveal = request_reveal(
            person=corner.sheltered, reason="本人から電話があったため", by=Actor.person(corner.clerk), at=NOW
        )
    council.revealed = council.east.open_reveal


def a_reveal(corner: Corner, council: Council, *, reason: str) -> AddressReveal:
    assert corner.sheltered is not None
    asked = request_reveal(person=corner.sheltered, reason=reason, by=Actor.person(corner.clerk), at=NOW)
    return approve_reveal(reveal=asked, by=Actor.person(council.supervisor), at=NOW)


def scans_and_parcels(council: Council) -> None:
    """In each office a scan of a paper of the borrower and of the sheltered person, and a parcel that was sent."""
    for corner in (council.east, council.west):
        assert corner.sheltered is not None
        by = Actor.person(corner.clerk)
        paper = record_paper(
            person=corner.borrower,
            kind=PaperKind.CIRCUMSTANCES,
            received_on=day_before(5),
            issued_on=day_before(9),
            source_key=f"scene:{corner.office.code}",
            by=by,
            at=NOW,
        )
        corner.document = a_scan(corner.borrower, corner.clerk, kind=PaperKind.CIRCUMSTANCES, paper=paper, at=NOW)
        a_scan(corner.sheltered, corner.clerk, kind=PaperKind.RESIDENCE_RECORD, at=NOW)
        corner.candidate = a_candidate(corner.loans[State.REFUSED])
        for loan in corner.sheltered.loans.all():
            a_candidate(loan)
        pieces = [Piece(corner.borrower, PaperKind.CIRCUMSTANCES, 2, paper=paper)]
        corner.parcel = pack_for(receiver=council.prefecture, pieces=pieces, by=by, at=at(day_before(1)))[0].batch
        send(batch_id=corner.parcel.pk, carrier="書留", sent_on=day_before(1), by=by, at=at(day_before(1)))


def things_of_the_house(council: Council) -> None:
    clerk, administrator = council.staff[Role.PREFECTURAL_CLERK], council.staff[Role.SYSTEM_ADMINISTRATOR]
    assert council.east.sheltered is not None
    council.batch = a_checked_file(clerk, council.east.sheltered, council.east.office)
    twice_recorded(council)
    council.mapping = ColumnMapping.objects.create(
        name="前のシステムの入金",
        kind="payments",
        headers=["伝票番号", "入金額"],
        columns={"入金番号": {"source": "伝票番号", "default": "", "values": {}}},
        made_by=clerk,
        made_at=NOW,
        ready_at=NOW,
    )
    council.opening = ImportBatch.objects.create(
        kind="openings", state=ImportState.COMMITTED, file_name="openings.csv", uploaded_by=clerk, uploaded_at=NOW
    )
    council.closing = prepare_closing(month=month_of(2026, 10), by=Actor.person(council.preparer), at=NOW)
    council.export = taken_out(clerk, "exemption-queue")
    council.bulk = a_look_at_proposals(council)
    second_looks(council)
    council.setting_row_id = propose_setting(
        key="residence_record_max_age_months",
        value=6,
        valid_from=DAY + timedelta(days=20),
        source="第3回運営委員会議事録 議題2",
        by=Actor.person(clerk),
        at=NOW,
    ).pk
    moving = propose_setting(
        key="late_application_policy",
        value="ALL_UNPAID",
        valid_from=DAY + timedelta(days=20),
        source="第3回運営委員会議事録 議題3",
        by=Actor.person(clerk),
        at=NOW,
    )
    council.simulation = start_simulation(draft_id=moving.pk, by=Actor.person(clerk), at=NOW)
    assert council.simulation.run is not None and advance(council.simulation.run.pk)
    council.deputy_row_id = accounts.name_deputy(
        supervisor_id=council.other_supervisor.pk,
        deputy_id=council.supervisor.pk,
        since=DAY + timedelta(days=30),
        until=DAY + timedelta(days=31),
        reason="出張",
        by=Actor.person(administrator),
        at=NOW,
    ).pk
    council.assignment_id = council.east.clerk.role_assignments.get().pk
    council.enrolment_token = new_token()
    Enrolment.objects.create(
        user=council.nobody,
        token_hash=token_hash(council.enrolment_token),
        created_at=NOW,
        expires_at=NOW + timedelta(hours=72),
        created_by="test",
    )


def a_look_at_proposals(council: Council) -> Bulk:
    """A bulk approval drawn up over what waits for a decision in both corners."""
    proposal = council.east.applications[State.UNDER_REVIEW]
    group = Group(Ground.RESIDENCE_TAX, proposal.loan.fund, proposal.fiscal_year)
    bulk = draw_up(group=group, office=None, by=Actor.person(council.preparer), at=NOW)
    assert bulk.look is not None and advance(bulk.look.pk)
    return Bulk.objects.get(pk=bulk.pk)


def second_looks(council: Council) -> None:
    """A sample of one decision that waits for its second answer, and two decisions laid beside each other."""
    draw_sample(until=DAY, person=None, by=Actor.machine("night"), at=NOW, seed="seed")
    council.second_look = SecondLook.objects.first()
    first, second = Decision.objects.order_by("pk")[:2]
    council.unlike_pair = UnlikePair.objects.create(first=first, second=second, found_on=DAY)


def twice_recorded(council: Council) -> None:
    """A pair that waits, with the hidden address on one side, and a merge that stands."""
    by = Actor.person(council.preparer)
    assert council.east.sheltered is not None and council.west.sheltered is not None
    council.pair = note_pair(one=council.east.sheltered, other=council.west.sheltered, by=by, at=NOW)
    remains, goes = (somebody_of(council.east, word) for word in ("のこる", "きえる"))
    pair = note_pair(one=remains, other=goes, by=by, at=NOW)
    council.merge = propose_merge(pair=pair, survivor=remains, by=by, at=NOW)


def a_checked_file(clerk: User, sheltered: Person, office: Office) -> ImportBatch:
    """A file of borrowers that was checked: one line moves a protected person, the other one fails."""
    declared = import_kinds()["borrowers"]
    sample = dict(zip(declared.columns(), declared.sample[0], strict=True)) | {"担当事業所コード": office.code}
    moves = sample | {
        "借受人番号": sheltered.number, "氏名": sheltered.name, "カナ氏名": sheltered.kana,
        "生年月日": sheltered.birth_date.isoformat(), "郵便番号": HIDDEN_PLACE.postal_code,
        "都道府県市区町村": HIDDEN_PLACE.area, "町名番地": HIDDEN_PLACE.street, "建物名": "しのび荘カ201",
    }  # fmt: skip
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=declared.columns())
    writer.writeheader()
    writer.writerows([moves, sample | {"借受人番号": "M0000902", "生年月日": "きのう"}])
    content = text.getvalue().encode()
    batch = hand_in(
        kind="borrowers", name="borrowers.csv", content=io.BytesIO(content), size=len(content), user=clerk,
        by=Actor.person(clerk), at=NOW,
    )  # fmt: skip
    assert batch.validation is not None
    assert advance(batch.validation.pk)
    batch.refresh_from_db()
    return batch


def taken_out(user: User, kind: str, query: str = "", form: ExportFormat = ExportFormat.XLSX) -> Export:
    """A list as a file, made here as a worker would."""
    export = ask_for(kind=kind, filters=QueryDict(query), format=form, user=user, by=Actor.person(user), at=NOW)
    assert export.run is not None
    assert advance(export.run.pk)
    export.refresh_from_db()
    return export


# --- signing in -------------------------------------------------------------------------------------


def with_a_second_factor(user: User) -> str:
    """Set up an authenticator app and recovery codes; gives the app's secret."""
    Authenticator.objects.filter(user=user).delete()
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def signed_in(user: User) -> Client:
    """A browser in which somebody has just signed in, with the second factor where the role asks for one."""
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": timezone.now().timestamp()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client
