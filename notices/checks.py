"""Start-up check: without the letter fonts every name would be printed in whatever the machine has."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from notices.fonts import missing_families


@register()
def letter_fonts_are_installed(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """One error for each family of the chain that is not there."""
    return [
        Error(
            f"The letter font “{family}” is not installed.",
            hint="Run `make setup`, or install the packages fontconfig, fonts-ipamj-mincho and fonts-noto-cjk.",
            id="notices.E001",
        )
        for family in missing_families()
    ]
