"""One block of a simulation: what is held is read once, and the rules are asked under both settings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from exemptions.inquiry import Positions
from exemptions.simulating.enums import Sign
from exemptions.simulating.holding import Held
from exemptions.simulating.outcome import Outcome, digest_of, outcome_of, sign_of
from exemptions.simulating.touching import may_touch
from rulebook.moves import Moves
from rulebook.settings import Settings


@dataclass(frozen=True, slots=True)
class Question:
    """What a simulation asks of every loan: the settings of ``as_of`` before and after the change of ``key``."""

    key: str
    moves: Moves
    as_of: date
    before: Settings
    after: Settings


@dataclass(frozen=True, slots=True)
class Difference:
    """One loan that comes out differently."""

    held: Held
    sign: Sign
    before: Outcome
    after: Outcome


@dataclass(frozen=True, slots=True)
class Answer:
    """A block answered: how many loans it has, how many were asked, digests, and the loans that come out differently."""

    loans: int
    asked: int
    held: str
    before: str
    after: str
    differences: tuple[Difference, ...]


def answer(question: Question, block: Sequence[Held]) -> Answer:
    """Ask the rules about each loan of a block that the change may touch; pure."""
    at_rate = cache(lambda rate: tuple(_at_rate(each, rate) for each in (question.before, question.after)))
    before, after, differences = [], [], []
    seen = hashlib.sha256()
    for held in block:
        seen.update(repr(_essence(held)).encode())
        stands, draft = at_rate(held.rate_bp)
        if not may_touch(question.key, held.facts, stands, draft, question.as_of):
            continue
        positions: Positions = {}
        was, comes = (
            outcome_of(held.facts, settings=each, as_of=question.as_of, moves=question.moves, positions=positions)
            for each in (stands, draft)
        )
        before.append((held.loan_id, was))
        after.append((held.loan_id, comes))
        sign = sign_of(was, comes)
        if sign is not None:
            differences.append(Difference(held, sign, was, comes))
    return Answer(
        loans=len(block),
        asked=len(after),
        held=seen.hexdigest(),
        before=digest_of(before),
        after=digest_of(after),
        differences=tuple(differences),
    )


def _essence(held: Held) -> tuple[object, ...]:
    """What is held about a loan, in an order of its own; a ledger row never changes, so its key says enough."""
    loan = held.facts.loan
    facts = replace(held.facts, loan=replace(loan, entries=(), deferrals=()))
    keys = sorted(entry.source_key for entry in loan.entries)
    return (held.loan_id, held.rate_bp, facts, keys, sorted(map(repr, loan.deferrals)))


def _at_rate(settings: Settings, rate_bp: int) -> Settings:
    """The settings with a contract's own rate of late interest (LI-03)."""
    return settings if settings.late_interest_rate_bp == rate_bp else replace(settings, late_interest_rate_bp=rate_bp)
