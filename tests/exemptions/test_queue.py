"""The queue: what is in it, in which order, for whom; and that no two people get the same case."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Deputy, User
from audit.actors import Actor
from audit.models import AccessLog
from exemptions.enums import ApplicationState
from exemptions.filters import Age, Filters, Holder
from exemptions.models import Application
from exemptions.next_case import neighbours, waiting_for
from exemptions.queue import PAGE_SIZE, counts, page, saved_views
from exemptions.refusals import HeldByAnother, NotAllowed
from exemptions.services import claim, claim_next, release
from exemptions.services.claims import CLAIM_LASTS
from exemptions.workflow import Move
from tests.exemptions.browsers import signed_in, words
from tests.exemptions.builders import DECIDED, PREPARED, Staff, Story, a_form, a_story, some_staff
from tests.people.builders import a_member_of_staff, a_person, an_office, is_protected

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with time_machine.travel(DECIDED, tick=False):
        yield


@pytest.fixture
def staff() -> Staff:
    return some_staff()


def received_on(day: date, staff: Staff, **details: Any) -> Story:
    form = a_form(received_on=day, signed_on=day, residence_issued_on=day, borrower_tax=None, **details)
    return a_story(staff=staff, form=form)


def keys(rows: Any) -> list[int]:
    return [row.application.pk for row in rows]


# --- order and paging ---


def test_the_oldest_receipt_comes_first_and_then_the_smaller_number(staff: Staff) -> None:
    late = received_on(date(2023, 9, 15), staff)
    early = received_on(date(2023, 8, 1), staff)
    same = received_on(date(2023, 9, 15), staff)
    shown = page(staff.supervisor, Filters(), at=DECIDED)
    assert keys(shown.rows) == [early.application.pk, late.application.pk, same.application.pk]
    assert [row.age_days for row in shown.rows] == [50, 5, 5]
    assert [row.is_overdue for row in shown.rows] == [True, False, False]


def bulk(staff: Staff, number: int) -> None:
    """So many more received applications, as rows: the queue reads no more than these."""
    model = a_story(staff=staff)
    application = model.application
    for n in range(number - 1):
        loan = model.loan
        loan.pk, loan.code = None, f"8{n:06d}"
        loan._state.adding = True
        loan.borrower = a_person(f"架空 {n}", "カクウ", office=staff.office)
        loan.save()
        application.pk = None
        application._state.adding = True
        application.loan = loan
        application.received_on = date(2023, 9, 15) - timedelta(days=n % 7)
        application.save()


def test_paging_forwards_and_back_shows_every_row_once(staff: Staff) -> None:
    bulk(staff, PAGE_SIZE * 2 + 5)
    first = page(staff.supervisor, Filters(), at=DECIDED)
    second = page(staff.supervisor, Filters(), at=DECIDED, after=first.after)
    third = page(staff.supervisor, Filters(), at=DECIDED, after=second.after)
    assert first.total == PAGE_SIZE * 2 + 5
    shown = keys(first.rows) + keys(second.rows) + keys(third.rows)
    assert len(shown) == len(set(shown)) == first.total
    assert (first.before, third.after) == ("", "")
    back = page(staff.supervisor, Filters(), at=DECIDED, before=third.before)
    assert keys(back.rows) == keys(second.rows)
    start = page(staff.supervisor, Filters(), at=DECIDED, before=back.before)
    assert keys(start.rows) == keys(first.rows)
    assert start.before == ""


def test_a_cursor_that_is_none_shows_the_first_page(staff: Staff) -> None:
    story = received_on(date(2023, 9, 15), staff)
    for nonsense in ("x", "2023-09-15", "2023-99-99.1", "1.2.3"):
        assert keys(page(staff.supervisor, Filters(), at=DECIDED, after=nonsense).rows) == [story.application.pk]


def test_the_page_costs_the_same_for_one_row_and_for_thirty(staff: Staff) -> None:
    browser = signed_in(staff.supervisor)
    a_story(staff=staff)
    browser.get(reverse("exemptions:queue"))
    with CaptureQueriesContext(connection) as one:
        browser.get(reverse("exemptions:queue"))
    bulk(staff, 30)
    with CaptureQueriesContext(connection) as thirty:
        browser.get(reverse("exemptions:queue"))
    assert len(thirty) == len(one)


# --- filters and saved views ---


def test_the_filters_choose_by_state_office_fund_age_and_readiness(staff: Staff) -> None:
    other_office = some_staff(an_office())
    plain = received_on(date(2023, 9, 15), staff)
    old = received_on(date(2023, 8, 1), staff)
    elsewhere = received_on(date(2023, 9, 15), other_office)
    ready = a_story(staff=staff)
    ready.prepare()

    def shown(**filters: Any) -> set[int]:
        return set(keys(page(staff.supervisor, Filters(**filters), at=DECIDED).rows))

    everything = {story.application.pk for story in (plain, old, elsewhere, ready)}
    assert shown() == everything
    assert shown(state=ApplicationState.UNDER_REVIEW) == {ready.application.pk}
    assert shown(office=other_office.office.pk) == {elsewhere.application.pk}
    assert shown(fund="SP_SMALL") == set()
    assert shown(age=Age.OVERDUE) == {old.application.pk}
    assert shown(age=Age.WEEK) == {old.application.pk}
    assert shown(ready=True) == {ready.application.pk}
    assert shown(holder=Holder.NOBODY) == everything


def test_the_saved_views_count_what_they_show(staff: Staff) -> None:
    ready = a_story(staff=staff)
    ready.prepare()
    sent = received_on(date(2023, 9, 15), staff)
    sent.move(Move.REPORT_DEFICIENCIES, staff.clerk, PREPARED)
    answered = received_on(date(2023, 9, 14), staff)
    answered.move(Move.REPORT_DEFICIENCIES, staff.clerk, PREPARED)
    answered.move(Move.ANSWER_DEFICIENCIES, staff.clerk, PREPARED, transcript=a_form())
    mine = received_on(date(2023, 8, 1), staff)
    claim(application_id=mine.application.pk, by=Actor.person(staff.supervisor), at=DECIDED)

    views = saved_views(counts(staff.supervisor, at=DECIDED), Filters())
    assert {view.label: view.count for view in views} == {
        "私の担当": 1,
        "全件": 3,
        "決裁できるもの": 1,
        "期限超過": 1,
        "保留中": 0,
        "返送中": 1,
        "不備への回答あり": 1,
    }
    for view in views:
        assert page(staff.supervisor, view.filters, at=DECIDED).total == view.count
    assert [view.label for view in views if view.current] == ["全件"]


def test_a_view_survives_as_a_link(staff: Staff) -> None:
    filters = Filters(state="RECEIVED", office=7, fund="SP_SMALL", age="14", holder="mine", ready=True, answered=True)
    assert filters.query() == "state=RECEIVED&office=7&fund=SP_SMALL&age=14&holder=mine&ready=1&answered=1"
    assert Filters().query() == ""


# --- the page ---


def test_the_page_says_what_a_reviewer_must_notice(staff: Staff) -> None:
    story = a_story(staff=staff, form=a_form(consents=frozenset({1, 2}), fiscal_year=2022))
    is_protected(story.loan.borrower)
    claim(application_id=story.application.pk, by=Actor.person(staff.other_supervisor), at=DECIDED)
    shown = words(signed_in(staff.supervisor).get(reverse("exemptions:queue")))
    for expected in (
        "横山 啓輔",
        "支援措置",
        "不備5件",
        "受付期間後",
        staff.other_supervisor.name,
        "令和5年9月15日",
        "5日",
    ):
        assert expected in shown


def test_looking_at_the_list_is_written_down_with_its_rows(staff: Staff) -> None:
    story = a_story(staff=staff)
    signed_in(staff.supervisor).get(reverse("exemptions:queue"))
    log = AccessLog.objects.get(action="list", subject="exemption_application")
    assert log.ids == [story.application.pk]


def test_rows_of_other_offices_are_not_in_a_clerks_queue(staff: Staff) -> None:
    foreign = a_story(staff=some_staff(an_office()))
    own = a_story(staff=staff)
    assert keys(page(staff.clerk, Filters(), at=DECIDED).rows) == [own.application.pk]
    response = signed_in(staff.clerk).get(reverse("exemptions:detail", args=[foreign.application.pk]))
    assert response.status_code == 404


def test_an_empty_queue_says_how_something_gets_into_it(staff: Staff) -> None:
    assert "受け付けた申請と起案された申請が" in words(signed_in(staff.supervisor).get(reverse("exemptions:queue")))


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.MUNICIPAL_CLERK, 200),
        (Role.PREFECTURAL_CLERK, 200),
        (Role.SUPERVISOR, 200),
        (Role.AUDITOR, 200),
        (Role.AGENCY_WORKER, 403),
        (Role.SYSTEM_ADMINISTRATOR, 403),
    ],
)
def test_who_gets_in(role: Role, status: int) -> None:
    if role == Role.AGENCY_WORKER:
        from accounts.enums import OfficeKind

        user = a_member_of_staff(role, office=an_office(OfficeKind.AGENCY))
    else:
        user = a_member_of_staff(role)
    assert signed_in(user).get(reverse("exemptions:queue")).status_code == status


# --- claims ---


def take(user: User, at: datetime = DECIDED, filters: Filters | None = None) -> Application | None:
    return claim_next(waiting=waiting_for(user, filters or Filters(), at=at), by=Actor.person(user), at=at)


def test_two_reviewers_get_two_cases(staff: Staff) -> None:
    first, second = a_story(staff=staff), a_story(staff=staff)
    first.prepare()
    second.prepare()
    got = [take(staff.supervisor), take(staff.other_supervisor)]
    assert [application and application.pk for application in got] == [first.application.pk, second.application.pk]
    assert take(a_member_of_staff(Role.SUPERVISOR)) is None


def test_a_claim_ends_by_itself_after_half_an_hour(staff: Staff) -> None:
    story = a_story(staff=staff)
    story.prepare()
    take(staff.supervisor)
    just_before = DECIDED + CLAIM_LASTS - timedelta(seconds=1)
    assert take(staff.other_supervisor, just_before) is None
    taken = take(staff.other_supervisor, DECIDED + CLAIM_LASTS)
    assert taken is not None
    assert taken.claimed_by_id == staff.other_supervisor.pk


def test_a_released_case_is_there_for_everybody_again(staff: Staff) -> None:
    story = a_story(staff=staff)
    story.prepare()
    take(staff.supervisor)
    release(application_id=story.application.pk, by=Actor.person(staff.other_supervisor), at=DECIDED)
    assert take(staff.other_supervisor) is None
    release(application_id=story.application.pk, by=Actor.person(staff.supervisor), at=DECIDED)
    assert take(staff.other_supervisor) is not None


def test_a_decision_on_a_case_that_another_has_in_hand_is_refused_with_the_name(staff: Staff) -> None:
    story = a_story(staff=staff)
    story.prepare()
    take(staff.supervisor)
    with pytest.raises(HeldByAnother) as refused:
        story.approve(staff.other_supervisor)
    assert str(refused.value) == f"この申請は{staff.supervisor.name}さんが審査中です（10時45分まで）。"
    story.approve(staff.supervisor)


def test_a_claim_by_hand_of_a_case_in_another_hand_is_refused(staff: Staff) -> None:
    story = a_story(staff=staff)
    claim(application_id=story.application.pk, by=Actor.person(staff.supervisor), at=DECIDED)
    with pytest.raises(HeldByAnother):
        claim(application_id=story.application.pk, by=Actor.person(staff.other_supervisor), at=DECIDED)
    page_of_other = signed_in(staff.other_supervisor).post(
        reverse("exemptions:claim", args=[story.application.pk]), follow=True
    )
    assert "さんが審査中です" in words(page_of_other)


def test_clerks_at_the_desk_take_no_cases(staff: Staff) -> None:
    story = a_story(staff=staff)
    with pytest.raises(NotAllowed):
        claim(application_id=story.application.pk, by=Actor.person(staff.clerk), at=DECIDED)
    assert signed_in(staff.clerk).post(reverse("exemptions:take_next")).status_code == 403


def test_deciders_are_given_proposals_that_are_not_their_own_work(staff: Staff) -> None:
    own = a_story(staff=staff)
    own.prepare(staff.supervisor)
    assert take(staff.supervisor) is None
    received = a_story(staff=staff)
    assert take(staff.supervisor) is None
    other = take(staff.other_supervisor)
    assert other is not None
    assert other.pk == own.application.pk
    by_hand = take(staff.supervisor, filters=Filters(state=ApplicationState.RECEIVED))
    assert by_hand is not None
    assert by_hand.pk == received.application.pk


def test_whoever_prepares_is_given_the_received_ones_and_a_deputy_the_proposals_too(staff: Staff) -> None:
    received, proposed = a_story(staff=staff), a_story(staff=staff)
    proposed.prepare(staff.supervisor)
    assert set(waiting_for(staff.preparer, Filters(), at=DECIDED)) == {received.reloaded()}
    Deputy.objects.create(
        supervisor=staff.other_supervisor,
        deputy=staff.preparer,
        since=DECIDED.date(),
        until=DECIDED.date(),
        reason="休暇",
    )
    both = {received.application.pk, proposed.application.pk}
    assert set(waiting_for(staff.preparer, Filters(), at=DECIDED).values_list("pk", flat=True)) == both


def test_neighbours_are_the_cases_one_could_take(staff: Staff) -> None:
    stories = [a_story(staff=staff) for _ in range(4)]
    for story in stories:
        story.prepare()
    claim(application_id=stories[2].application.pk, by=Actor.person(staff.other_supervisor), at=DECIDED)
    here = neighbours(stories[1].reloaded(), staff.supervisor, Filters(), at=DECIDED)
    assert (here.previous, here.following) == (stories[0].application.pk, stories[3].application.pk)


def test_taking_the_next_leads_to_its_review_in_the_same_view(staff: Staff) -> None:
    story = a_story(staff=staff)
    story.prepare()
    browser = signed_in(staff.supervisor)
    response = browser.post(reverse("exemptions:take_next"), {"queue": "ready=1"})
    assert response["Location"] == f"{reverse('exemptions:review', args=[story.application.pk])}?ready=1"
    assert story.reloaded().claimed_by_id == staff.supervisor.pk
    nothing = signed_in(staff.other_supervisor).post(
        reverse("exemptions:take_next"), {"queue": "ready=1"}, follow=True
    )
    assert "この条件で審査できる申請はありません。" in words(nothing)
