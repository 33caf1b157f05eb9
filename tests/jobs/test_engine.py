"""A run goes forward in small transactions and ends in the same state however often it is stopped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import OfficeKind
from accounts.models import Office
from jobs.engine import advance, open_run, progress_of, retry_failed, select_items, work_batch
from jobs.enums import RunState
from jobs.kinds import Done, Failed, ItemResult, JobKind, Skipped, registry
from jobs.models import Run

DAY = date(2026, 11, 20)

pytestmark = pytest.mark.django_db


class Offices:
    """A kind of work that makes an office for each key; keys can be told to fail, skip or break."""

    def __init__(self) -> None:
        self.keys = [f"k{n}" for n in range(7)]
        self.trouble: dict[str, str] = {}

    def select(self, run: Run) -> Iterator[str]:
        made = set(Office.objects.values_list("code", flat=True))
        yield from (key for key in self.keys if key not in made)

    def work(self, run: Run, key: str) -> ItemResult:
        Office.objects.create(code=key, name=f"見本{key}", kind=OfficeKind.MUNICIPAL)
        match self.trouble.get(key):
            case "fail":
                return Failed("読めませんでした。")
            case "skip":
                return Skipped("もうありません。")
            case "break":
                raise ZeroDivisionError("氏名 架空花子")
        return Done()


@pytest.fixture
def offices() -> Iterator[Offices]:
    work = Offices()
    registry.add_kind(JobKind("test.offices", "事業所づくり", select=work.select, work=work.work, batch=3))
    yield work
    del registry.kinds["test.offices"]


def test_everything_selected_is_done_once(offices: Offices) -> None:
    run = open_run(kind="test.offices", business_date=DAY)

    assert advance(run.pk)

    run.refresh_from_db()
    assert (run.state, run.selected, progress_of(run).done) == (RunState.DONE, 7, 7)
    assert Office.objects.filter(code__startswith="k").count() == 7


def test_a_run_without_work_is_done_at_once(offices: Offices) -> None:
    offices.keys = []
    run = open_run(kind="test.offices", business_date=DAY)

    assert advance(run.pk)

    run.refresh_from_db()
    assert (run.state, run.selected) == (RunState.DONE, 0)


def test_opening_the_same_run_twice_gives_the_same_row(offices: Offices) -> None:
    assert open_run(kind="test.offices", business_date=DAY) == open_run(kind="test.offices", business_date=DAY)


def test_the_database_refuses_a_second_run_of_the_same_day(offices: Offices) -> None:
    run = open_run(kind="test.offices", business_date=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.create(kind=run.kind, business_date=DAY, requested_at=run.requested_at)


def test_a_run_stopped_between_batches_goes_on_where_it_was(offices: Offices) -> None:
    run = open_run(kind="test.offices", business_date=DAY)
    select_items(run.pk)
    assert work_batch(run) == 3

    assert advance(run.pk)

    assert progress_of(run).done == 7
    assert Office.objects.filter(code__startswith="k").count() == 7


def test_running_again_does_nothing_twice(offices: Offices) -> None:
    run = open_run(kind="test.offices", business_date=DAY)
    advance(run.pk)

    assert select_items(run.pk) == 0
    assert advance(run.pk)

    assert Office.objects.filter(code__startswith="k").count() == 7


def test_new_work_opens_a_run_that_was_over(offices: Offices) -> None:
    run = open_run(kind="test.offices", business_date=DAY)
    advance(run.pk)
    offices.keys.append("k-late")

    assert select_items(run.pk) == 1
    assert advance(run.pk)

    run.refresh_from_db()
    assert (run.state, run.selected) == (RunState.DONE, 8)


def test_one_bad_item_does_not_stop_the_others(offices: Offices) -> None:
    offices.trouble = {"k2": "fail", "k4": "skip"}
    run = open_run(kind="test.offices", business_date=DAY)

    assert advance(run.pk)

    run.refresh_from_db()
    progress = progress_of(run)
    assert (run.state, progress.done, progress.skipped, progress.failed) == (RunState.PARTLY, 5, 1, 1)
    assert run.items.get(key="k2").reason == "読めませんでした。"


def test_an_item_that_breaks_leaves_nothing_and_names_no_person(offices: Offices) -> None:
    offices.trouble = {"k5": "break"}
    run = open_run(kind="test.offices", business_date=DAY)

    assert advance(run.pk)

    item = run.items.get(key="k5")
    assert (item.state, item.attempts) == ("failed", 3)
    assert "ZeroDivisionError" in item.reason
    assert "花子" not in item.reason
    assert not Office.objects.filter(code="k5").exists()


def test_failed_items_can_be_run_again(offices: Offices) -> None:
    offices.trouble = {"k5": "break"}
    run = open_run(kind="test.offices", business_date=DAY)
    advance(run.pk)
    offices.trouble = {}

    assert retry_failed(run.pk) == 1
    assert advance(run.pk)

    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert Office.objects.filter(code="k5").exists()


def test_a_kind_that_cannot_choose_its_work_is_shown_as_failed_and_can_be_started_again(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = open_run(kind="test.offices", business_date=DAY)
    keys, offices.keys = offices.keys, None  # type: ignore[assignment]

    assert advance(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error) == (RunState.FAILED, "対象を選ぶ途中で想定外のエラーが起きました（TypeError）。")

    offices.keys = keys
    select_items(run.pk)
    assert advance(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error, progress_of(run).done) == (RunState.DONE, "", 7)
