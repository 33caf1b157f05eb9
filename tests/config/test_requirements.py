import re
import tomllib
from pathlib import Path

import pytest

from config.env import CHECKOUT

FILES = ["requirements.txt", "requirements-dev.txt"]
PIN = re.compile(r"^[a-z0-9][a-z0-9._-]*==[^\s;]+( ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def lines(name: str) -> list[str]:
    return [line for line in (CHECKOUT / name).read_text().splitlines() if line and not line.startswith("#")]


def pins(name: str) -> dict[str, str]:
    return dict(line.split(" ")[0].split("==") for line in lines(name) if not line.startswith(" "))


@pytest.mark.parametrize("name", FILES)
def test_a_requirement_file_holds_pins_and_hashes_and_nothing_else(name: str) -> None:
    """So it can name no index, no host and no path: whoever installs decides where from."""
    odd = [line for line in lines(name) if not PIN.match(line) and not HASH.match(line)]
    assert odd == []
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links| @ ", (CHECKOUT / name).read_text())


def test_every_pin_of_the_site_is_the_same_for_development() -> None:
    site, development = pins("requirements.txt"), pins("requirements-dev.txt")
    assert len(site) > 50
    assert site.items() <= development.items()


def test_every_direct_requirement_is_pinned() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    name = re.compile(r"^[a-z0-9-]+")
    direct = {name.match(text)[0] for text in project["project"]["dependencies"]}  # type: ignore[index]
    development = {name.match(text)[0] for text in project["dependency-groups"]["dev"]}  # type: ignore[index]
    assert direct <= set(pins("requirements.txt"))
    assert direct | development <= set(pins("requirements-dev.txt"))


@pytest.mark.parametrize(
    "name", ["pyproject.toml", "Makefile", "Dockerfile", "scripts/setup", "scripts/lock", ".ci/run"]
)
def test_no_file_that_configures_an_install_names_an_index(name: str) -> None:
    text = (CHECKOUT / name).read_text()
    text = text.replace("--no-emit-index-url", "").replace("--no-emit-find-links", "")
    assert not re.search(r"index-url|--index|find-links|tool\.uv\.(index|sources)", text)
    hosts = set(re.findall(r"://(?:[^@/\s]*@)?([^/:\s]+)", text))
    assert hosts <= {"127.0.0.1", "build"}


def test_no_lock_file_with_addresses_is_kept() -> None:
    assert not list(Path(CHECKOUT).glob("uv.lock"))
