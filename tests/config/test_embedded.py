"""Private servers: where they live, that they start and stop, and what is left when somebody is killed."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from config.embedded import (
    APP_ROLE,
    DATABASE,
    LONGEST_SOCKET_PATH,
    OWNER_ROLE,
    EmbeddedServerError,
    Layout,
    Servers,
    postgres_processes,
    redis_processes,
    stop_stale,
)
from config.env import CHECKOUT
from config.processes import Asked, AskedToStop

IS_ROOT = os.geteuid() == 0
# A parent that starts the servers, says so and waits to be killed.
PARENT = """
import sys, time
from pathlib import Path
import config.embedded as embedded
if "forgetful" in sys.argv:
    embedded.die_with_parent = lambda number: None
embedded.Servers(embedded.Layout.of(Path(sys.argv[1])), durable=False).start()
print("started", flush=True)
time.sleep(60)
"""


def processes(layout: Layout) -> list[int]:
    return postgres_processes(layout) + redis_processes(layout)


def connect(layout: Layout, role: str = OWNER_ROLE) -> psycopg.Connection:
    return psycopg.connect(host=str(layout.postgres_socket_dir), port=5432, user=role, dbname=DATABASE)


def start_parent(layout: Layout, *arguments: str) -> subprocess.Popen[str]:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(layout.run_dir), *arguments],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "started\n"
    return parent


def kill(parent: subprocess.Popen[str]) -> None:
    parent.kill()
    parent.wait()
    assert parent.stdout is not None
    parent.stdout.close()


@pytest.fixture
def layout() -> Iterator[Layout]:
    """A run folder that everybody may pass into, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="tsunagi-test-", dir="/tmp"))
    folder.chmod(0o755)
    layout = Layout.of(folder / "run")
    yield layout
    stop_stale(layout)
    for left in (folder, layout.postgres_data_dir.parent, layout.postgres_socket_dir, layout.redis_socket.parent):
        shutil.rmtree(left, ignore_errors=True)


# --- where things are ---


def test_asking_where_things_are_makes_nothing(tmp_path: Path) -> None:
    Layout.of(tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_everything_lives_in_the_run_folder_when_it_can(layout: Layout) -> None:
    assert layout.postgres_data_dir == layout.run_dir / "postgres" / "data"
    assert layout.redis_socket == layout.run_dir / "redis" / "redis.sock"


def test_two_checkouts_never_share_a_folder_outside() -> None:
    deep = Path("/tmp") / ("d" * 100)
    first, second = Layout.of(deep / "one"), Layout.of(deep / "two")
    assert first.postgres_socket_dir != second.postgres_socket_dir
    assert first.redis_socket != second.redis_socket


@pytest.mark.parametrize("length", [10, 60, 80, 120, 200])
def test_sockets_never_have_a_path_longer_than_the_kernel_takes(length: int) -> None:
    layout = Layout.of(Path("/tmp") / ("長" * (length // 3)) / "run")
    for socket in (layout.postgres_socket_dir / ".s.PGSQL.5432", layout.redis_socket):
        assert len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH


def test_importing_settings_starts_nothing(layout: Layout) -> None:
    code = "from django.conf import settings; print(settings.DATABASES['default']['HOST'])"
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=CHECKOUT,
        env={
            "PATH": os.defpath,
            "TSUNAGI_RUN_DIR": str(layout.run_dir),
            "DJANGO_SETTINGS_MODULE": "config.settings.demo",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == str(layout.postgres_socket_dir)
    assert not layout.run_dir.exists()


# --- starting and stopping ---


def test_servers_start_keep_their_data_and_leave_nothing_running(layout: Layout) -> None:
    with Servers(layout, durable=False), connect(layout) as connection:
        assert len(processes(layout)) == 2
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('残る')")
    assert processes(layout) == []
    with Servers(layout, durable=False), connect(layout) as connection:
        assert connection.execute("SELECT word FROM kept").fetchone() == ("残る",)
    assert processes(layout) == []


def test_nothing_listens_on_the_network(layout: Layout) -> None:
    with Servers(layout, durable=False), connect(layout) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW unix_socket_permissions").fetchone() == ("0700",)
        assert layout.postgres_socket_dir.stat().st_mode & 0o077 == 0
        assert layout.redis_socket.parent.stat().st_mode & 0o077 == 0


def test_the_database_sorts_and_matches_japanese_and_the_served_role_owns_nothing(layout: Layout) -> None:
    with Servers(layout, durable=False), connect(layout, APP_ROLE) as connection:
        row = connection.execute(
            "SELECT datcollate, datctype, pg_encoding_to_char(encoding), pg_get_userbyid(datdba)"
            " FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        assert row == ("C.UTF-8", "C.UTF-8", "UTF8", OWNER_ROLE)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (id int)")


def test_a_run_is_safe_against_power_loss_and_only_the_suite_is_not(layout: Layout) -> None:
    with Servers(layout), connect(layout) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SHOW wal_compression").fetchone() == ("lz4",)
        assert connection.execute("SHOW max_wal_size").fetchone() == ("2GB",)


def test_whoever_comes_second_uses_the_servers_and_leaves_them_running(layout: Layout) -> None:
    with Servers(layout, durable=False) as first:
        before = processes(layout)
        with Servers(layout) as second:
            assert (first.owned, second.owned) == (True, False)
        assert processes(layout) == before


def test_root_keeps_its_cluster_outside_when_the_postgres_user_cannot_reach_the_checkout(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    layout = Layout.of(closed / "run")
    outside = layout.postgres_data_dir.parent
    assert outside.parent == (Path("/var/tmp") if IS_ROOT else layout.run_dir)
    try:
        with Servers(layout, durable=False), connect(layout) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
            assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(outside)
    assert processes(layout) == []


def test_a_folder_that_somebody_else_put_there_is_refused(layout: Layout, tmp_path: Path) -> None:
    layout.run_dir.mkdir()
    layout.redis_dir.symlink_to(tmp_path)
    with pytest.raises(EmbeddedServerError, match="belongs to somebody else"):
        Servers(layout, durable=False).start()
    assert processes(layout) == []


# --- what a killed parent leaves ---


def test_servers_end_by_themselves_when_their_parent_is_killed(
    layout: Layout, eventually: Callable[..., None]
) -> None:
    parent = start_parent(layout)
    assert len(processes(layout)) == 2
    kill(parent)
    eventually(lambda: processes(layout) == [])


def test_servers_that_outlived_their_parent_are_stopped_by_the_next_start(layout: Layout) -> None:
    parent = start_parent(layout, "forgetful")
    kill(parent)
    time.sleep(0.2)
    orphans = processes(layout)
    assert len(orphans) == 2
    with Servers(layout, durable=False), connect(layout) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert not set(orphans) & set(processes(layout))
    assert processes(layout) == []


def test_a_pid_file_of_a_crashed_machine_does_not_keep_postgresql_from_starting(layout: Layout) -> None:
    with Servers(layout, durable=False):
        pass
    # The number of a process that lives and is not ours, as after a reboot.
    (layout.postgres_data_dir / "postmaster.pid").write_text(f"{os.getpid()}\n{layout.postgres_data_dir}\n")
    with Servers(layout, durable=False), connect(layout) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_other_servers_of_the_machine_are_never_touched(layout: Layout) -> None:
    other = Layout.of(layout.run_dir.parent / "other")
    with Servers(other, durable=False):
        theirs = processes(other)
        kill(start_parent(layout, "forgetful"))
        with Servers(layout, durable=False):
            assert processes(other) == theirs
        assert processes(other) == theirs
    assert processes(layout) == []


# --- the helper ---


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_helper_that_is_interrupted_leaves_nothing(
    layout: Layout, number: signal.Signals, code: int, eventually: Callable[..., None]
) -> None:
    helper = subprocess.Popen(
        [sys.executable, "-m", "config.embedded", "--", "sleep", "60"],
        cwd=CHECKOUT,
        env=without_addresses(layout),
    )
    eventually(lambda: len(processes(layout)) == 2 and layout.redis_socket.exists())
    eventually(lambda: Path(f"/proc/{helper.pid}/task/{helper.pid}/children").read_text().count(" ") == 3)
    helper.send_signal(number)
    assert helper.wait(30) == code
    assert processes(layout) == []


def test_a_signal_whose_exception_is_thrown_away_still_stops_what_waits(request: pytest.FixtureRequest) -> None:
    """As while Python forks: the handler ran, and nobody saw what it raised."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    request.addfinalizer(lambda: [signal.signal(*each) for each in before.items()])
    asked = Asked()
    asked.check()
    with contextlib.suppress(AskedToStop):
        os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(AskedToStop):
        asked.check()
    assert asked.number == signal.SIGTERM


def test_a_helper_gives_back_the_exit_code_of_its_command(layout: Layout) -> None:
    command = [sys.executable, "-m", "config.embedded", "--"]
    assert subprocess.call([*command, "sh", "-c", "exit 7"], cwd=CHECKOUT, env=without_addresses(layout)) == 7
    assert processes(layout) == []


def without_addresses(layout: Layout) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("CELERY_BROKER_URL", "DATABASE_URL")}
    return kept | {"TSUNAGI_RUN_DIR": str(layout.run_dir)}
