"""What reaches the log. The canaries stand for a person's name."""

import io
import json
import logging
import logging.config
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from django.test import Client

from config import logs
from config.middleware import RequestLog

CANARY = "金糸雀花子"


@pytest.fixture
def logged() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The lines written since the test began, as the production formatter writes them."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    configuration = logs.configuration("INFO")
    configuration["handlers"]["stderr"]["stream"] = stream
    logging.config.dictConfig(configuration)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)


def test_an_exception_is_logged_by_type_and_place_without_its_message(logged: Callable[[], list]) -> None:
    try:
        try:
            raise KeyError(CANARY)
        except KeyError as error:
            raise ValueError(f"no {CANARY}") from error
    except ValueError:
        logging.getLogger("people").exception("Import failed")
        structlog.get_logger("people").exception("import_failed", error=f"no {CANARY}")
    lines = logged()
    assert len(lines) == 2
    for line in lines:
        assert line["exception"] == ["builtins.ValueError", "builtins.KeyError"]
        assert "test_logs.py" in line["at"][-1]
    assert CANARY not in json.dumps(lines, ensure_ascii=False)


def test_an_exception_given_as_an_argument_is_named_only(logged: Callable[[], list]) -> None:
    logging.getLogger("people").warning("Could not read %s: %s", "a file", ValueError(CANARY))
    assert logged()[0]["event"] == "Could not read a file: ValueError"


def test_an_address_loses_its_query(logged: Callable[[], list]) -> None:
    logging.getLogger("gunicorn.error").error("Error handling request %s", f"/people/?q={CANARY}&page=2")
    assert logged()[0]["event"] == "Error handling request /people/"


def test_a_failed_task_is_logged_without_arguments_and_messages(logged: Callable[[], list]) -> None:
    context = {
        "id": "1-2-3",
        "name": "notices.draft",
        "description": "raised unexpected",
        "exc": f"ValueError({CANARY!r})",
        "args": f"({CANARY!r},)",
        "kwargs": "{}",
        "traceback": CANARY,
    }
    message = "Task %(name)s[%(id)s] %(description)s: %(exc)s"
    logging.getLogger("celery.app.trace").error(message, context, extra={"data": context})
    assert logged()[0]["event"] == "Task notices.draft[1-2-3] raised unexpected: -"


def test_statements_with_their_values_are_never_logged(logged: Callable[[], list]) -> None:
    configuration = logs.configuration("DEBUG")
    assert configuration["loggers"]["django.db.backends"]["level"] == "INFO"


@pytest.mark.django_db
def test_a_search_leaves_no_name_in_the_log(logged: Callable[[], list], client: Client) -> None:
    client.get("/somewhere/", {"q": CANARY}, headers={"referer": f"http://testserver/?q={CANARY}"})
    lines = logged()
    requests = [line for line in lines if line["event"].startswith("request_")]
    assert [line["request"] for line in requests] == ["GET /somewhere/"] * 2
    assert CANARY not in json.dumps(lines, ensure_ascii=False)
    assert "%E9%87%91" not in json.dumps(lines)


@pytest.mark.django_db
def test_a_wrong_password_leaves_neither_name_nor_password_in_the_log(
    logged: Callable[[], list], client: Client
) -> None:
    client.post("/accounts/login/", {"login": CANARY, "password": "himitsu-no-aikotoba"})
    text = json.dumps(logged(), ensure_ascii=False)
    assert CANARY not in text
    assert "himitsu" not in text


@pytest.mark.django_db
def test_an_error_page_logs_where_it_broke_and_not_about_whom(
    logged: Callable[[], list], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr("config.health._unapplied_migrations", broken)
    client.raise_request_exception = False
    assert client.get("/readyz", {"q": CANARY}).status_code == 500
    lines = logged()
    assert any(line.get("exception") == ["builtins.RuntimeError"] for line in lines)
    assert CANARY not in json.dumps(lines, ensure_ascii=False)


def test_the_request_is_described_by_method_and_path(rf: Any) -> None:
    assert RequestLog.format_request(rf.post("/people/12/", QUERY_STRING=f"q={CANARY}")) == "POST /people/12/"
