"""A real worker on the suite's own broker and database."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import Office
from config.celery import app
from config.env import CHECKOUT

Start = Callable[..., subprocess.Popen[bytes]]


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def answers() -> bool:
    return bool(app.control.inspect(timeout=1).ping())


def test_a_worker_answers_over_redis_and_its_children_die_with_it(
    celery_worker_process: Start, eventually: Callable[..., None]
) -> None:
    worker = celery_worker_process("--beat", concurrency=2)
    eventually(answers, seconds=60)
    eventually(lambda: len(children(worker.pid)) >= 3, seconds=60)  # two that work, and beat
    family = children(worker.pid)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family))


def test_a_worker_ends_on_term(celery_worker_process: Start, eventually: Callable[..., None]) -> None:
    worker = celery_worker_process(concurrency=1)
    eventually(answers, seconds=60)
    worker.terminate()
    assert worker.wait(30) == 0


@pytest.mark.django_db(transaction=True)
def test_a_command_beside_a_test_sees_the_rows_of_the_test(process_environment: dict[str, str]) -> None:
    Office.objects.create(code="9", name="見本市社協", kind="municipal")
    result = subprocess.run(
        [
            sys.executable,
            "manage.py",
            "shell",
            "-v",
            "0",
            "-c",
            "from accounts.models import *; print(Office.objects.get())",
        ],
        cwd=CHECKOUT,
        env=process_environment,
        capture_output=True,
        text=True,
    )
    assert result.stdout == "見本市社協\n", result.stderr


def test_a_task_is_never_run_in_the_process_that_sends_it_and_never_lost_with_a_worker() -> None:
    assert settings.CELERY_TASK_ALWAYS_EAGER is False
    assert app.conf.task_acks_late and app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.accept_content == ["json"]
    assert app.conf.broker_transport_options["visibility_timeout"] == 3600


def test_each_process_of_the_suite_has_a_broker_a_cache_and_files_of_its_own() -> None:
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    assert settings.CELERY_BROKER_URL.endswith(f"virtual_host={2 * number}")
    assert settings.CACHES["default"]["LOCATION"].endswith(f"db={2 * number + 1}")
    assert settings.FILES_DIR.name == f"gw{number}"
