"""The pages about letters: what is due, why something is held, one letter, one run."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from accounts.enums import Role
from audit.models import AccessLog
from notices.models import Letter, PrintRun
from tests.notices.test_issuing import NO_GLYPH, Refusals, clerk, letters_night, refusals, somebody
from tests.people.builders import a_member_of_staff, is_protected

__all__ = ["refusals"]

pytestmark = pytest.mark.django_db


def test_the_page_of_tonight_counts_what_is_due_and_shows_it(client: Any, refusals: Refusals) -> None:
    refusals.people = [somebody()]
    client.force_login(clerk())

    page = client.get(reverse("notices:due")).content.decode()
    shown = client.get(reverse("notices:preview", args=["exemption_refused", f"test:{refusals.people[0].pk}"]))

    assert "不承認の通知" in page and "試し刷りを見る" in page
    assert (shown["Content-Type"], shown.content[:4]) == ("application/pdf", b"%PDF")
    assert not Letter.objects.exists()


def test_held_letters_are_listed_with_the_reason(client: Any, refusals: Refusals) -> None:
    refusals.people = [somebody(NO_GLYPH)]
    letters_night()
    client.force_login(clerk())

    page = client.get(reverse("notices:due")).content.decode()
    letter = client.get(reverse("notices:letter", args=[Letter.objects.get().pk])).content.decode()

    assert "印刷できる書体がない文字があります（U+E123）" in page
    assert "保留を解除する" in letter


def test_a_letter_shows_its_facts_and_its_pages_and_writes_down_who_looked(client: Any, refusals: Refusals) -> None:
    refusals.people = [somebody()]
    letters_night()
    letter, user = Letter.objects.get(), clerk()
    client.force_login(user)

    page = client.get(reverse("notices:letter", args=[letter.pk])).content.decode()
    pages = client.get(reverse("notices:letter_pdf", args=[letter.pk]))

    assert "青海社協発第1号" in page and "緊急小口資金（特例）" in page
    assert pages.content.startswith(b"%PDF")
    assert list(AccessLog.objects.values_list("actor_id", "action", "subject").order_by("pk")) == [
        (user.pk, "view", "letter"), (user.pk, "print", "letter"),
    ]  # fmt: skip


def test_the_pages_of_somebody_who_was_protected_since_stay_shut(client: Any, refusals: Refusals) -> None:
    refusals.people = [somebody()]
    letters_night()
    letter, run = Letter.objects.get(), PrintRun.objects.get()
    is_protected(refusals.people[0])
    client.force_login(clerk())

    letter_page = client.get(reverse("notices:letter_pdf", args=[letter.pk]), follow=True)
    run_page = client.get(reverse("notices:run_pdf", args=[run.pk]), follow=True)

    assert "支援措置のため、この通知の紙面は表示できません。" in letter_page.content.decode()
    assert "支援措置の対象となった方を含む印刷便は開けません。" in run_page.content.decode()
    for page in (letter_page, run_page):
        assert "見本町1-2-3" not in page.content.decode()


def test_a_run_is_printed_by_one_and_posted_by_another(client: Any, refusals: Refusals) -> None:
    refusals.people = [somebody()]
    letters_night()
    run, printer, colleague = PrintRun.objects.get(), clerk(), clerk()

    client.force_login(printer)
    assert client.get(reverse("notices:run_pdf", args=[run.pk])).content.startswith(b"%PDF")
    client.post(reverse("notices:move_run", args=[run.pk, "printed"]))
    refused = client.post(reverse("notices:move_run", args=[run.pk, "posted"]), follow=True).content.decode()
    assert "印刷した人は発送の確認ができません。" in refused
    client.force_login(colleague)
    done = client.post(reverse("notices:move_run", args=[run.pk, "posted"]), follow=True).content.decode()

    assert "発送を確認しました。" in done
    assert Letter.objects.get().state == "posted"


def test_letters_of_another_office_do_not_exist(client: Any, refusals: Refusals) -> None:
    refusals.people = [somebody()]
    letters_night()
    letter = Letter.objects.get()
    client.force_login(a_member_of_staff(Role.MUNICIPAL_CLERK))

    assert client.get(reverse("notices:letter", args=[letter.pk])).status_code == 404
    assert client.get(reverse("notices:letter_pdf", args=[letter.pk])).status_code == 404
    assert "架空 花子" not in client.get(reverse("notices:letters")).content.decode()
    preview = reverse("notices:preview", args=["exemption_refused", f"test:{refusals.people[0].pk}"])
    assert client.get(preview).status_code == 404


@pytest.mark.parametrize("number", [1, 12])
def test_lists_of_letters_ask_the_same_few_questions(
    client: Any, refusals: Refusals, number: int, django_assert_max_num_queries: Any
) -> None:
    refusals.people = [somebody(NO_GLYPH) for _ in range(number)]
    letters_night()
    client.force_login(clerk())
    for name in ("notices:due", "notices:letters", "notices:runs"):
        client.get(reverse(name))
        with django_assert_max_num_queries(14):
            client.get(reverse(name))
