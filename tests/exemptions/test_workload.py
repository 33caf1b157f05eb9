"""The flow of the queue with its rows behind every number, cases given to people, cases that rest."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Deputy
from audit.actors import Actor
from exemptions import services
from exemptions.enums import ApplicationState
from exemptions.filters import Age, Filters
from exemptions.models import Application, Handover, HandoverLine, LaidAside
from exemptions.next_case import in_turn, waiting_for
from exemptions.queue import page
from exemptions.refusals import MovedMeanwhile, NotAllowed, NotReady, ReasonMissing
from exemptions.workflow import Move
from exemptions.workload.assigning import Wanted, hand_over, plan_of
from exemptions.workload.flow import flow_page
from tests.exemptions.browsers import signed_in, words
from tests.exemptions.builders import DECIDED, PREPARED, Staff, Story, a_form, a_story, some_staff
from tests.people.builders import a_member_of_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with time_machine.travel(DECIDED, tick=False):
        yield


@pytest.fixture
def staff() -> Staff:
    return some_staff()


def keys(user: object, filters: Filters) -> list[int]:
    return [row.application.pk for row in page(user, filters, at=DECIDED).rows]  # type: ignore[arg-type]


def taken(user: object, filters: Filters | None = None) -> Application | None:
    given, waiting = in_turn(user, filters or Filters(), at=DECIDED)  # type: ignore[arg-type]
    by = Actor.person(user)
    return services.claim_next(waiting=waiting, first=given, by=by, at=DECIDED)


def prepared(staff: Staff, number: int) -> list[Story]:
    found = [a_story(staff=staff) for _ in range(number)]
    for story in found:
        story.prepare()
    return found


def test_every_number_of_the_flow_leads_to_that_many_rows(staff: Staff) -> None:
    waiting = prepared(staff, 2)
    old = a_story(
        staff=staff,
        form=a_form(
            received_on=date(2023, 8, 1),
            signed_on=date(2023, 8, 1),
            residence_issued_on=date(2023, 8, 1),
            borrower_tax=None,
        ),
    )
    decided = a_story(staff=staff)
    decided.prepare()
    decided.approve()
    sent = a_story(staff=staff)
    sent.move(Move.REPORT_DEFICIENCIES, staff.clerk, PREPARED, also_wrong=["続柄が読めません。"])
    services.claim(application_id=old.application.pk, by=Actor.person(staff.supervisor), at=DECIDED)
    shown = flow_page(staff.supervisor, at=DECIDED)

    lines = [*shown.states, *shown.offices, *shown.people]
    numbers = [shown.waiting, *(each for line in lines for each in (*line.numbers, line.total))]
    numbers += [each for line in shown.days for each in (line.came_in, line.went_out)]
    assert {each.value for each in numbers} >= {0, 1, 2, 3, 5}
    for each in numbers:
        assert len(keys(staff.supervisor, each.filters)) == each.value, each
    assert shown.waiting.value == 3
    assert [line.total.value for line in shown.states] == [1, 2, 3]
    assert keys(staff.supervisor, Filters(age=Age.OVERDUE)) == [old.application.pk]
    days = {line.day: (line.came_in.value, line.went_out.value) for line in shown.days}
    assert (days[date(2023, 9, 15)], days[PREPARED.date()], days[DECIDED.date()]) == ((5, 0), (0, 1), (0, 1))
    assert (shown.pace.came_in, shown.pace.went_out, shown.pace.empty_on) == (5, 1, None)
    assert {waiting[0].application.pk} <= set(keys(staff.supervisor, Filters(hand=None, assigned="nobody")))

    body = signed_in(staff.supervisor).get(reverse("exemptions:flow"))
    assert "このペースでは、待っている申請は減りません。" in words(body)
    links = re.findall(r'href="(/exemptions/\?[^"]*)">(\d+)件', body.content.decode())
    assert len(links) > 10


def test_a_plan_is_shown_and_then_carried_out_as_it_was_shown(staff: Staff) -> None:
    stories = prepared(staff, 4)
    own = a_story(staff=staff)
    own.prepare(staff.supervisor)
    people = (staff.supervisor.pk, staff.other_supervisor.pk)
    wanted = Wanted(state=ApplicationState.UNDER_REVIEW, people=people)
    browser = signed_in(staff.supervisor)
    address = f"{reverse('exemptions:assign')}?state=UNDER_REVIEW&people={people[0]}&people={people[1]}"
    assert "担当者が変わるのは 5件です。" in words(browser.get(address))
    assert Handover.objects.count() == 0
    said = words(browser.post(address, {"expected": 5, "reason": ""}))
    assert "割り当てる理由を入力してください。" in said
    browser.post(address, {"expected": 5, "reason": "8月の応援体制"})

    made = Handover.objects.get()
    assert (made.reason, made.number, made.made_by) == ("8月の応援体制", 5, staff.supervisor)
    carried = list(Application.objects.values_list("assigned_to", flat=True))
    assert sorted(carried.count(person) for person in people) == [2, 3]
    assert own.reloaded().assigned_to_id == staff.other_supervisor.pk
    assert len(keys(staff.supervisor, Filters(handover=made.pk))) == HandoverLine.objects.count() == 5
    assert own.reloaded().version == own.application.version  # giving a case to somebody is no step in its life

    first = taken(staff.supervisor)
    assert first is not None and first.assigned_to_id == staff.supervisor.pk
    third = a_member_of_staff(Role.SUPERVISOR)
    assert taken(third) is None
    Deputy.objects.create(
        supervisor=staff.other_supervisor,
        deputy=staff.preparer,
        since=DECIDED.date(),
        until=DECIDED.date(),
        reason="休暇",
    )
    offered = waiting_for(staff.preparer, Filters(state=ApplicationState.UNDER_REVIEW), at=DECIDED)
    assert set(offered.values_list("pk", flat=True)) == {own.application.pk}  # the others are the preparer's own work

    stays = {story.application.pk for story in stories if story.reloaded().assigned_to_id == staff.supervisor.pk}
    chosen = next(story for story in stories if story.application.pk in stays)
    chosen.move(Move.RETURN, staff.supervisor, DECIDED, reason="証明書を見直してください。")
    assert plan_of(wanted, user=staff.supervisor, at=DECIDED).before.keys() == {
        story.application.pk for story in (*stories, own) if story is not chosen
    }
    back = taken(staff.preparer, Filters(state=ApplicationState.RECEIVED))
    assert back is not None and back.pk == chosen.application.pk


def test_a_handover_is_refused_without_right_reason_or_when_the_plan_is_another_by_now(staff: Staff) -> None:
    prepared(staff, 1)
    wanted = Wanted(state=ApplicationState.UNDER_REVIEW, people=(staff.supervisor.pk,))

    def give(by: object = None, reason: str = "応援", expected: int = 1) -> Handover:
        actor = Actor.person(by or staff.supervisor)
        return hand_over(wanted=wanted, reason=reason, expected=expected, by=actor, at=DECIDED)

    with pytest.raises(NotAllowed):
        give(by=staff.preparer)
    with pytest.raises(ReasonMissing):
        give(reason="  ")
    with pytest.raises(MovedMeanwhile, match="2件が1件に"):
        give(expected=2)
    give()
    with pytest.raises(NotReady):
        give(expected=0)
    nobody = Wanted(state=ApplicationState.UNDER_REVIEW, assigned=str(staff.supervisor.pk))
    hand_over(wanted=nobody, reason="応援の終わり", expected=1, by=Actor.person(staff.supervisor), at=DECIDED)
    assert Application.objects.get().assigned_to_id is None


def test_a_case_laid_aside_is_offered_to_nobody_until_its_day_or_its_next_step(staff: Staff) -> None:
    one, two = prepared(staff, 2)
    browser = signed_in(staff.supervisor)
    assert taken(staff.supervisor) is not None
    until = DECIDED.date() + timedelta(days=3)
    address = reverse("exemptions:lay_aside", args=[one.application.pk])
    assert "保留の理由を入力してください。" in words(
        browser.post(address, {"reason": "", "until": until}, follow=True)
    )
    assert "再開日は、明日から60日以内の日を入力してください。" in words(
        browser.post(address, {"reason": "返事待ち", "until": DECIDED.date()}, follow=True)
    )
    done = browser.post(address, {"reason": "借受人の返事待ち", "until": until}, follow=True)
    assert done.redirect_chain[-1][0] == reverse("exemptions:review", args=[two.application.pk])
    assert one.reloaded().claimed_by_id is None
    assert one.reloaded().version == one.application.version
    assert keys(staff.supervisor, Filters(aside=True)) == [one.application.pk]
    assert "まで：借受人の返事待ち" in words(browser.get(reverse("exemptions:queue")))
    assert taken(staff.other_supervisor) is None
    review = words(browser.get(reverse("exemptions:review", args=[one.application.pk])))
    assert "まで：借受人の返事待ち" in review and "保留を解いて担当する" in review

    rested = waiting_for(staff.other_supervisor, Filters(), at=DECIDED + timedelta(days=3))
    assert one.application.pk in rested.values_list("pk", flat=True)
    browser.post(reverse("exemptions:take_up", args=[one.application.pk]))
    assert LaidAside.objects.get().ended_at == DECIDED
    assert one.reloaded().claimed_by_id == staff.supervisor.pk


def test_a_decision_by_somebody_else_is_said_in_one_line_with_the_way_on(staff: Staff) -> None:
    one, _ = prepared(staff, 2)
    browser = signed_in(staff.supervisor)
    browser.get(reverse("exemptions:review", args=[one.application.pk]))
    version = one.application.version
    one.approve(staff.other_supervisor)
    late = browser.post(
        reverse("exemptions:move", args=[one.application.pk, "approve"]),
        {"version": version, "seen": "x", "queue": "ready=1"},
        follow=True,
    )
    said = words(late)
    assert f"この申請は、{staff.other_supervisor.name}さんが令和5年9月20日10時15分に「承認」を行い、" in said
    body = late.content.decode()
    assert 'data-key="n"' in body and 'name="queue" value="ready=1"' in body
