"""Logs that tell what happened and where, and nothing about a person.

Names reach logs in three ways: in addresses (a search is a query string), in the messages of exceptions
(a refused row quotes its values), and in the arguments of tasks. So addresses lose their query,
exceptions keep their type and place but not their message, and tasks keep name and id.
"""

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any

import structlog
from gunicorn.glogging import Logger as GunicornOwnLogger

QUERY = re.compile(r"(/[^\s?\"']*)\?[^\s\"']*")
# A one-time link lets whoever holds it choose a password.
ONE_TIME_LINK = re.compile(r"(/enrol/)[^/\s]+")
# What structlog's own integrations put beside an event and what may quote a value.
QUOTING_KEYS = ("error", "reason", "result", "args", "kwargs", "exception", "positional_args", "stack")
# Of a task's log line: which, what became of it, how long it took.
TASK_FIELDS = ("hostname", "id", "name", "description", "runtime")
WITHHELD = "-"


class Discreet(logging.Filter):
    """Takes quoted values out of a log record's arguments before its message is put together."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, Mapping):
            fields = record.args
            record.args = {key: value if key in TASK_FIELDS else WITHHELD for key, value in fields.items()}
        elif isinstance(record.args, tuple):
            record.args = tuple(type(arg).__name__ if isinstance(arg, BaseException) else arg for arg in record.args)
        return True


class GunicornLogger(GunicornOwnLogger):
    """Gunicorn's own messages in the same form as everybody's. There is no access log: ``RequestLog`` is it."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


def without_values(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Structlog processor: cut queries off addresses, replace an exception by its type and its place."""
    exc_info = event.pop("exc_info", None)
    for key in QUOTING_KEYS:
        event.pop(key, None)
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = ONE_TIME_LINK.sub(rf"\1{WITHHELD}", QUERY.sub(r"\1", value))
    if exc_info is True:
        exc_info = sys.exc_info()
    elif isinstance(exc_info, BaseException):
        exc_info = (type(exc_info), exc_info, exc_info.__traceback__)
    if isinstance(exc_info, tuple) and exc_info[1] is not None:
        event["exception"] = exception_types(exc_info[1])
        event["at"] = places(exc_info[2])
    return event


def exception_types(error: BaseException) -> list[str]:
    """The dotted type names of an exception and of what caused it, outermost first."""
    names = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        names.append(f"{type(current).__module__}.{type(current).__qualname__}")
        current = current.__cause__ or current.__context__
    return names


def places(trace: TracebackType | None) -> list[str]:
    """File, line and function of each frame, innermost last; no source lines and no local values."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


def _shared_processors() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def structlog_configuration() -> dict[str, Any]:
    """Keyword arguments for ``structlog.configure``: events go through the standard library's handlers."""
    return {
        "processors": [
            structlog.stdlib.filter_by_level,
            *_shared_processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        "logger_factory": structlog.stdlib.LoggerFactory(),
        "cache_logger_on_first_use": True,
    }


def configuration(level: str) -> dict[str, Any]:
    """The ``LOGGING`` dictionary: one JSON object a line on standard error, for every logger there is."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"discreet": {"()": Discreet}},
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _shared_processors(),
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    without_values,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["discreet"]}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django puts handlers of its own on these.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # Statements with their values.
            "django.db.backends": {"level": "INFO"},
            # Whatever was typed into the user name field; the lock-out itself is kept in the database.
            "axes": {"level": "ERROR"},
            # A line for each step of each letter.
            "weasyprint": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
            "pikepdf": {"level": "WARNING"},
        },
    }
