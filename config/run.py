"""``make run``: everything from private servers to a site with invented people, until Ctrl-C.

Starts what is not configured (PostgreSQL, Redis), migrates, creates the demonstration data once, starts one
worker with beat and the site, prints where and as whom to sign in, and takes all of it down again.
"""

from __future__ import annotations

import fcntl
import functools
import os
import signal
import socket
import subprocess
import sys
import time
import unicodedata
import urllib.error
import urllib.request
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from config.embedded import EmbeddedServerError, Layout, Servers
from config.env import CHECKOUT, Environment, EnvironmentProblem, read
from config.processes import Asked, AskedToStop, catches, die_with_parent, is_make

DEMO_BORROWERS = 2_000
DEMO_SEED = 1
READY_SECONDS = 60.0
STOP_SECONDS = 5.0
PREDECESSOR_SECONDS = 30.0


class CannotRun(Exception):
    """``str()`` says what is in the way and what to do about it."""


def main() -> int:
    """Run until stopped. Gives 0 when somebody stopped it, 1 when something failed."""
    make = os.getppid() if is_make(os.getppid()) else None
    if make:
        die_with_parent(signal.SIGTERM)  # a killed make cannot pass anything on
        if not catches(make, signal.SIGINT):
            make = None  # started in the background of a script: INT is ignored there, and TERM is passed on
    asked = Asked()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")
    try:
        _run(read(), make, asked)
    except AskedToStop:
        print("Stopped.", flush=True)
        return 0
    except (CannotRun, EmbeddedServerError, EnvironmentProblem) as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    return 0


def _run(env: Environment, make: int | None, asked: Asked) -> None:
    env.run_dir.mkdir(parents=True, exist_ok=True)
    with (env.run_dir / "run.lock").open("a+") as lock:
        _lock(lock, env.run_dir)
        _wait_for_port(env.port)
        servers = Servers(
            Layout.of(env.run_dir), postgres=env.database_url is None, redis_server=env.celery_broker_url is None
        )
        with servers:
            if not servers.owned:
                raise CannotRun("Another command is using the private servers; wait for it or stop it.")
            _say("Servers are up")
            _manage("migrate", "--noinput", "--verbosity", "0")
            if _is_empty():
                _say(f"Creating a demonstration prefecture with {DEMO_BORROWERS:,} borrowers")
                today = datetime.now(ZoneInfo("Asia/Tokyo")).date()
                _manage("demo", "--borrowers", str(DEMO_BORROWERS), "--seed", str(DEMO_SEED), "--as-of", f"{today}")
                _say("Running last night's work")
                _manage("night", "--date", f"{today - timedelta(days=1)}", quiet=True)
            with _Processes(env.run_dir) as processes:
                processes.start("worker", _worker_command(env), stop_with=signal.SIGKILL)
                processes.start("site", _site_command(env), stop_with=signal.SIGTERM)
                _wait_until_ready(env.port, processes)
                _print_welcome(env)
                processes.wait(make, asked)


# --- the two processes ---


def _worker_command(env: Environment) -> list[str]:
    (env.run_dir / "beat").mkdir(exist_ok=True)
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--beat"]
    return [*command, "--loglevel", env.log_level, "--concurrency", "2", "--without-gossip", "--without-mingle"]


def _site_command(env: Environment) -> list[str]:
    command = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn", "--workers", "2"]
    return [*command, "--bind", f"127.0.0.1:{env.port}", "config.wsgi"]


class _Processes:
    """Children in sessions of their own, so that Ctrl-C reaches only us and we stop them in order."""

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = run_dir
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> _Processes:
        return self

    def __exit__(self, *_: object) -> None:
        _end(self._running.values())

    def start(self, name: str, command: Sequence[str], *, stop_with: signal.Signals) -> None:
        """Start a child that logs into the run folder and gets ``stop_with`` should we be killed."""
        with self.log(name).open("wb") as log:
            self._running[name] = subprocess.Popen(
                command,
                cwd=CHECKOUT,
                env=os.environ | {"TSUNAGI_PROCESS": "worker" if name == "worker" else "web"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=functools.partial(die_with_parent, stop_with),
            )

    def log(self, name: str) -> Path:
        return self._run_dir / f"{name}.log"

    def check(self) -> None:
        """:raises CannotRun: when a child ended by itself."""
        for name, process in self._running.items():
            if process.poll() is not None:
                raise CannotRun(f"The {name} ended by itself; its last words are in {self.log(name)}.")

    def wait(self, make: int | None, asked: Asked) -> None:
        """Until somebody stops us, which a ``make`` that was interrupted alone does not say.

        :raises AskedToStop: when we or the ``make`` above us were.
        :raises CannotRun: when a child ended by itself.
        """
        while make is None or catches(make, signal.SIGINT):
            asked.check()
            self.check()
            time.sleep(0.5)
        raise AskedToStop


def _end(processes: Collection[subprocess.Popen[bytes]]) -> None:
    """TERM, and KILL for their whole groups after five seconds: work that was cut off resumes later."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
    for process in processes:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()


# --- steps on the way up ---


def _lock(lock: IO[str], run_dir: Path) -> None:
    """Be the only one; wait for a predecessor that is on its way down, which no longer listens to Ctrl-C.

    :raises CannotRun: when another one is running, or does not end.
    """
    deadline = time.monotonic() + PREDECESSOR_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            lock.seek(0)
            other = lock.read().strip()
            if time.monotonic() > deadline or (other and catches(int(other), signal.SIGINT)):
                raise CannotRun(f"The site is already running from {run_dir} (process {other}).") from None
        time.sleep(0.2)
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()


def _manage(*arguments: str, quiet: bool = False) -> None:
    process = subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if quiet else None,
        start_new_session=True,
        preexec_fn=functools.partial(die_with_parent, signal.SIGKILL),
    )
    try:
        code = process.wait()
    except BaseException:
        _end([process])
        raise
    if code:
        raise CannotRun(f"`manage.py {arguments[0]}` failed.")


def _is_empty() -> bool:
    """Whether nobody has an account yet; a database with accounts is somebody's data and is kept."""
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.db import connection

    try:
        return not get_user_model().objects.exists()
    finally:
        connection.close()


def _wait_for_port(port: int) -> None:
    """A site that was just killed may hold its port for a moment."""
    deadline = time.monotonic() + STOP_SECONDS
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise CannotRun(f"Port {port} is taken. Try `PORT={port + 1} make run`.") from None
        time.sleep(0.2)


def _wait_until_ready(port: int, processes: _Processes) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        processes.check()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise CannotRun(f"The site does not become ready; see {processes.log('site')}.") from None
        time.sleep(0.1)


def _print_welcome(env: Environment) -> None:
    from desk.demo import signins

    _say("")
    _say(f"  http://127.0.0.1:{env.port}/")
    _say("")
    for line in table([("役割", "職員番号", "パスワード", "所属", ""), *signins()]):
        _say(f"  {line}")
    _say("")
    _say(f"Logs are in {env.run_dir}. Ctrl-C stops everything; the data stays.")


def table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines with aligned columns, where a full-width character takes two places."""
    cells = [list(row) for row in rows]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "FW" else 1 for character in text)


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
