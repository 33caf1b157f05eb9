"""What lies on the desk while a form is typed: the loan with everything the form refers to, and the form itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils import timezone

from exemptions.deficiencies import CIRCLED, Deficiency, find_deficiencies
from exemptions.enums import ApplicationState
from exemptions.evidence import (
    HeldCertificate,
    certificates_on_file,
    days_received,
    room_under_cap,
    sheet_of,
    transcript_of,
    years_asked,
)
from exemptions.forms import EntryForm, initial_of
from exemptions.models import FRUITLESS_STATES, OPEN_STATES, Application
from exemptions.services.entry import move_for
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


@dataclass(frozen=True)
class EntryDesk:
    """A form being typed. ``application`` is None for a new one; ``move`` is the step that saving it takes.

    ``existing`` is another application for the loan that stands in the way.
    """

    loan: Loan
    application: Application | None
    move: Move
    form: EntryForm
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
    def can_be_entered(self) -> bool:
        """Whether a form for this loan can be taken in: it knows requirement ①, and has a plan to exempt from."""
        return self.has_requirement_1 and self.standing is not None

    @property
    def fallback(self) -> tuple[date, int]:
        """Day of receipt and year to go by while the form's own cannot be read."""
        if self.application is not None:
            return self.application.received_on, self.application.fiscal_year
        return self.today, self.years.usual or self.today.year

    def transcript(self) -> Transcript:
        """What has been typed so far."""
        received_on, fiscal_year = self.fallback
        return self.form.transcript(received_on=received_on, fiscal_year=fiscal_year)


def desk_for_loan(loan: Loan, *, user: User, data: QueryDict | None, at: datetime) -> EntryDesk:
    """The desk for a new form."""
    return _desk(loan, None, user=user, data=data, at=at)


def desk_for_application(application: Application, *, user: User, data: QueryDict | None, at: datetime) -> EntryDesk:
    """The desk for a form that is stored already."""
    return _desk(application.loan, application, user=user, data=data, at=at)


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
        transcript = Transcript(fiscal_year=fiscal_year, received_on=received_on)
    received = None
    if desk.application is not None and desk.move == Move.ANSWER_DEFICIENCIES:
        received = days_received(desk.application, transcript, today=desk.today)
    sheet = sheet_of(
        desk.loan, transcript, settings=desk.settings, today=desk.today, received=received, cap=desk.cap_left
    )
    unreadable = desk.form.errors if desk.form.is_bound else {}
    return tuple(item for item in find_deficiencies(sheet) if item.impossible or item.field not in unreadable)


def _desk(
    loan: Loan, application: Application | None, *, user: User, data: QueryDict | None, at: datetime
) -> EntryDesk:
    today = timezone.localtime(at).date()
    settings = settings_on(today)
    stored = application.received_on if application is not None else today
    received_on = _received_on(data, stored, between=(loan.applied_on, today))
    years = years_asked(loan, received_on)
    head = application.head if application is not None else None
    form = EntryForm(
        data,
        years=years,
        members=_head_candidates(loan.borrower, head, on=received_on),
        today=today,
        initial=initial_of(transcript_of(application))
        if application is not None
        else _first_values(loan, years, today),
    )
    standing = standings_of([loan.pk], today).get(loan.pk)
    return EntryDesk(
        loan=loan,
        application=application,
        move=(move_for(application, as_draft=False) if application is not None else None) or Move.RECEIVE,
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
    )


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
