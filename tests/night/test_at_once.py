"""Workers on one run do not wait for each other in a circle."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import connection

from jobs.engine import open_run, select_items, work_batch
from jobs.kinds import Done, ItemResult, JobKind, registry
from jobs.models import Run
from tests.night.nights import DAY, server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run() -> Iterator[Run]:
    def work(run: Run, key: str) -> ItemResult:
        return Done()

    registry.add_kind(JobKind("test.at_once", "同時の処理", select=lambda run: ["a", "b"], work=work, batch=1))
    made = open_run(kind="test.at_once", business_date=DAY)
    select_items(made.pk)
    yield made
    del registry.kinds["test.at_once"]


def test_what_is_done_is_kept_although_somebody_is_choosing_more_of_the_run(
    run: Run, eventually: Callable[..., None]
) -> None:
    """Choosing holds the run and waits for items in others' hands; if those waited for the run, neither would go on."""

    def work() -> None:
        work_batch(run)
        connection.close()

    with psycopg.connect(**server(connection.settings_dict["NAME"])) as chooser:
        chooser.execute("select 1 from jobs_run where id = %s for update", [run.pk])
        worker = threading.Thread(target=work)
        worker.start()
        eventually(lambda: run.items.filter(state="done").count() == 1)
        assert worker.is_alive()  # its heartbeat waits, with nothing in its hands
    worker.join(20)
    assert not worker.is_alive()
