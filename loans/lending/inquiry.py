"""One application, one day, one question: what every rule of lending looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from loans.enums import FundKind
from loans.lending.facts import LendingFacts
from loans.lending.guide import Guide
from loans.rules import RULEBOOK
from rulebook.findings import Finding
from rulebook.rules import Check
from rulebook.settings import Settings

GENERAL_SUPPORT = frozenset({FundKind.SP_GS_INITIAL, FundKind.SP_GS_EXTENSION, FundKind.SP_GS_RELOAN})


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The facts as they can be known on ``as_of``, the settings, and the regular loan's guide."""

    facts: LendingFacts
    settings: Settings
    as_of: date
    guide: Guide

    @property
    def is_special(self) -> bool:
        """Whether the fund is one of the four special ones."""
        return self.facts.fund != FundKind.REG_SMALL

    @property
    def is_general_support(self) -> bool:
        """Whether the fund is general support (総合支援資金), lent month by month."""
        return self.facts.fund in GENERAL_SUPPORT

    def check(
        self,
        code: str,
        finding: Finding | bool | None,
        *,
        value: str,
        because: str,
        would_change: str = "",
        change_fact: str = "",
        facts: tuple[str, ...] = (),
        missing: tuple[str, ...] = (),
    ) -> Check:
        """Return one look at a rule, in its version of the day of the application, with the origin of its facts."""
        origins = dict.fromkeys(self.facts.origins[name] for name in facts if name in self.facts.origins)
        return Check(
            rule=RULEBOOK.on(code, self.facts.applied_on),
            finding=finding if isinstance(finding, Finding) else Finding.of(finding),
            value=value,
            because=because,
            would_change=would_change,
            change_fact=change_fact,
            facts=facts,
            missing=missing,
            origin="、".join(origins),
        )
