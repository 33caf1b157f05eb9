"""The night book and the pages of imports, as people meet them."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.enums import Role
from jobs.enums import ItemState, RunState
from jobs.kinds import night_steps
from jobs.models import ImportBatch, Run, RunItem
from jobs.nightly import run_step
from tests.jobs.test_importing import as_csv
from tests.people.builders import a_member_of_staff

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Any, today: date) -> Any:
    cache.clear()
    client.force_login(a_member_of_staff(Role.PREFECTURAL_CLERK))
    return client


def test_the_night_book_shows_what_was_done_and_what_did_not_run(signed_in: Any) -> None:
    first, *_ = night_steps()
    run_step(first, business_date=date(2026, 11, 19))

    page = signed_in.get(reverse("jobs:night")).content.decode()

    assert "令和8年11月19日" in page
    assert first.kind.label in page
    assert "未実行" in page and "遅れ" in page


def test_failed_items_are_listed_with_reasons_and_can_be_run_again(signed_in: Any, monkeypatch: Any) -> None:
    sent: list[int] = []
    monkeypatch.setattr("jobs.services.advance_run.delay", sent.append)
    step = night_steps()[0]
    run_step(step, business_date=DAY)
    run = Run.objects.get()
    RunItem.objects.create(run=run, key="x|1", state=ItemState.FAILED, reason="紙面を組めませんでした。")
    Run.objects.update(state=RunState.PARTLY)

    page = signed_in.get(reverse("jobs:run", args=[run.pk])).content.decode()
    assert "紙面を組めませんでした。" in page
    from django.test import TestCase

    with TestCase.captureOnCommitCallbacks(execute=True):
        signed_in.post(reverse("jobs:retry", args=[run.pk]))

    run.refresh_from_db()
    assert (run.state, run.items.get(key="x|1").state, sent) == (RunState.QUEUED, ItemState.WAITING, [run.pk])


def test_polling_ends_when_the_night_is_over(signed_in: Any) -> None:
    for step in night_steps():
        run_step(step, business_date=DAY)
    run = Run.objects.first()
    assert run is not None

    answers = [
        signed_in.get(reverse("jobs:night") + "?date=2026-11-20", headers={"HX-Request": "true"}),
        signed_in.get(reverse("jobs:run", args=[run.pk]), headers={"HX-Request": "true"}),
    ]

    assert [answer.status_code for answer in answers] == [286, 286]


def test_while_the_night_runs_its_page_says_so_instead_of_offering_to_start_it(signed_in: Any) -> None:
    """The button comes back by itself, with the answer that ends the polling."""
    url, button = reverse("jobs:night") + "?date=2026-11-20", "夜間処理を実行する"
    assert button in signed_in.get(url).content.decode()
    step = night_steps()[0]
    run = Run.objects.create(kind=step.kind.code, business_date=DAY, state=RunState.RUNNING, requested_at=NOW)

    page = signed_in.get(url).content.decode()
    part = signed_in.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "実行しています" in page and button not in page
    assert "実行しています" in part and button not in part

    Run.objects.filter(pk=run.pk).update(state=RunState.DONE, finished_at=NOW)
    assert button in signed_in.get(url, headers={"HX-Request": "true"}).content.decode()


def test_a_night_to_come_cannot_be_started(signed_in: Any) -> None:
    answer = signed_in.post(reverse("jobs:start_night"), {"date": "2026-11-21"}, follow=True)

    assert "先の日付の夜間処理は実行できません。" in answer.content.decode()
    assert not Run.objects.exists()


def test_the_number_of_queries_of_the_night_book_does_not_grow(
    signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    for step in night_steps():
        for day in range(1, 20):
            Run.objects.get_or_create(
                kind=step.kind.code, business_date=date(2026, 11, day), defaults={"requested_at": "2026-11-01T00:00Z"}
            )
    signed_in.get(reverse("jobs:night"))
    with django_assert_max_num_queries(8):
        signed_in.get(reverse("jobs:night"))


def test_an_uploaded_file_is_checked_in_the_background(signed_in: Any, monkeypatch: Any) -> None:
    sent: list[int] = []
    monkeypatch.setattr("jobs.importing.services.advance_run.delay", sent.append)
    upload = io.BytesIO(as_csv(["入金番号", "貸付コード", "入金日", "金額", "摘要"], []))
    upload.name = "入金.csv"

    from django.test import TestCase

    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = signed_in.post(reverse("jobs:import_list"), {"kind": "payments", "file": upload}, follow=True)

    batch = ImportBatch.objects.get()
    assert batch.validation is not None
    assert sent == [batch.validation.pk]
    assert "点検しています" in answer.content.decode()


def test_a_file_must_be_chosen(signed_in: Any) -> None:
    page = signed_in.post(reverse("jobs:import_list"), {}).content.decode()

    assert "ファイルを選んでください。" in page and "取込の種類を選んでください。" in page


def test_the_sample_files_can_be_downloaded(signed_in: Any) -> None:
    for code in ("borrowers", "households", "tax_certificates", "loans", "payments"):
        answer = signed_in.get(reverse("jobs:import_sample", args=[code]))
        assert answer.content.decode("utf-8-sig").count("\n") == 3


def test_supervisors_and_clerks_of_a_city_hand_no_files_in(client: Any, today: date) -> None:
    for role in (Role.MUNICIPAL_CLERK, Role.SUPERVISOR, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR):
        client.force_login(a_member_of_staff(role))
        assert client.get(reverse("jobs:import_list")).status_code in (302, 403)
