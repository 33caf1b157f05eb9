"""Django's database entries for the two roles.

The *owner* owns the tables and migrates; the *app* role serves the site and the workers and owns nothing
(:mod:`config.dbroles` says what it may do). Time limits are in milliseconds.
"""

from typing import Any
from urllib.parse import unquote

import environ

from config import embedded
from config.env import Environment

WEB_LIMITS = {"statement_timeout": 15_000, "lock_timeout": 5_000, "idle_in_transaction_session_timeout": 30_000}
WORKER_LIMITS = {
    "statement_timeout": 1_800_000,
    "lock_timeout": 60_000,
    "idle_in_transaction_session_timeout": 600_000,
}
OWNER_LIMITS = {"lock_timeout": 30_000}


def app_database(env: Environment) -> dict[str, Any]:
    """The entry of the role that serves. The site and the workers keep a pool, other commands one connection."""
    config = _from_url(env.database_url) if env.database_url else _embedded(env, embedded.APP_ROLE)
    config["OPTIONS"]["options"] = _limits(WEB_LIMITS if env.process == "web" else WORKER_LIMITS)
    if env.process in ("web", "worker"):
        config["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 4, "timeout": 10, "max_lifetime": 3600}
    return config


def owner_database(env: Environment) -> dict[str, Any]:
    """The entry of the role that migrates. Without an address of its own it is the one of the app."""
    url = env.database_owner_url or env.database_url
    config = _from_url(url) if url else _embedded(env, embedded.OWNER_ROLE)
    config["OPTIONS"]["options"] = _limits(OWNER_LIMITS)
    return config


def _from_url(url: str) -> dict[str, Any]:
    config: dict[str, Any] = dict(environ.Env.db_url_config(url))
    config.setdefault("OPTIONS", {})
    config["HOST"] = unquote(config["HOST"])  # a socket's folder is a host with encoded slashes
    return config | {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}


def _embedded(env: Environment, role: str) -> dict[str, Any]:
    layout = embedded.Layout.of(env.run_dir)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": embedded.DATABASE,
        "USER": role,
        "PASSWORD": "",
        "HOST": str(layout.postgres_socket_dir),
        "PORT": embedded.POSTGRES_PORT,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {},
    }


def _limits(limits: dict[str, int]) -> str:
    # Compiling the long statements (ageing has some thirty steps) takes seconds and saves none.
    return " ".join(["-c jit=off", *(f"-c {name}={milliseconds}" for name, milliseconds in limits.items())])
