"""A protected address is seen by one person, for ten minutes, after a second one agreed; and it is written down."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from audit.actors import Actor
from audit.enums import AccessAction
from audit.models import AccessLog
from people.models import AddressReveal
from people.reveals import RevealRefused, approve_reveal, decline_reveal, request_reveal, view_reveal
from tests.people.builders import a_member_of_staff, a_person, a_place, an_office, is_protected, lives_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(today):
    return a_member_of_staff(Role.MUNICIPAL_CLERK)


@pytest.fixture
def person(clerk):
    person = a_person(office=clerk.office)
    lives_at(person, a_place("隠町9-9"))
    is_protected(person)
    return person


def ask(person, user, reason="裁判所へ書類を届けるため"):
    return request_reveal(person=person, reason=reason, by=Actor.person(user), at=timezone.now())


def agree(reveal, user):
    return approve_reveal(reveal=reveal, by=Actor.person(user), at=timezone.now())


def look(reveal, user, after=timedelta()):
    return view_reveal(reveal=reveal, by=Actor.person(user), at=timezone.now() + after)


def test_once_a_second_person_agreed_the_one_who_asked_sees_it_and_it_is_logged(clerk, person):
    supervisor = a_member_of_staff(Role.SUPERVISOR)
    reveal = agree(ask(person, clerk), supervisor)

    assert "隠町9-9" in look(reveal, clerk).text

    row = AccessLog.objects.get(action=AccessAction.REVEAL)
    assert (row.actor, row.ids) == (clerk.username, [person.pk])
    assert supervisor.username in row.reason and "裁判所" in row.reason
    assert "隠町" not in row.reason


def test_nobody_sees_it_before_a_second_person_agreed(clerk, person):
    with pytest.raises(RevealRefused, match="確認者の返事"):
        look(ask(person, clerk), clerk)


def test_nobody_else_sees_it_not_even_who_agreed(clerk, person):
    supervisor = a_member_of_staff(Role.SUPERVISOR)
    reveal = agree(ask(person, clerk), supervisor)

    for other in (supervisor, a_member_of_staff(Role.MUNICIPAL_CLERK, office=clerk.office)):
        with pytest.raises(RevealRefused, match="依頼した本人"):
            look(reveal, other)


def test_after_ten_minutes_it_is_gone(clerk, person):
    reveal = agree(ask(person, clerk), a_member_of_staff(Role.SUPERVISOR))

    assert look(reveal, clerk, after=timedelta(minutes=9, seconds=59)).lines
    with pytest.raises(RevealRefused, match="10分間が過ぎました"):
        look(reveal, clerk, after=timedelta(minutes=10))


def test_nobody_agrees_to_their_own_request(person):
    supervisor = a_member_of_staff(Role.SUPERVISOR)
    with pytest.raises(RevealRefused, match="依頼した人は確認者になれません"):
        agree(ask(person, supervisor), supervisor)


@pytest.mark.parametrize("role", [Role.MUNICIPAL_CLERK, Role.PREFECTURAL_CLERK, Role.AUDITOR, Role.AGENCY_WORKER])
def test_only_supervisors_agree(clerk, person, role):
    with pytest.raises(RevealRefused, match="役割ではありません"):
        agree(ask(person, clerk), a_member_of_staff(role))


def test_a_request_is_answered_once(clerk, person):
    reveal = ask(person, clerk)
    decline_reveal(reveal=reveal, by=Actor.person(a_member_of_staff(Role.SUPERVISOR)), at=timezone.now())

    with pytest.raises(RevealRefused, match="すでに返事"):
        agree(reveal, a_member_of_staff(Role.SUPERVISOR))


def test_asking_twice_makes_one_request(clerk, person):
    assert ask(person, clerk) == ask(person, clerk, reason="もう一度")
    assert AddressReveal.objects.count() == 1


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR, Role.AGENCY_WORKER])
def test_who_may_not_ask_is_refused(person, role):
    with pytest.raises(RevealRefused, match="依頼できる役割ではありません"):
        ask(person, a_member_of_staff(role))


def test_a_machine_never_asks(person, today):
    with pytest.raises(RevealRefused, match="職員だけ"):
        request_reveal(person=person, reason="x", by=Actor.machine("night"), at=timezone.now())


def test_asking_needs_a_reason_and_a_protected_person(clerk, person):
    with pytest.raises(RevealRefused, match="理由を入力"):
        ask(person, clerk, reason="  ")
    with pytest.raises(RevealRefused, match="秘匿されていません"):
        ask(a_person(office=clerk.office), clerk)


# --- pages ---


def test_the_way_from_asking_to_the_address_over_the_pages(client, clerk, person):
    supervisor = a_member_of_staff(Role.SUPERVISOR)
    client.force_login(clerk)
    client.post(reverse("people:reveal_request", args=[person.pk]), {"reason": "安否の確認に行くため"})
    reveal = AddressReveal.objects.get()
    view = reverse("people:reveal_view", args=[reveal.pk])
    assert client.get(view).status_code == 302

    client.force_login(supervisor)
    waiting = client.get(reverse("people:reveal_list")).content.decode()
    assert "安否の確認に行くため" in waiting and clerk.name in waiting
    client.post(reverse("people:reveal_answer", args=[reveal.pk, "approve"]))
    assert client.get(view).status_code == 404

    client.force_login(clerk)
    assert view in client.get(reverse("people:reveal_list")).content.decode()
    page = client.get(view).content.decode()
    assert "隠町9-9" in page and "10時10分まで" in page


def test_the_request_page_of_another_offices_person_does_not_exist(client, clerk):
    foreign = a_person(office=an_office())
    client.force_login(clerk)

    assert client.get(reverse("people:reveal_request", args=[foreign.pk])).status_code == 404


def test_a_direct_post_of_the_one_who_asked_changes_nothing(client, person):
    supervisor = a_member_of_staff(Role.SUPERVISOR)
    reveal = ask(person, supervisor)
    client.force_login(supervisor)

    answer = client.post(reverse("people:reveal_answer", args=[reveal.pk, "approve"]), follow=True)

    assert "依頼した人は確認者になれません" in answer.content.decode()
    reveal.refresh_from_db()
    assert reveal.approved_at is None


def test_an_empty_reason_is_asked_for_again(client, clerk, person):
    client.force_login(clerk)
    answer = client.post(reverse("people:reveal_request", args=[person.pk]), {"reason": ""})

    assert "住所が必要な理由を入力してください。" in answer.content.decode()
    assert not AddressReveal.objects.exists()
