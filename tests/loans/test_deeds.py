"""The signed deed: handed out, taken in without a date, dated when the money is paid, given back when nothing is lent."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.enums import OfficeKind, Role
from accounts.models import User
from audit.actors import Actor
from japan.months import month_of
from loans.enums import DeedState, FundKind, LendingState, LoanState
from loans.models import LendingApplication, LoanDeed, Tranche
from loans.refusals import NotAllowed
from loans.services.deeds import DeedRefused, date_deed, give_back_deed, hand_out_deed, take_in_deed
from loans.sheets.page import deed_counts, deeds_of_group
from loans.sheets.papers import papers_of
from tests.loans.applications import NOW, a_general_application, a_small_application
from tests.loans.builders import a_loan
from tests.people.builders import a_member_of_staff, a_person, an_office
from tests.scenes import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = date(2026, 11, 20)


@pytest.fixture
def clerk() -> User:
    return a_member_of_staff(Role.MUNICIPAL_CLERK, office=an_office())


@pytest.fixture
def application(clerk: User) -> LendingApplication:
    return a_small_application(a_person(office=clerk.office))


def handed_out(application: LendingApplication, clerk: User, amount: int | None = 80_000) -> LoanDeed:
    return hand_out_deed(application_id=application.pk, user=clerk, amount=amount, by=Actor.person(clerk), at=NOW)


def taken_in(application: LendingApplication, clerk: User, on: date = TODAY) -> LoanDeed:
    return take_in_deed(application_id=application.pk, user=clerk, received_on=on, by=Actor.person(clerk), at=NOW)


def dated(application: LendingApplication, clerk: User) -> LoanDeed:
    return date_deed(application_id=application.pk, user=clerk, by=Actor.person(clerk), at=NOW)


def given_back(application: LendingApplication, clerk: User, on: date = TODAY) -> LoanDeed:
    return give_back_deed(application_id=application.pk, user=clerk, returned_on=on, by=Actor.person(clerk), at=NOW)


def lent(application: LendingApplication, *, principal: int = 80_000, paid_on: date | None = None) -> None:
    """The application approved, its loan with one payment."""
    loan = a_loan(
        application.applicant, fund=FundKind.REG_SMALL, principal=principal, instalments=10, state=LoanState.APPROVED,
        applied_on=application.applied_on, decided_on=TODAY, disbursed_on=None, first_due_month=month_of(2027, 1),
    )  # fmt: skip
    Tranche.objects.create(
        loan=loan, number=1, month=month_of(2026, 11), amount=principal, pay_on=TODAY, paid_on=paid_on
    )
    LendingApplication.objects.filter(pk=application.pk).update(
        loan=loan, state=LendingState.APPROVED, prepared_by=application.entered_by, prepared_at=NOW
    )


def has_become(application: LendingApplication, state: LendingState) -> None:
    LendingApplication.objects.filter(pk=application.pk).update(
        state=state, state_since=NOW, prepared_by=application.entered_by, prepared_at=NOW
    )


def test_k9_a_deed_goes_out_comes_in_and_is_dated_on_the_day_of_the_money(
    application: LendingApplication, clerk: User
) -> None:
    assert handed_out(application, clerk).state == DeedState.PRINTED
    deed = taken_in(application, clerk)
    assert (deed.state, deed.received_on, deed.dated_on) == (DeedState.RECEIVED, TODAY, None)
    papers, _ = papers_of(application, on=TODAY)
    assert [paper.held for paper in papers if paper.name.startswith("借用書")] == [True]
    lent(application, paid_on=TODAY - timedelta(days=1))
    deed = dated(application, clerk)
    assert (deed.state, deed.dated_on, deed.dated_by) == (DeedState.DATED, TODAY - timedelta(days=1), clerk)


def test_a_deed_is_never_dated_before_the_money_was_paid(application: LendingApplication, clerk: User) -> None:
    taken_in(application, clerk)
    with pytest.raises(DeedRefused, match="まだ送金していません"):
        dated(application, clerk)
    lent(application)
    with pytest.raises(DeedRefused, match="まだ送金していません"):
        dated(application, clerk)
    assert LoanDeed.objects.get().dated_on is None


def test_printing_again_before_it_came_back_is_the_same_paper(application: LendingApplication, clerk: User) -> None:
    first = handed_out(application, clerk)
    again = handed_out(application, clerk, 60_000)
    assert (first.pk, again.amount) == (again.pk, 60_000)
    taken_in(application, clerk)
    with pytest.raises(DeedRefused, match="お預かりしています"):
        handed_out(application, clerk)
    with pytest.raises(DeedRefused, match="受け取っています"):
        taken_in(application, clerk)


@pytest.mark.parametrize("state", [LendingState.REFUSED, LendingState.WITHDRAWN])
def test_q24_when_nothing_is_lent_the_deed_goes_back(
    application: LendingApplication, clerk: User, state: LendingState
) -> None:
    """LN-38; MHLW Q&A vol. 17, question 24."""
    taken_in(application, clerk)
    with pytest.raises(DeedRefused, match="決定までお預かりします"):
        given_back(application, clerk)
    has_become(application, state)
    assert deed_counts(clerk)["return"] == 1
    assert given_back(application, clerk).state == DeedState.RETURNED
    assert deed_counts(clerk)["return"] == 0
    with pytest.raises(DeedRefused):
        handed_out(application, clerk)


def test_another_amount_needs_another_deed(application: LendingApplication, clerk: User) -> None:
    handed_out(application, clerk)
    taken_in(application, clerk)
    lent(application, principal=50_000)
    given_back(application, clerk)
    assert handed_out(application, clerk, 50_000).state == DeedState.PRINTED
    assert LoanDeed.objects.count() == 2


def test_a_dated_deed_is_kept(application: LendingApplication, clerk: User) -> None:
    taken_in(application, clerk)
    lent(application, paid_on=TODAY)
    dated(application, clerk)
    with pytest.raises(DeedRefused, match="返済が終わるまで保管"):
        given_back(application, clerk)


def test_days_that_cannot_be_are_refused(application: LendingApplication, clerk: User) -> None:
    handed_out(application, clerk)
    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=1)):
        with pytest.raises(DeedRefused):
            taken_in(application, clerk, day)
    assert LoanDeed.objects.get().state == DeedState.PRINTED


def test_the_database_holds_one_deed_at_a_time_and_no_state_without_its_day(
    application: LendingApplication, clerk: User
) -> None:
    handed_out(application, clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        LoanDeed.objects.create(application=application, printed_on=TODAY, printed_by=clerk)
    for state in (DeedState.RECEIVED, DeedState.DATED, DeedState.RETURNED):
        with pytest.raises(IntegrityError), transaction.atomic():
            LoanDeed.objects.update(state=state)


def test_the_office_next_door_and_the_auditor_record_nothing(application: LendingApplication) -> None:
    for outsider in (a_member_of_staff(Role.MUNICIPAL_CLERK, office=an_office()), a_member_of_staff(Role.AUDITOR)):
        with pytest.raises(NotAllowed):
            handed_out(application, outsider)


def test_the_list_shows_first_what_has_to_be_done(clerk: User) -> None:
    applications = [a_small_application(a_person(office=clerk.office)) for _ in range(4)]
    for application in applications[1:]:
        taken_in(application, clerk)
    handed_out(applications[0], clerk)
    has_become(applications[1], LendingState.REFUSED)
    lent(applications[2], paid_on=TODAY)
    assert deed_counts(clerk) == {"return": 1, "date": 1, "held": 3, "out": 1, "dated": 0}
    assert [deed.application for deed in deeds_of_group(clerk, "date")] == [applications[2]]
    page = signed_in(clerk).get(reverse("loans:deeds")).content.decode()
    assert str(applications[1]) in page and str(applications[3]) not in page
    assert deed_counts(a_member_of_staff(Role.MUNICIPAL_CLERK, office=an_office()))["held"] == 0


def test_on_the_page_a_deed_is_handed_out_received_and_given_back(
    application: LendingApplication, clerk: User
) -> None:
    an_office(OfficeKind.PREFECTURAL)
    client = signed_in(clerk)
    sheets = reverse("loans:forms", args=[application.pk])
    answer = client.post(reverse("loans:move_deed", args=[application.pk, "print"]))
    assert answer["Location"] == reverse("loans:form_pdf", args=[application.pk, "deed"])
    assert client.get(answer["Location"])["Content-Type"] == "application/pdf"
    bad = client.post(reverse("loans:move_deed", args=[application.pk, "receive"]), {"day": "きのう"}, follow=True)
    assert "日付として読み取れません" in bad.content.decode()
    client.post(reverse("loans:move_deed", args=[application.pk, "receive"]), {"day": "令和8年11月20日"})
    assert "日付なしで保管" in client.get(sheets).content.decode()
    has_become(application, LendingState.WITHDRAWN)
    assert "返却が必要" in client.get(sheets).content.decode()
    client.post(reverse("loans:move_deed", args=[application.pk, "return"]), {"day": "R8.11.20"})
    assert LoanDeed.objects.get().state == DeedState.RETURNED
    assert "返却済み" in client.get(sheets).content.decode()


def test_a_sheet_of_another_fund_is_not_there(application: LendingApplication, clerk: User) -> None:
    client = signed_in(clerk)
    for code in ("income_declaration", "status_sheet", "no-such"):
        assert client.get(reverse("loans:form_pdf", args=[application.pk, code])).status_code == 404
    general = a_general_application(a_person(office=clerk.office))
    assert client.get(reverse("loans:form_pdf", args=[general.pk, "loan_request"])).status_code == 404
