"""The one place where the process environment is read.

Everything else asks :data:`django.conf.settings`, which asks :func:`read`. A variable that is present
but empty counts as unset: compose files produce that easily, and an empty database address must not
become a half-configured one.
"""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import environ

CHECKOUT = Path(__file__).resolve().parent.parent

PROCESSES = ("web", "worker", "command")
FIELD_KEY_BYTES = 32


class EnvironmentProblem(Exception):
    """One or more variables cannot be used; ``str()`` names each of them and says why."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The environment as the project understands it. ``None`` or an empty tuple means unset.

    ``database_url`` is the role the site and the workers use, ``database_owner_url`` the one that owns
    the tables and migrates. ``field_keys`` are 32-byte keys; the first one encrypts, all of them decrypt.
    """

    database_url: str | None
    database_owner_url: str | None
    celery_broker_url: str | None
    cache_url: str | None
    secret_key: str | None
    field_keys: tuple[bytes, ...]
    allowed_hosts: tuple[str, ...]
    csrf_trusted_origins: tuple[str, ...]
    run_dir: Path
    files_dir: Path
    port: int
    process: str
    log_level: str
    proxy_count: int


def read(variables: Mapping[str, str] = os.environ) -> Environment:
    """Read the environment once, typed.

    :raises EnvironmentProblem: naming every variable whose value cannot be used.
    """
    env = environ.Env()
    env.ENVIRON = {name: value.strip() for name, value in variables.items() if value.strip()}
    problems: list[str] = []

    def number(name: str, default: int, low: int, high: int) -> int:
        text = env.str(name, default=str(default))
        if text.isascii() and text.isdigit() and low <= int(text) <= high:
            return int(text)
        problems.append(f"{name}: expected a whole number from {low} to {high}")
        return default

    def one_of(name: str, default: str, allowed: tuple[str, ...]) -> str:
        text = env.str(name, default=default)
        if text not in allowed:
            problems.append(f"{name}: expected one of {', '.join(allowed)}")
        return text

    def keys(name: str) -> tuple[bytes, ...]:
        found = []
        for position, text in enumerate(env.list(name, default=[]), start=1):
            try:
                key = base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError):
                key = b""
            if len(key) != FIELD_KEY_BYTES:
                problems.append(f"{name}: key {position} is not {FIELD_KEY_BYTES} bytes in base64")
            found.append(key)
        return tuple(found)

    def names(name: str) -> tuple[str, ...]:
        return tuple(text.strip() for text in env.list(name, default=[]) if text.strip())

    run_dir = _absolute(env.str("TSUNAGI_RUN_DIR", default=".run"))
    found = Environment(
        database_url=env.str("DATABASE_URL", default=None),
        database_owner_url=env.str("DATABASE_OWNER_URL", default=None),
        celery_broker_url=env.str("CELERY_BROKER_URL", default=None),
        cache_url=env.str("CACHE_URL", default=None),
        secret_key=env.str("SECRET_KEY", default=None),
        field_keys=keys("FIELD_KEY"),
        allowed_hosts=names("ALLOWED_HOSTS"),
        csrf_trusted_origins=names("CSRF_TRUSTED_ORIGINS"),
        run_dir=run_dir,
        files_dir=_absolute(env.str("FILES_DIR", default=str(run_dir / "files"))),
        port=number("PORT", 8000, 1, 65535),
        process=one_of("TSUNAGI_PROCESS", "command", PROCESSES),
        log_level=one_of("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        proxy_count=number("PROXY_COUNT", 0, 0, 5),
    )
    if problems:
        raise EnvironmentProblem("; ".join(problems))
    return found


def redis_address(broker_url: str, *, beside: int = 0) -> str:
    """The address redis-py uses for the broker's database, or for one some numbers after it.

    The cache takes the one after: clearing a cache empties the whole database, and the broker's holds tasks.
    ``redis://host:6379/0`` beside 1 is ``redis://host:6379/1``; a socket, ``redis+socket:///path`` for Celery,
    is ``unix:///path?db=1``.
    """
    parts = urlsplit(broker_url)
    if parts.scheme == "redis+socket":
        database = int(dict(parse_qsl(parts.query)).get("virtual_host", "0")) + beside
        return f"unix://{parts.path}?{urlencode({'db': database})}"
    database = int(parts.path.strip("/") or "0") + beside
    return urlunsplit((parts.scheme, parts.netloc, f"/{database}", parts.query, ""))


def _absolute(text: str) -> Path:
    path = Path(text).expanduser()
    return path if path.is_absolute() else CHECKOUT / path
