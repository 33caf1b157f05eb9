"""Nobody decides on their own work, also not by posting straight to the address; somebody else with the same words may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Deputy, RoleAssignment, User
from audit.actors import Actor
from exemptions.enums import ApplicationState as State
from exemptions.models import Application, Decision
from exemptions.services import enter_application
from exemptions.services.assessing import look_at
from notices.enums import PrintRunState
from notices.models import PrintRun
from people.models import AddressReveal, Protection, ProtectionEnding
from people.protections import ask_to_end, decline_to_end
from people.reveals import request_reveal
from repayment.models import LedgerEntry
from rulebook.models import SettingRow
from rulebook.services import propose_setting
from tests.exemptions.builders import Story
from tests.matrix.test_matrix import traces
from tests.people.builders import a_member_of_staff
from tests.scenes import (
    DAY,
    NOW,
    Council,
    a_loan_of,
    at,
    day_before,
    entered,
    signed_in,
    somebody_of,
    standing_council,
    this_years_form,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

OWN_WORK = "ご自分が登録または起案した申請は決裁できません。"


@pytest.fixture(scope="module")
def council(django_db_setup: None, django_db_blocker: Any) -> Iterator[Council]:
    with standing_council(django_db_blocker) as scene:
        yield scene


@dataclass(frozen=True)
class Posted:
    """What came back, after the redirect, and whether anything was changed."""

    status: int
    text: str
    changed: bool


def post(user: User, url: str, **data: Any) -> Posted:
    client: Client = signed_in(User.objects.get(pk=user.pk))
    before = traces()
    answer = client.post(url, data)
    changed = traces() != before
    final = client.get(answer["Location"]) if answer.status_code == 302 else answer
    return Posted(answer.status_code, final.content.decode(), changed)


# --- decisions --------------------------------------------------------------------------------------


@pytest.fixture
def application(council: Council) -> Application:
    """An application that the supervisor has drawn up for decision."""
    story = entered(council, council.east, somebody_of(council.east, "四つ目"))
    story.prepare(by=council.supervisor, at=at(day_before(1)))
    return story.reloaded()


def decide(application: Application, user: User, step: str) -> Posted:
    """Post a decision with everything that the review page would have sent."""
    seen = look_at(application, as_of=DAY).fingerprint
    url = reverse("exemptions:move", args=[application.pk, step])
    return post(user, url, version=application.version, seen=seen, reason="要件を満たさないため")


def untouched(application: Application) -> bool:
    return (
        Application.objects.get(pk=application.pk).state == State.UNDER_REVIEW
        and not Decision.objects.filter(application=application).exists()
        and not LedgerEntry.objects.filter(loan=application.loan, kind="exempted").exists()
    )


@pytest.mark.parametrize("step", ["approve", "refuse"])
def test_who_prepared_cannot_decide(council: Council, application: Application, step: str) -> None:
    tried = decide(application, council.supervisor, step)
    assert tried.status == 403 and OWN_WORK in tried.text
    assert not tried.changed and untouched(application)


@pytest.mark.parametrize("step", ["approve", "refuse"])
def test_who_entered_cannot_decide(council: Council, application: Application, step: str) -> None:
    tried = decide(application, council.east.clerk, step)
    assert tried.status == 403
    assert not tried.changed and untouched(application)


@pytest.mark.parametrize("step", ["approve", "refuse"])
def test_who_entered_cannot_decide_in_another_role_either(council: Council, step: str) -> None:
    """A clerk who is a supervisor too: two roles, still one person."""
    both = a_member_of_staff(Role.SUPERVISOR)
    RoleAssignment.objects.create(user=both, role=Role.PREFECTURAL_CLERK, since=day_before(90), granted_by="test")
    application = enter_application(
        loan=a_loan_of(somebody_of(council.east, "二役"), council.east.office),
        transcript=this_years_form(),
        by=Actor.person(both),
        at=at(day_before(2)),
    )
    story = Story(council.team(council.east), application.loan, application)
    story.prepare(by=council.preparer, at=at(day_before(1)))

    tried = decide(story.reloaded(), both, step)

    assert tried.status == 403 and OWN_WORK in tried.text
    assert not tried.changed and untouched(application)


@pytest.mark.parametrize("step", ["approve", "refuse"])
def test_a_deputy_cannot_decide_for_whom_prepared_nor_on_the_own_proposal(
    council: Council, application: Application, step: str
) -> None:
    """代決 gives no more than the absent supervisor has, and never reaches the deputy's own work."""
    a_deputy(council.preparer, council.supervisor)
    tried = decide(application, council.preparer, step)
    assert tried.status == 403 and "代決もできません" in tried.text
    assert not tried.changed and untouched(application)

    own = entered(council, council.east, somebody_of(council.east, "代決"))
    own.prepare(by=council.preparer, at=at(day_before(1)))
    tried = decide(own.reloaded(), council.preparer, step)
    assert tried.status == 403 and OWN_WORK in tried.text
    assert not tried.changed and untouched(own.application)


def a_deputy(deputy: User, supervisor: User) -> None:
    Deputy.objects.create(supervisor=supervisor, deputy=deputy, since=DAY, until=DAY, reason="出張")


@pytest.mark.parametrize(("step", "state"), [("approve", State.APPROVED), ("refuse", State.REFUSED)])
def test_a_second_supervisor_decides_with_the_very_same_words(
    council: Council, application: Application, step: str, state: State
) -> None:
    done = decide(application, council.other_supervisor, step)
    assert done.status == 302 and done.changed
    assert Application.objects.get(pk=application.pk).state == state


# --- letters, addresses, settings, roles ------------------------------------------------------------


def test_who_printed_cannot_sign_off_the_posting(council: Council) -> None:
    run = PrintRun.objects.get(pk=council.runs[1].pk)
    printed, is_posted = (reverse("notices:move_run", args=[run.pk, move]) for move in ("printed", "posted"))
    assert post(council.preparer, printed).changed

    tried = post(council.preparer, is_posted)

    assert "印刷した人は発送の確認ができません" in tried.text
    assert not tried.changed
    assert PrintRun.objects.get(pk=run.pk).state == PrintRunState.READY
    assert post(council.supervisor, is_posted).changed
    assert PrintRun.objects.get(pk=run.pk).state == PrintRunState.POSTED


def test_who_asked_to_see_an_address_cannot_agree_to_it(council: Council) -> None:
    assert council.east.sheltered is not None
    asked = request_reveal(
        person=council.east.sheltered, reason="訪問のため", by=Actor.person(council.supervisor), at=NOW
    )
    url = reverse("people:reveal_answer", args=[asked.pk, "approve"])

    tried = post(council.supervisor, url)

    assert "依頼した人は確認者になれません" in tried.text
    assert not tried.changed
    assert AddressReveal.objects.get(pk=asked.pk).approved_at is None
    assert post(council.other_supervisor, url).changed


def test_who_asked_to_end_a_measure_cannot_agree_to_it(council: Council) -> None:
    sheltered = council.west.sheltered
    assert sheltered is not None
    protection = sheltered.protections.get()
    first = ProtectionEnding.objects.get(protection=protection)
    decline_to_end(ending=first, by=Actor.person(council.supervisor), at=NOW)
    asked = ask_to_end(protection=protection, until=DAY, reason="通知書", by=Actor.person(council.supervisor), at=NOW)
    url = reverse("people:ending_answer", args=[asked.pk, "approve"])

    tried = post(council.supervisor, url)

    assert "依頼した人は確認者になれません" in tried.text
    assert not tried.changed
    assert Protection.objects.get(pk=protection.pk).until is None
    assert post(council.other_supervisor, url).changed
    assert Protection.objects.get(pk=protection.pk).until == DAY


def test_who_proposed_a_setting_cannot_approve_it(council: Council) -> None:
    row = propose_setting(
        key="elderly_age",
        value=70,
        valid_from=DAY + timedelta(days=10),
        source="第4回運営委員会議事録",
        by=Actor.person(council.supervisor),
        at=NOW,
    )
    url = reverse("rulebook:approve", args=[row.pk])

    tried = post(council.supervisor, url)

    assert "起案した人は承認できません" in tried.text
    assert not tried.changed
    assert SettingRow.objects.get(pk=row.pk).approved_at is None
    assert post(council.other_supervisor, url).changed


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("role_grant", {"role": "supervisor", "since": "令和8年11月20日"}, "ほかのシステム管理者が行います"),
        ("member_active", {"move": "stop"}, "自分自身の利用は停止できません"),
        ("link_issue", {}, "自分自身の案内は発行できません"),
    ],
)
def test_an_administrator_changes_nothing_about_the_own_account(
    council: Council, name: str, data: dict[str, str], sentence: str
) -> None:
    administrator = council.staff[Role.SYSTEM_ADMINISTRATOR]
    tried = post(administrator, reverse(f"accounts:{name}", args=[administrator.pk]), **data)
    assert sentence in tried.text
    assert not tried.changed
    colleague = a_member_of_staff(Role.SYSTEM_ADMINISTRATOR)
    assert post(colleague, reverse("accounts:member_active", args=[administrator.pk]), move="stop").changed


# --- two at once ------------------------------------------------------------------------------------


def test_of_two_supervisors_on_one_page_one_decides_and_the_other_is_told(
    council: Council, application: Application
) -> None:
    """Both had the page open; the second one's words refer to a version that is no more."""
    first = decide(application, council.other_supervisor, "approve")
    second = decide(application, a_member_of_staff(Role.SUPERVISOR), "approve")
    assert first.changed
    assert not second.changed
    assert "承認" in second.text and council.other_supervisor.name in second.text
    assert Decision.objects.get(application=application).decided_by == council.other_supervisor
