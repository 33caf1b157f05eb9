"""The suite's own PostgreSQL and Redis, a fixed day, real worker processes and a real browser.

Servers are private ones under ``.run/test`` (``TSUNAGI_RUN_DIR`` moves them). The main process starts them
before anything is collected; each xdist process has its own database, its own Redis databases.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

CHECKOUT = Path(__file__).resolve().parent.parent
XDIST_NUMBER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))

# Before Django reads its settings: whatever the shell configures is not for tests.
for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "CACHE_URL", "FILES_DIR", "PORT", "TSUNAGI_PROCESS"):
    os.environ.pop(name, None)
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["TSUNAGI_RUN_DIR"] = os.environ.get("TSUNAGI_RUN_DIR") or str(CHECKOUT / ".run" / "test")
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # synchronous Playwright keeps an event loop running

from config.embedded import Layout, Servers  # noqa: E402
from config.processes import die_with_parent  # noqa: E402

LAYOUT = Layout.of(CHECKOUT / os.environ["TSUNAGI_RUN_DIR"])
os.environ["CELERY_BROKER_URL"] = LAYOUT.broker_url_of(2 * XDIST_NUMBER)  # the cache takes the one after it
os.environ["FILES_DIR"] = str(
    LAYOUT.run_dir / "files" / f"gw{XDIST_NUMBER}"
)  # row ids repeat from database to database

import django  # noqa: E402
import psycopg  # noqa: E402
import pytest  # noqa: E402
import time_machine  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

django.setup()

TODAY = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
CHROMIUM = "/usr/bin/chromium"
servers = Servers(LAYOUT, durable=False)


def pytest_configure(config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ and not config.option.collectonly:
        shutil.rmtree(LAYOUT.run_dir / "files", ignore_errors=True)
        servers.start()


def pytest_xdist_setupnodes() -> None:
    """Other processes read their settings only after this file has given each its own broker, cache and files."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def pytest_unconfigure(config: pytest.Config) -> None:
    servers.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("first") is None)


# --- database ---


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Ends whatever sessions threads and processes of tests left open, so that the test database can be dropped."""
    yield
    with django_db_blocker.unblock():
        connection.close()
        database = connection.settings_dict
        server = {"host": database["HOST"], "port": database["PORT"], "user": database["USER"], "dbname": "postgres"}
        with psycopg.connect(**server, autocommit=True) as other:
            other.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = %s and backend_type = 'client backend'",
                [database["NAME"]],
            )


# --- time ---


@pytest.fixture
def today() -> Iterator[date]:
    """Friday, 2026-11-20, 10:00 in Tokyo, standing still."""
    with time_machine.travel(TODAY, tick=False):
        yield TODAY.date()


# --- processes beside the test ---


@pytest.fixture
def process_environment(transactional_db: None) -> dict[str, str]:
    """The environment for a command that shall work on this test's database, broker and cache."""
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@{quote(database['HOST'], safe='')}:{database['PORT']}/{database['NAME']}"
    return os.environ | {"DATABASE_URL": url}


@pytest.fixture
def celery_worker_process(
    process_environment: dict[str, str], tmp_path: Path
) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts real Celery workers on this test's database and broker: ``start("--beat")``. They end with the test.

    A test may kill one with ``os.killpg(worker.pid, signal.SIGKILL)``.
    """
    started: list[subprocess.Popen[bytes]] = []
    redis_client().flushdb()
    (LAYOUT.run_dir / "beat").mkdir(exist_ok=True)

    def start(*arguments: str, concurrency: int = 2) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--loglevel", "INFO"]
        command += ["--concurrency", str(concurrency), "--without-gossip", "--without-mingle", *arguments]
        with (tmp_path / f"worker-{len(started)}.log").open("wb") as log:
            worker = subprocess.Popen(
                command,
                cwd=CHECKOUT,
                env=process_environment | {"TSUNAGI_PROCESS": "worker"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(signal.SIGKILL),
            )
        started.append(worker)
        return worker

    yield start
    for worker in started:
        if worker.poll() is None:
            worker.terminate()
            try:
                worker.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(worker.pid, signal.SIGKILL)
                worker.wait()
    redis_client().flushdb()


def redis_client() -> Any:
    """A client of this process's broker database."""
    import redis

    return redis.Redis(unix_socket_path=str(LAYOUT.redis_socket), db=2 * XDIST_NUMBER)


@pytest.fixture
def eventually() -> Callable[..., None]:
    """``eventually(lambda: …, seconds=20)`` waits until something holds, and fails when it never does."""

    def wait(condition: Callable[[], Any], seconds: float = 20.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"did not happen within {seconds} seconds"
            time.sleep(0.05)

    return wait


# --- the browser ---


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return browser_type_launch_args | {
        "executable_path": CHROMIUM,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {
        "locale": "ja-JP",
        "timezone_id": settings.TIME_ZONE,
        "viewport": {"width": 1280, "height": 800},
    }


@pytest.fixture
def page(page: Any) -> Iterator[Any]:
    """Playwright's page, which also fails the test on a script error or on anything the CSP refused."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield page
    assert complaints == []


@pytest.fixture
def axe_findings() -> Callable[[Any], list[str]]:
    """``axe_findings(page)`` gives one line for each accessibility violation: rule, and where."""
    from axe_playwright_python.sync_playwright import Axe

    def run(page: Any) -> list[str]:
        violations = Axe().run(page).response["violations"]
        return [f"{found['id']}: {node['html']}" for found in violations for node in found["nodes"]]

    return run
