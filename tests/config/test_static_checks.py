"""What ``make check`` runs: the tools themselves, so that their findings are the failure message."""

import subprocess
import sys

import pytest

from config.env import CHECKOUT

TOOLS = {
    "mypy": ["-m", "mypy", "."],
    "ruff": ["-m", "ruff", "check", "--no-fix", "."],
    "ruff-format": ["-m", "ruff", "format", "--check", "--diff", "."],
    "djlint-lint": ["-m", "djlint", "--lint", "templates"],
    "djlint-format": ["-m", "djlint", "--check", "templates"],
    "migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
    "system-check": ["manage.py", "check", "--fail-level", "WARNING"],
}


@pytest.mark.first
@pytest.mark.parametrize("tool", TOOLS)
def test_a_static_check_finds_nothing(tool: str) -> None:
    result = subprocess.run([sys.executable, *TOOLS[tool]], cwd=CHECKOUT, capture_output=True, text=True)
    assert result.returncode == 0, f"\n{result.stdout}{result.stderr}"
