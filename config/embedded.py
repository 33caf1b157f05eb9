"""Private PostgreSQL and Redis servers for a laptop and for the test suite.

They are the system's own binaries, started under one folder (``.run/`` unless ``TSUNAGI_RUN_DIR`` says
otherwise), reachable over Unix sockets only and stopped with whoever started them. Servers of the machine
are never touched: only processes whose data folder is ours are.

``python -m config.embedded -- COMMAND…`` runs a command beside them, for example a Django shell.
"""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any
from urllib.parse import quote

import psycopg
import redis
from psycopg import sql

from config.processes import Asked, AskedToStop, die_with_parent

DATABASE = "tsunagi"
OWNER_ROLE = "tsunagi_owner"
APP_ROLE = "tsunagi_app"
POSTGRES_PORT = "5432"  # only the name of the socket file: nothing listens on TCP
POSTGRES_SYSTEM_USER = "postgres"
NEWEST_POSTGRES = Path("/usr/lib/postgresql")
OLDEST_SUPPORTED_MAJOR = 15

# sockaddr_un holds 108 bytes including the closing zero.
LONGEST_SOCKET_PATH = 107
START_SECONDS = 60.0
STOP_SECONDS = 20.0


class EmbeddedServerError(Exception):
    """A private server cannot be started; ``str()`` says what a person can do about it."""


# --- where things are: pure, so that settings may ask without starting anything -----------------------


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the servers of one run folder live. Asking for it creates and starts nothing.

    PostgreSQL refuses to run as root. For root it runs as the system user of its package, so its folder
    moves to ``/var/tmp`` when that user cannot reach the run folder.
    """

    run_dir: Path
    postgres_data_dir: Path
    postgres_socket_dir: Path
    redis_dir: Path
    redis_socket: Path
    postgres_uid: int
    postgres_gid: int

    @classmethod
    def of(cls, run_dir: Path) -> Layout:
        run_dir = run_dir.absolute()
        uid, gid = _postgres_ids()
        name = "tsunagi-" + hashlib.sha256(os.fsencode(run_dir)).hexdigest()[:12]
        home = run_dir / "postgres"
        if uid != os.geteuid() and not _reachable_by(uid, gid, run_dir):
            home = Path("/var/tmp") / name
        socket_dir = home / "socket"
        if len(os.fsencode(socket_dir / f".s.PGSQL.{POSTGRES_PORT}.lock")) > LONGEST_SOCKET_PATH:
            socket_dir = Path("/var/tmp") / f"{name}-socket"
        redis_dir = run_dir / "redis"
        redis_socket = redis_dir / "redis.sock"
        if len(os.fsencode(redis_socket)) > LONGEST_SOCKET_PATH:
            redis_socket = Path("/var/tmp") / f"{name}-redis" / "redis.sock"
        return cls(
            run_dir=run_dir,
            postgres_data_dir=home / "data",
            postgres_socket_dir=socket_dir,
            redis_dir=redis_dir,
            redis_socket=redis_socket,
            postgres_uid=uid,
            postgres_gid=gid,
        )

    @property
    def broker_url(self) -> str:
        """The address Celery uses; redis-py calls the same socket ``unix://…``."""
        return self.broker_url_of(0)

    def broker_url_of(self, database: int) -> str:
        return f"redis+socket://{quote(str(self.redis_socket))}?virtual_host={database}"


def _postgres_ids() -> tuple[int, int]:
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    try:
        account = pwd.getpwnam(POSTGRES_SYSTEM_USER)
    except KeyError:
        return 0, 0
    return account.pw_uid, account.pw_gid


def _reachable_by(uid: int, gid: int, folder: Path) -> bool:
    """Whether a user can pass through every existing parent of a folder (the folder itself we open later)."""
    for parent in folder.parents:
        try:
            found = parent.stat()
        except FileNotFoundError:
            continue
        if found.st_uid == uid:
            bit = stat.S_IXUSR
        elif found.st_gid == gid:
            bit = stat.S_IXGRP
        else:
            bit = stat.S_IXOTH
        if not found.st_mode & bit:
            return False
    return True


def postgres_bin_dir(major: int | None = None) -> Path:
    """The folder with ``postgres`` and ``initdb``: the wanted major version, or the newest one.

    :raises EmbeddedServerError: when there is none, or only versions below 15.
    """
    versions = {
        int(folder.name): folder / "bin"
        for folder in NEWEST_POSTGRES.glob("*")
        if folder.name.isdigit() and (folder / "bin" / "initdb").exists()
    }
    if not versions and (found := shutil.which("initdb")):
        folder = Path(found).resolve().parent
        text = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
        versions = {int(match[1]): folder for match in [re.search(r"(\d+)", text)] if match}
    if major is not None and major not in versions:
        raise EmbeddedServerError(f"The private database was made by PostgreSQL {major}, which is not installed here")
    newest = major if major is not None else max(versions, default=0)
    if newest < OLDEST_SUPPORTED_MAJOR:
        raise EmbeddedServerError(f"PostgreSQL {OLDEST_SUPPORTED_MAJOR} or newer is needed: run `make setup`")
    return versions[newest]


# --- starting and stopping ----------------------------------------------------------------------------


class Servers:
    """The private servers of a run folder, as a context manager.

    Whoever enters first starts them and stops them on leaving. Others who enter meanwhile use the running
    ones and leave them alone. ``durable=False`` gives up safety against power loss, for tests.
    """

    def __init__(
        self, layout: Layout, *, postgres: bool = True, redis_server: bool = True, durable: bool = True
    ) -> None:
        self.layout = layout
        self.durable = durable
        self.owned = False
        self._wanted = {"postgres": postgres, "redis": redis_server}
        self._lock: IO[str] | None = None
        self._postgres: subprocess.Popen[bytes] | None = None
        self._redis: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Servers:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start what is wanted, or find it running.

        :raises EmbeddedServerError: when a binary is missing, a folder is not ours, or a server does not answer.
        """
        self._prepare_folders()
        if not self._acquire_or_find_running():
            return
        self.owned = True
        try:
            stop_stale(self.layout)
            if self._wanted["redis"]:
                self._start_redis()
            if self._wanted["postgres"]:
                self._start_postgres()
            self._wait_until_ready()
            if self._wanted["postgres"]:
                self._prepare_database()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Redis first, then PostgreSQL. Does nothing when somebody else started them."""
        for process, gentle in ((self._redis, signal.SIGTERM), (self._postgres, signal.SIGINT)):
            if process is not None and process.poll() is None:
                process.send_signal(gentle)
                try:
                    process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGQUIT if process is self._postgres else signal.SIGKILL)
                    process.wait(STOP_SECONDS)
        self._redis = self._postgres = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        self.owned = False

    def _acquire_or_find_running(self) -> bool:
        """True when the servers are ours to start; False when somebody else's answer. Waits while they come or go."""
        self._lock = (self.layout.run_dir / "servers.lock").open("w")
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                found = self._all_answer()
            if found or time.monotonic() > deadline:
                self._lock.close()
                self._lock = None
                if found:
                    return False
                raise EmbeddedServerError(f"Another command holds {self.layout.run_dir} but its servers do not answer")
            time.sleep(0.1)

    def _all_answer(self) -> bool:
        """Whether the servers are there for everybody: PostgreSQL with its database and both roles."""
        postgres = not self._wanted["postgres"] or self._postgres_answers(DATABASE, APP_ROLE)
        return postgres and (not self._wanted["redis"] or self._redis_answers())

    # --- PostgreSQL ---

    def _start_postgres(self) -> None:
        data = self.layout.postgres_data_dir
        version_file = data / "PG_VERSION"
        if not version_file.exists():
            self._initdb()
        binaries = postgres_bin_dir(int(version_file.read_text()))
        log = (self.layout.run_dir / "postgres.log").open("ab")
        with log:
            self._postgres = subprocess.Popen(
                [
                    str(binaries / "postgres"),
                    "-D",
                    str(data),
                    *_postgres_options(self.layout, self._wal_compression(binaries), durable=self.durable),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                preexec_fn=functools.partial(die_with_parent, signal.SIGINT),
                **self._as_postgres(),
            )

    def _initdb(self) -> None:
        command = [postgres_bin_dir() / "initdb", "-D", self.layout.postgres_data_dir, "--username=postgres"]
        command += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        command += [] if self.durable else ["--no-sync"]
        if os.geteuid() == 0 and self.layout.postgres_uid == 0:
            raise EmbeddedServerError("PostgreSQL does not run as root and its own user is missing: run `make setup`")
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd="/",
            **self._as_postgres(),
        )
        if done.returncode:
            raise EmbeddedServerError(f"initdb failed:\n{done.stderr}")

    def _wal_compression(self, binaries: Path) -> str:
        """``lz4`` where this build of PostgreSQL has it, its own method otherwise."""
        data = str(self.layout.postgres_data_dir)
        asked = [str(binaries / "postgres"), "-D", data, "-c", "wal_compression=lz4", "-C", "wal_compression"]
        done = subprocess.run(asked, stdin=subprocess.DEVNULL, capture_output=True, cwd="/", **self._as_postgres())
        return "lz4" if done.returncode == 0 else "on"

    def _as_postgres(self) -> dict[str, Any]:
        if self.layout.postgres_uid == os.geteuid():
            return {}
        return {"user": self.layout.postgres_uid, "group": self.layout.postgres_gid, "extra_groups": []}

    def _prepare_database(self) -> None:
        """Roles and database, once. The owner may create databases, which the tests and ``bench`` do."""
        with self._connect("postgres") as connection:
            roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            owner, app, database = (sql.Identifier(name) for name in (OWNER_ROLE, APP_ROLE, DATABASE))
            if OWNER_ROLE not in roles:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(owner))
            if APP_ROLE not in roles:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(app))
            # So that the owner can act as the other one and see what it may do.
            connection.execute(sql.SQL("GRANT {} TO {}").format(app, owner))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))

    def _connect(self, database: str, role: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self.layout.postgres_socket_dir),
            port=POSTGRES_PORT,
            user=role,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    # --- Redis ---

    def _start_redis(self) -> None:
        binary = shutil.which("redis-server")
        if binary is None:
            raise EmbeddedServerError("redis-server is not installed: run `make setup`")
        log = (self.layout.run_dir / "redis.log").open("ab")
        with log:
            self._redis = subprocess.Popen(
                [binary, *_redis_options(self.layout, durable=self.durable)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.layout.redis_dir,
                start_new_session=True,
                preexec_fn=functools.partial(die_with_parent, signal.SIGTERM),
            )

    # --- both ---

    def _prepare_folders(self) -> None:
        layout = self.layout
        layout.run_dir.mkdir(parents=True, exist_ok=True)
        if layout.postgres_data_dir.is_relative_to(layout.run_dir) and layout.postgres_uid != os.geteuid():
            layout.run_dir.chmod(0o711)
        if self._wanted["postgres"]:
            for folder in (layout.postgres_data_dir.parent, layout.postgres_socket_dir):
                _private_folder(folder, layout.postgres_uid, layout.postgres_gid)
        if self._wanted["redis"]:
            for folder in (layout.redis_dir, layout.redis_socket.parent):
                _private_folder(folder, os.geteuid(), os.getegid())

    def _wait_until_ready(self) -> None:
        checks = [("postgres", self._postgres_answers), ("redis", self._redis_answers)]
        waiting = [(name, check) for name, check in checks if self._wanted[name]]
        deadline = time.monotonic() + START_SECONDS
        while waiting:
            waiting = [(name, check) for name, check in waiting if not check()]
            for name, process in (("postgres", self._postgres), ("redis", self._redis)):
                if process is not None and process.poll() is not None:
                    raise EmbeddedServerError(f"{name} stopped at once; see {self.layout.run_dir / f'{name}.log'}")
            if waiting and time.monotonic() > deadline:
                raise EmbeddedServerError(f"{waiting[0][0]} does not answer; see the logs in {self.layout.run_dir}")
            time.sleep(0.05 if waiting else 0)

    def _postgres_answers(self, database: str = "postgres", role: str = "postgres") -> bool:
        try:
            self._connect(database, role).close()
        except psycopg.OperationalError:
            return False
        return True

    def _redis_answers(self) -> bool:
        client = redis.Redis(unix_socket_path=str(self.layout.redis_socket))
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


def _postgres_options(layout: Layout, wal_compression: str, *, durable: bool) -> list[str]:
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(layout.postgres_socket_dir),
        "unix_socket_permissions": "0700",
        "port": POSTGRES_PORT,
        "max_connections": "100",
        "shared_buffers": "256MB",
        "max_wal_size": "2GB",
        "wal_compression": wal_compression,
        "timezone": "Asia/Tokyo",
        "log_timezone": "Asia/Tokyo",
        # A statement may carry a person's name. Its text stays out of the log, and so do the values of a failed row.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]


def _redis_options(layout: Layout, *, durable: bool) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": str(layout.redis_socket),
        "unixsocketperm": "700",
        "dir": str(layout.redis_dir),
        "save": "",
        "appendonly": "yes" if durable else "no",
        "daemonize": "no",
        "databases": "64",
    }
    return [part for name, value in options.items() for part in (f"--{name}", value)]


def _private_folder(folder: Path, uid: int, gid: int) -> None:
    """Make a folder that only one user may enter, and refuse one that somebody else put there.

    :raises EmbeddedServerError: when the place is taken by a link or by another user's folder.
    """
    if not folder.parent.exists():
        folder.parent.mkdir(parents=True)
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, uid, gid)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid:
            raise EmbeddedServerError(f"{folder} belongs to somebody else; remove it or set TSUNAGI_RUN_DIR") from None
        folder.chmod(0o700)


# --- what a killed parent left behind -------------------------------------------------------------------


def stop_stale(layout: Layout) -> None:
    """Stop servers of this layout whose parent is gone. The caller holds the lock, so nobody uses them."""
    _end(postgres_processes(layout), signal.SIGINT, signal.SIGQUIT)
    _end(redis_processes(layout), signal.SIGTERM, signal.SIGKILL)
    (layout.postgres_data_dir / "postmaster.pid").unlink(missing_ok=True)


def postgres_processes(layout: Layout) -> list[int]:
    """Process ids of the PostgreSQL main process on our data folder, recognised by its ``-D``."""
    wanted = os.fsencode(layout.postgres_data_dir)
    return [
        pid
        for pid, arguments in _processes()
        if os.path.basename(arguments[0]) == b"postgres"
        and (b"-D", wanted) in zip(arguments, arguments[1:], strict=False)
    ]


def redis_processes(layout: Layout) -> list[int]:
    """Process ids of the Redis server on our socket; it writes the socket into its own title."""
    wanted = os.fsencode(layout.redis_socket)
    return [
        pid
        for pid, arguments in _processes()
        if b"redis-server" in arguments[0] and any(wanted in argument for argument in arguments)
    ]


def _processes() -> Iterable[tuple[int, list[bytes]]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                arguments = (entry / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
            except OSError:
                continue
            if arguments[0]:
                yield int(entry.name), arguments


def _end(pids: Sequence[int], gentle: signal.Signals, hard: signal.Signals) -> None:
    for number, patience in ((gentle, STOP_SECONDS), (hard, STOP_SECONDS)):
        for pid in pids:
            _signal(pid, number)
        deadline = time.monotonic() + patience
        while pids and time.monotonic() < deadline:
            pids = [pid for pid in pids if _alive(pid)]
            time.sleep(0.05 if pids else 0)
    if pids:
        raise EmbeddedServerError(f"Servers of an earlier run do not stop: {', '.join(map(str, pids))}")


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


# --- the helper -----------------------------------------------------------------------------------------


def main(arguments: Sequence[str]) -> int:
    """Run a command beside the servers and give back its exit code; 130 and 143 when we were interrupted."""
    from config.env import read

    command = list(arguments[1:] if arguments[:1] == ["--"] else arguments)
    if not command:
        print("usage: python -m config.embedded -- COMMAND…", file=sys.stderr)
        return 2
    env = read()
    servers = Servers(
        Layout.of(env.run_dir), postgres=env.database_url is None, redis_server=env.celery_broker_url is None
    )
    asked = Asked()
    try:
        with servers:
            return _beside(command, asked)
    except AskedToStop:
        return 128 + (asked.number or 0)
    except (EmbeddedServerError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1


def _beside(command: Sequence[str], asked: Asked) -> int:
    """Run a command to its end, and not a moment longer than we are allowed to run ourselves."""
    process = subprocess.Popen(command, preexec_fn=functools.partial(die_with_parent, signal.SIGTERM))
    try:
        while (code := process.poll()) is None:
            asked.check()
            time.sleep(0.1)
        return code
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
