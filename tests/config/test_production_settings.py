import base64
import subprocess
import sys

import pytest

from config.env import CHECKOUT

COMPLETE = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "DATABASE_URL": "postgresql://app:a%40b@db.example/tsunagi",
    "DATABASE_OWNER_URL": "postgresql://owner:o@db.example/tsunagi",
    "CELERY_BROKER_URL": "redis://redis.example/0",
    "SECRET_KEY": "a-long-random-value-only-for-this-test-0123456789-abcdefghij",
    "ALLOWED_HOSTS": "tsunagi.example.jp",
    "FIELD_KEY": base64.b64encode(bytes(range(32))).decode(),
}
NEEDED = sorted(set(COMPLETE) - {"DJANGO_SETTINGS_MODULE"})


def start(variables: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "DJANGO_SETTINGS_MODULE": "config.settings.production"}
    arguments = command or ("-c", "from django.conf import settings; settings.SECRET_KEY; print('started')")
    return subprocess.run(
        [sys.executable, *arguments], env=environment | variables, cwd=CHECKOUT, capture_output=True, text=True
    )


def test_a_complete_environment_starts() -> None:
    assert start(COMPLETE).stdout == "started\n"


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.parametrize("left", ["missing", "empty"])
def test_each_needed_variable_is_refused_by_name_when_missing(name: str, left: str) -> None:
    variables = {key: value for key, value in COMPLETE.items() if key != name} | (
        {name: ""} if left == "empty" else {}
    )
    result = start(variables)
    assert result.returncode != 0
    assert f"ImproperlyConfigured: Production settings need these environment variables: {name}\n" in result.stderr


def test_everything_that_is_missing_is_told_at_once() -> None:
    message = start({}).stderr.strip().splitlines()[-1]
    assert all(name in message for name in NEEDED)


@pytest.mark.parametrize("process", ["web", "worker"])
def test_what_serves_needs_no_address_of_the_owner(process: str) -> None:
    variables = {k: v for k, v in COMPLETE.items() if k != "DATABASE_OWNER_URL"} | {"TSUNAGI_PROCESS": process}
    assert start(variables).stdout == "started\n"


def test_one_role_for_both_is_refused() -> None:
    result = start(COMPLETE | {"DATABASE_OWNER_URL": COMPLETE["DATABASE_URL"]})
    assert "DATABASE_OWNER_URL must name another role" in result.stderr


def test_an_unusable_value_is_refused_without_showing_it() -> None:
    result = start(COMPLETE | {"FIELD_KEY": "bm90IGEga2V5"})
    assert "ImproperlyConfigured: FIELD_KEY: key 1 is not 32 bytes in base64" in result.stderr
    assert "bm90IGEga2V5" not in result.stderr


def test_the_site_waits_less_long_for_the_database_than_a_worker() -> None:
    question = "from django.conf import settings; o = settings.DATABASES['default']['OPTIONS']; print(o)"
    web = start(COMPLETE | {"TSUNAGI_PROCESS": "web"}, "-c", question).stdout
    worker = start(COMPLETE | {"TSUNAGI_PROCESS": "worker"}, "-c", question).stdout
    assert "statement_timeout=15000 " in web and "lock_timeout=5000 " in web and "'pool'" in web
    assert "statement_timeout=1800000 " in worker and "'pool'" in worker


def test_nothing_that_only_a_demonstration_may_have_is_in_production() -> None:
    question = (
        "from django.conf import settings as s; "
        "print(s.DEBUG, s.DEMO, s.SECOND_FACTOR_ENFORCED, s.SESSION_COOKIE_SECURE, s.CELERY_TASK_ALWAYS_EAGER)"
    )
    assert start(COMPLETE, "-c", question).stdout == "False False True True False\n"


@pytest.mark.first
def test_the_deployment_check_has_nothing_to_say() -> None:
    result = start(COMPLETE, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert result.returncode == 0, result.stderr
    assert result.stdout == "System check identified no issues (0 silenced).\n"
