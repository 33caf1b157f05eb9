from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings


def test_alive_is_answered_without_a_login_and_without_a_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_ready_means_database_broker_and_migrations(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "missing": []})


@pytest.mark.django_db
def test_an_unapplied_migration_is_named(client: Client) -> None:
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
    response = client.get("/readyz")
    assert (response.status_code, response.json()["missing"]) == (503, ["migrations"])


@pytest.mark.django_db
def test_a_silent_broker_is_named(client: Client, settings: Settings) -> None:
    settings.CELERY_BROKER_URL = "redis+socket:///nonexistent/redis.sock"
    response = client.get("/readyz")
    assert (response.status_code, response.json()["missing"]) == (503, ["broker"])


@pytest.mark.django_db
def test_a_silent_database_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def refuse(*_: Any) -> None:
        raise OperationalError("connection refused for somebody at some address")

    monkeypatch.setattr("config.health.MigrationExecutor", refuse)
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"status": "not ready", "missing": ["database"]})


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.django_db
def test_health_is_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
