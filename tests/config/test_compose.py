import os
import re
import subprocess

import pytest
import yaml

from config.env import CHECKOUT

VARIABLES = {
    "POSTGRES_PASSWORD": "p",
    "TSUNAGI_OWNER_PASSWORD": "o",
    "TSUNAGI_APP_PASSWORD": "a",
    "SECRET_KEY": "s",
    "FIELD_KEY": "f",
    "ALLOWED_HOSTS": "tsunagi.example.jp",
}


def compose(variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.defpath, "HOME": "/nonexistent", "LANG": "C.UTF-8"}
    return subprocess.run(
        ["docker-compose", "--file", "docker-compose.yml", "config"],
        cwd=CHECKOUT,
        env=environment | variables,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def services() -> dict[str, dict]:
    result = compose(VARIABLES)
    assert result.returncode == 0, result.stderr
    return yaml.safe_load(result.stdout)["services"]


def test_the_file_is_valid_and_has_every_part(services: dict[str, dict]) -> None:
    assert set(services) == {"web", "worker", "beat", "migrate", "postgres", "redis"}


@pytest.mark.parametrize("name", VARIABLES)
def test_each_secret_must_be_given(name: str) -> None:
    result = compose({key: value for key, value in VARIABLES.items() if key != name})
    assert result.returncode != 0
    assert name in result.stderr


def test_only_what_migrates_knows_the_owner_of_the_tables(services: dict[str, dict]) -> None:
    knowing = {name for name, service in services.items() if "tsunagi_owner" in str(service.get("environment"))}
    assert knowing == {"migrate"}
    for name in ("web", "worker", "beat"):
        assert services[name]["environment"]["DATABASE_URL"].startswith("postgresql://tsunagi_app:")


def test_everything_that_stays_up_has_a_health_check(services: dict[str, dict]) -> None:
    dockerfile = (CHECKOUT / "Dockerfile").read_text()
    assert "HEALTHCHECK" in dockerfile  # the web's, which the image brings
    for name in ("worker", "beat", "postgres", "redis"):
        assert services[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")


def test_postgresql_is_made_with_the_locale_that_sorts_and_matches_japanese(services: dict[str, dict]) -> None:
    assert "--locale=C.UTF-8" in services["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]


def test_the_site_listens_on_this_host_alone(services: dict[str, dict]) -> None:
    published = {name: service["ports"] for name, service in services.items() if service.get("ports")}
    assert list(published) == ["web"]
    assert str(published["web"]).count("127.0.0.1") == 1


def test_the_image_runs_as_nobody_in_particular_and_installs_by_hash() -> None:
    lines = (CHECKOUT / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER tsunagi"]
    assert sum(line.startswith("FROM") for line in lines) == 2
    assert any("--require-hashes" in line for line in lines)


def test_image_and_setup_install_the_same_libraries_and_fonts() -> None:
    package = re.compile(r"\b(?:lib(?:pango|harfbuzz)|fonts-)[a-z0-9.-]*")
    image = set(package.findall((CHECKOUT / "Dockerfile").read_text()))
    setup = set(package.findall((CHECKOUT / "scripts" / "setup").read_text()))
    assert image == setup
    assert len(image) == 6
