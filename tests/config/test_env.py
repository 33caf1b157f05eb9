import base64
from pathlib import Path

import pytest

from config.env import CHECKOUT, EnvironmentProblem, read, redis_address

KEY = base64.b64encode(b"k" * 32).decode()
OTHER_KEY = base64.b64encode(b"o" * 32).decode()


def test_nothing_set_means_private_servers_under_the_checkout() -> None:
    env = read({})
    assert (env.database_url, env.celery_broker_url, env.secret_key) == (None, None, None)
    assert env.run_dir == CHECKOUT / ".run"
    assert env.files_dir == CHECKOUT / ".run" / "files"
    assert (env.port, env.process, env.proxy_count) == (8000, "command", 0)


@pytest.mark.parametrize("blank", ["", "   "])
def test_a_variable_that_is_present_but_empty_counts_as_unset(blank: str) -> None:
    names = [
        "DATABASE_URL",
        "CELERY_BROKER_URL",
        "SECRET_KEY",
        "FIELD_KEY",
        "ALLOWED_HOSTS",
        "PORT",
        "TSUNAGI_RUN_DIR",
    ]
    assert read(dict.fromkeys(names, blank)) == read({})


def test_values_arrive_typed() -> None:
    env = read({"ALLOWED_HOSTS": "a.example, b.example,", "PORT": "8080", "FIELD_KEY": f"{KEY},{OTHER_KEY}"})
    assert env.allowed_hosts == ("a.example", "b.example")
    assert env.port == 8080
    assert env.field_keys == (b"k" * 32, b"o" * 32)


def test_a_relative_run_folder_is_taken_from_the_checkout_and_an_absolute_one_as_it_is() -> None:
    assert read({"TSUNAGI_RUN_DIR": ".run/test"}).run_dir == CHECKOUT / ".run/test"
    env = read({"TSUNAGI_RUN_DIR": "/srv/run", "FILES_DIR": "/srv/files"})
    assert (env.run_dir, env.files_dir) == (Path("/srv/run"), Path("/srv/files"))


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"PORT": "eighty"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"PORT": "８０００"}, "PORT"),
        ({"PROXY_COUNT": "-1"}, "PROXY_COUNT"),
        ({"TSUNAGI_PROCESS": "beat"}, "TSUNAGI_PROCESS"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
        ({"FIELD_KEY": "short"}, "FIELD_KEY"),
        ({"FIELD_KEY": f"{KEY},nonsense!"}, "key 2"),
        ({"PORT": "x", "LOG_LEVEL": "y"}, "LOG_LEVEL"),
    ],
)
def test_an_unusable_value_is_named(variables: dict[str, str], told: str) -> None:
    with pytest.raises(EnvironmentProblem, match=told):
        read(variables)


def test_an_unusable_key_is_not_repeated_in_the_message() -> None:
    with pytest.raises(EnvironmentProblem) as problem:
        read({"FIELD_KEY": "c2VjcmV0"})
    assert "c2VjcmV0" not in str(problem.value)


@pytest.mark.parametrize(
    ("broker", "same", "beside"),
    [
        ("redis://host:6379/0", "redis://host:6379/0", "redis://host:6379/1"),
        ("redis://host", "redis://host/0", "redis://host/1"),
        ("rediss://u:p%40@host/3?ssl_cert_reqs=none", "rediss://u:p%40@host/3?ssl_cert_reqs=none", None),
        ("redis+socket:///run/r.sock", "unix:///run/r.sock?db=0", "unix:///run/r.sock?db=1"),
        ("redis+socket:///run/r.sock?virtual_host=4", "unix:///run/r.sock?db=4", "unix:///run/r.sock?db=5"),
    ],
)
def test_the_cache_never_shares_the_database_of_the_broker(broker: str, same: str, beside: str | None) -> None:
    assert redis_address(broker) == same
    assert redis_address(broker, beside=1) == (beside or broker.replace("/3?", "/4?"))


def test_the_environment_is_read_in_one_place_only() -> None:
    """``os.environ`` elsewhere may be written or handed to a child, never asked."""
    asked = ("os.environ[", "os.environ.get", "os.getenv", "environ.get(")
    sources = [path for path in CHECKOUT.glob("*/**/*.py") if not path.relative_to(CHECKOUT).parts[0].startswith(".")]
    assert len(sources) > 50
    found = [
        f"{path.relative_to(CHECKOUT)}: {line.strip()}"
        for path in sources
        if path.relative_to(CHECKOUT).parts[0] != "tests"
        for line in path.read_text().splitlines()
        if any(text in line for text in asked)
    ]
    assert found == []
