"""What lies on the desk while a form is typed: the loan with everything the form refers to, and the form itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils import timezone

from accounts.roles import Permission
from exemptions.deficiencies import CIRCLED, Deficiency, find_deficiencies
from exemptions.enums import ApplicationForm, ApplicationState, Ground
from exemptions.evidence import (
    HeldCertificate,
    certificates_on_file,
    days_received,
    room_under_cap,
    sheet_of,
    transcript_of,
    years_asked,
)
from exemptions.filed_for import remarks_on
from exemptions.forms import initial_of
from exemptions.ground_forms import FORMS, initial_of_grounds
from exemptions.models import FRUITLESS_STATES, OPEN_STATES, Application
from exemptions.services.entry import move_for
from exemptions.signed_form import SignedForm
from exemptions.transcript import Transcript
from exemptions.workflow import Move
from exemptions.years import YearsAsked
from japan.eras import DateError, era_date, parse_date
from loans.funds import fund
from loans.models import Loan
from loans.selectors import CohortText, cohort_text, of_person
from people.enums import PaperKind
from people.households import Member, members_on
from people.models import HouseholdMember, Paper, Person, in_force
from repayment.figures import Figures, figures
from repayment.status import Standing, standings_of
from rulebook.selectors import settings_on
from rulebook.settings import Settings

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class OtherLoan:
    """Another loan of the same borrower: each has a form of its own. ``application`` is its newest one."""

    loan: Loan
    application: Application | None


@dataclass(frozen=True, slots=True)
class Way:
    """One way of filing in the links above the form."""

    kind: ApplicationForm
    chosen: bool


@dataclass(frozen=True)
class EntryDesk:
    """A form being typed. ``application`` is None for a new one; ``move`` is the step that saving it takes.

    ``existing`` is another application for the loan that stands in the way.
    """

    loan: Loan
    application: Application | None
    move: Move
    kind: ApplicationForm
    form: SignedForm
    years: YearsAsked
    cohort: CohortText
    settings: Settings
    today: date
    fund_code: str
    standing: Standing | None
    figures: Figures | None
    cap_left: int | None
    certificates: Sequence[HeldCertificate]
    existing: Application | None
    others: Sequence[OtherLoan]
    may_begin_itself: bool

    @property
    def may_draft(self) -> bool:
        """Whether the form can still be laid aside half typed."""
        return self.application is None or self.application.state == ApplicationState.DRAFT

    @property
    def consents(self) -> list[tuple[str, str]]:
        """The six consents with their numbers, as the form prints them."""
        return list(zip(CIRCLED.values(), self.settings.consent_texts, strict=True))

    @property
    def window(self) -> str:
        """When forms of the loan's judgement year are awaited, in words."""
        opens, closes = self.settings.exemption_window.in_year(self.years.judgement[-1])
        return f"{era_date(opens)}から{era_date(closes)}まで"

    @property
    def is_late(self) -> bool:
        """Whether that time is over: the form is taken in all the same."""
        return self.today > self.settings.exemption_window.in_year(self.years.judgement[-1])[1]

    @property
    def has_requirement_1(self) -> bool:
        """Whether the loan knows requirement ① at all; the regular small loan does not."""
        return bool(self.years.choices)

    @property
    def sections(self) -> str:
        """The template with the sections of this way of filing."""
        return f"exemptions/entering/{self.kind.lower()}.html"

    @property
    def ways(self) -> list[Way]:
        """The ways a new form for this loan can be filed, for the links above it."""
        special = (ApplicationForm.FORM_1_1, ApplicationForm.FORM_1_2)
        return [
            Way(kind, kind == self.kind)
            for kind in ApplicationForm
            if (self.has_requirement_1 or kind not in special)
            and (self.may_begin_itself or kind != ApplicationForm.EX_OFFICIO)
        ]

    @property
    def barred(self) -> str:
        """Why this form cannot be used for this loan, in words; empty where it can."""
        if any(way.chosen for way in self.ways):
            return ""
        if self.kind == ApplicationForm.EX_OFFICIO:
            return "職権による免除は、都道府県社協の職員が入力します。"
        named = "要件①" if self.kind == ApplicationForm.FORM_1_1 else "要件②～④"
        return f"緊急小口資金（本則）には、{named}の償還免除はありません。"

    @property
    def asks_long_arrears(self) -> bool:
        """Whether requirement ④ is ticked, so that its part of the form is open."""
        return Ground.LONG_ARREARS.value in (self.form["ticked"].value() or ())

    @property
    def can_be_entered(self) -> bool:
        """Whether this form can be taken in for this loan: the loan knows its grounds, and has a plan to exempt from."""
        return self.standing is not None and any(way.chosen for way in self.ways)

    @property
    def fallback(self) -> tuple[date, int | None]:
        """Day of receipt and year to go by while the form's own cannot be read."""
        if self.application is not None:
            return self.application.received_on, self.application.fiscal_year
        return self.today, self.years.usual or self.today.year

    def transcript(self) -> Transcript:
        """What has been typed so far."""
        received_on, fiscal_year = self.fallback
        return self.form.transcript(received_on=received_on, fiscal_year=fiscal_year)


def desk_for_loan(
    loan: Loan, *, user: User, data: QueryDict | None, at: datetime, asked: Mapping[str, str]
) -> EntryDesk:
    """The desk for a new form; ``asked`` is the address: which ``form``, and a ``ground`` to begin with."""
    ground = asked.get("ground", "")
    kind = kind_asked_for(asked.get("form", ""), ground, loan)
    ticked = (Ground(ground),) if ground in kind.grounds else ()
    return _desk(loan, None, kind, ticked, user=user, data=data, at=at)


def kind_asked_for(form: str, ground: str, loan: Loan) -> ApplicationForm:
    """The way of filing an address names, or that its ground has; the usual one of the loan where it names neither."""
    if form in ApplicationForm.values:
        return ApplicationForm(form)
    if of_ground := [kind for kind in ApplicationForm if ground in kind.grounds]:
        return of_ground[0]
    return ApplicationForm.FORM_1_1 if fund(loan.fund).special else ApplicationForm.EVIDENCE


def desk_for_application(application: Application, *, user: User, data: QueryDict | None, at: datetime) -> EntryDesk:
    """The desk for a form that is stored already."""
    kind = ApplicationForm(application.form)
    return _desk(application.loan, application, kind, (), user=user, data=data, at=at)


def remarks(desk: EntryDesk) -> list[str]:
    """What the system makes of what was typed: which of several reasons it goes by."""
    if not desk.can_be_entered or not desk.form.is_bound:
        return []
    desk.form.is_valid()
    return remarks_on(desk.transcript())


def live_deficiencies(desk: EntryDesk) -> tuple[Deficiency, ...]:
    """What is wrong with the papers as they have been typed so far; for a form not yet touched, as they are stored.

    What cannot be read says so beside its field, and is not called missing as well.
    """
    if not desk.can_be_entered:
        return ()
    if desk.form.is_bound:
        desk.form.is_valid()
        transcript = desk.transcript()
    elif desk.application is not None:
        transcript = transcript_of(desk.application)
    else:
        received_on, fiscal_year = desk.fallback
        ticked = tuple(Ground(item) for item in desk.form.initial.get("ticked", ()))
        transcript = Transcript(fiscal_year, received_on, form=desk.kind, ticked=ticked)
    received = None
    if desk.application is not None and desk.move == Move.ANSWER_DEFICIENCIES:
        received = days_received(desk.application, transcript, today=desk.today)
    sheet = sheet_of(
        desk.loan, transcript, settings=desk.settings, today=desk.today, received=received, cap=desk.cap_left
    )
    unreadable = desk.form.errors if desk.form.is_bound else {}
    return tuple(item for item in find_deficiencies(sheet) if item.impossible or item.field not in unreadable)


def _desk(
    loan: Loan,
    application: Application | None,
    kind: ApplicationForm,
    ticked: tuple[Ground, ...],
    *,
    user: User,
    data: QueryDict | None,
    at: datetime,
) -> EntryDesk:
    today = timezone.localtime(at).date()
    settings = settings_on(today)
    stored = application.received_on if application is not None else today
    received_on = _received_on(data, stored, between=(loan.applied_on, today))
    years = years_asked(loan, received_on)
    head = application.head if application is not None else None
    if application is not None:
        told = transcript_of(application)
        initial = initial_of(told) | initial_of_grounds(told)
    else:
        initial = _first_values(loan, years, today) | _first_reasons(ticked)
    form = FORMS[kind](
        data,
        years=years,
        members=_head_candidates(loan.borrower, head, on=received_on),
        today=today,
        initial=initial,
    )
    standing = standings_of([loan.pk], today).get(loan.pk)
    return EntryDesk(
        loan=loan,
        application=application,
        move=(move_for(application, as_draft=False) if application is not None else None) or Move.RECEIVE,
        kind=kind,
        form=form,
        years=years,
        cohort=cohort_text(loan),
        settings=settings,
        today=today,
        fund_code=fund(loan.fund).fund_code,
        standing=standing,
        figures=figures(standing.position) if standing else None,
        cap_left=room_under_cap(loan, settings=settings, today=today) if standing else None,
        certificates=certificates_on_file(loan.borrower_id, head.pk if head else None),
        existing=_in_the_way(loan, application),
        others=_other_loans(loan, user),
        may_begin_itself=user.can(Permission.REVIEW_EXEMPTIONS),
    )


def _first_reasons(ticked: tuple[Ground, ...]) -> dict[str, Any]:
    """What a form begins with that somebody came to from the relief map or a list of candidates."""
    if not ticked:
        return {}
    return {"ticked": [ground.value for ground in ticked], "ground": ticked[0].value}


def _received_on(data: QueryDict | None, stored: date, *, between: tuple[date, date]) -> date:
    """The day of receipt as typed, which decides what years are in question; the stored one where it cannot be true."""
    try:
        typed = parse_date(data.get("received_on", "")) if data is not None else stored
    except DateError:
        return stored
    return typed if between[0] <= typed <= between[1] else stored


def _first_values(loan: Loan, years: YearsAsked, today: date) -> dict[str, Any]:
    """What a new form begins with: today, the usual year, and a residence record that came with another form today."""
    values: dict[str, Any] = {"received_on": today, "fiscal_year": years.usual}
    record = Paper.objects.filter(
        person=loan.borrower_id, kind=PaperKind.RESIDENCE_RECORD, received_on=today, issued_on__isnull=False
    ).last()
    if record is not None:
        values |= {"residence_record": True, "residence_issued_on": record.issued_on}
    return values


def _head_candidates(borrower: Person, head: Person | None, *, on: date) -> list[Member]:
    """Who can be named as head: the others on the borrower's residence record, and whoever was named before."""
    household = HouseholdMember.objects.filter(in_force(on), person=borrower).values_list("household_id", flat=True)
    found = [
        member
        for household_id in household
        for member in members_on(household_id, on=on)
        if member.person_id != borrower.pk
    ]
    if head is not None and head.pk not in {member.person_id for member in found}:
        named = Member(head.pk, head.name, head.kana, head.birth_date, "住民票の世帯主", True, on, None)
        found.append(named)
    return found


def _in_the_way(loan: Loan, application: Application | None) -> Application | None:
    if application is not None:
        return None
    rows = Application.objects.filter(loan=loan, state__in=OPEN_STATES)
    return rows.order_by("-pk").first()


def _other_loans(loan: Loan, user: User) -> list[OtherLoan]:
    """The borrower's other special loans with their newest application that counts; two queries."""
    loans = [each for each in of_person(user=user, person_id=loan.borrower_id) if each.pk != loan.pk]
    newest: dict[int, Application] = {}
    rows = Application.objects.filter(loan__in=loans).exclude(state__in=FRUITLESS_STATES)
    for row in rows.order_by("received_on", "pk"):
        newest[row.loan_id] = row
    return [OtherLoan(each, newest.get(each.pk)) for each in loans if fund(each.fund).special]
