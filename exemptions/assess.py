"""Whether a loan may be exempted, on which ground, how much, and why: the one function everybody asks."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from exemptions.assessment import Assessment, GroundOutcome
from exemptions.consents import DO_NOT_NEED_CONSENTS, consents_check
from exemptions.enums import Ground, Result
from exemptions.facts import Facts
from exemptions.grounds import (
    disability,
    events,
    ex_officio,
    later_year,
    long_arrears,
    public_assistance,
    residence_tax,
)
from exemptions.inquiry import Inquiry, Positions
from japan.eras import era_date
from rulebook.findings import Finding
from rulebook.rules import Check
from rulebook.settings import Settings

_ORDER = list(Ground)


def assess(
    facts: Facts,
    *,
    settings: Settings,
    as_of: date,
    asked: Collection[Ground] = tuple(Ground),
    positions: Positions | None = None,
) -> Assessment:
    """Assess one loan on every ground as of a day (EX-01 … EX-60).

    Facts dated after ``as_of`` cannot be known on that day and are ignored. Every ground is looked at to the end; of
    those that hold, the one that exempts the most is named, of equals the one met earliest (EX-36). Consents are
    judged only where there is an application; EX-54 … EX-56 are looked at only where the council begins them itself.
    ``asked`` are the grounds that the result may rest on, for a form that asks for some of them only; the others are
    looked at and listed all the same. ``positions`` are those of this loan already worked out, for callers that ask
    twice. Raises ``ValueError`` for a loan whose plans or ledger cannot be read.
    """
    inquiry = Inquiry(facts.known_on(as_of), settings, as_of, {} if positions is None else positions)
    grounds = _look_at_every_ground(inquiry)
    consents = consents_check(inquiry, asked)
    lacks_consent = consents is not None and consents.finding is Finding.NOT_MET
    allowed = [
        outcome
        for outcome in grounds
        if outcome.ground in asked and (not lacks_consent or outcome.ground in DO_NOT_NEED_CONSENTS)
    ]
    result, chosen = _result(allowed)

    checks = [check for outcome in grounds for check in outcome.checks]
    checks += [check for check in (_earliest_check(inquiry, grounds), consents) if check is not None]
    outstanding = inquiry.position.outstanding
    amount = chosen.amount if chosen else 0
    return Assessment(
        code=facts.loan.code,
        fund=facts.loan.fund,
        as_of=as_of,
        received_on=inquiry.received_on,
        result=result,
        ground=chosen.ground if chosen else None,
        amount=amount,
        remaining=outstanding - amount,
        outstanding=outstanding,
        cut_off=chosen.cut_off if chosen else None,
        known_from=_known_from(allowed) if result is Result.NOT_YET else None,
        first_no=chosen.first_no if chosen else None,
        last_no=chosen.last_no if chosen else None,
        waits_until=chosen.waits_until if chosen else None,
        missing=_missing(allowed) if chosen is None else (),
        checks=tuple(checks),
        grounds=tuple(grounds),
        label_late=residence_tax.is_late(inquiry),
        individual_handling=chosen.individual_handling if chosen else False,
    )


def _look_at_every_ground(inquiry: Inquiry) -> list[GroundOutcome]:
    assistance = public_assistance.look(inquiry)
    certificates = disability.look(inquiry)
    return [
        residence_tax.look(inquiry),
        later_year.look(inquiry),
        assistance,
        certificates,
        long_arrears.look(inquiry, assistance_or_disability=assistance.holds or certificates.holds),
        *events.look(inquiry),
        *ex_officio.look(inquiry),
    ]


def _result(outcomes: list[GroundOutcome]) -> tuple[Result, GroundOutcome | None]:
    """Return the first result that fits, in the order of :class:`Result`, and the ground it rests on."""
    holding = [outcome for outcome in outcomes if outcome.holds]
    if now := [outcome for outcome in holding if outcome.waits_until is None]:
        return Result.ELIGIBLE, _best(now)
    if holding:
        return Result.WAITING, _best(holding)
    if _known_from(outcomes) is not None:
        return Result.NOT_YET, None
    if any(outcome.finding is Finding.UNKNOWN for outcome in outcomes):
        return Result.UNKNOWN, None
    return Result.NOT_ELIGIBLE, None


def _best(holding: Iterable[GroundOutcome]) -> GroundOutcome:
    """Return the ground that exempts the most; of equals the one met earliest, of those the first in order."""
    return min(holding, key=lambda it: (-it.amount, it.met_on or date.max, _ORDER.index(it.ground)))


def _known_from(outcomes: list[GroundOutcome]) -> int | None:
    return min((outcome.known_from for outcome in outcomes if outcome.known_from is not None), default=None)


def _missing(outcomes: list[GroundOutcome]) -> tuple[str, ...]:
    return tuple(sorted(frozenset().union(*(outcome.missing for outcome in outcomes))))


def _earliest_check(inquiry: Inquiry, grounds: list[GroundOutcome]) -> Check | None:
    """Return the look at EX-36 where both requirement ② and ③ hold: the one met earliest is ticked on the form."""
    both = [it for it in grounds if it.ground in (Ground.PUBLIC_ASSISTANCE, Ground.DISABILITY) and it.holds]
    if len(both) < 2:
        return None
    earliest = _best(both)
    because = f"要件②と③の両方に当てはまるため、先に（{era_date(earliest.met_on or inquiry.as_of)}）該当した方による。"
    return inquiry.check("EX-36", Finding.MET, earliest.ground, value=earliest.ground.label, because=because)
