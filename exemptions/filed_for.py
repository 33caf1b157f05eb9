"""Which ground an application is filed for, and which grounds its assessment may rest on. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from exemptions.enums import FORM_1_1_GROUNDS, ApplicationForm, Ground
from exemptions.grades import counts
from exemptions.transcript import Transcript
from exemptions.years import YearsAsked
from japan.eras import era_date

REASON_1 = (Ground.PUBLIC_ASSISTANCE, Ground.DISABILITY)
"""Reason ① of form 1-2: of both only the one met earliest is ticked (EX-36)."""


def ground_filed_for(transcript: Transcript, years: YearsAsked) -> Ground:
    """Return the ground of an application as transcribed: by its fiscal year, or of what is ticked the earliest met."""
    if transcript.form == ApplicationForm.FORM_1_1:
        year = transcript.fiscal_year
        later = year is not None and years.is_later(year)
        return Ground.RESIDENCE_TAX_LATER_YEAR if later else Ground.RESIDENCE_TAX
    ticked = [ground for ground in transcript.form.grounds if ground in transcript.asks_for]
    if not ticked:
        return transcript.form.grounds[0]
    return earliest(ticked, met_on(transcript))


def met_on(transcript: Transcript) -> dict[Ground, date]:
    """The day from which each ground of reason ① was met, as far as its paper says so."""
    found = {}
    if transcript.assistance is not None:
        found[Ground.PUBLIC_ASSISTANCE] = transcript.assistance.since
    card = transcript.certificate
    if card is not None and counts(card.kind, card.grade):
        found[Ground.DISABILITY] = card.issued_on
    return found


def earliest(ticked: Iterable[Ground], days: dict[Ground, date]) -> Ground:
    """Of several ticked grounds the one met earliest; one without a day comes after those that have one (EX-36)."""
    order = list(Ground)
    return min(ticked, key=lambda ground: (days.get(ground, date.max), order.index(ground)))


def asked_of(form: str, ground: str, ticked: Collection[str]) -> tuple[Ground, ...]:
    """The grounds an assessment of a stored application may rest on: ① and ①′ together, else what is ticked."""
    if form == ApplicationForm.FORM_1_1:
        return FORM_1_1_GROUNDS
    return tuple(Ground(item) for item in ticked) or (Ground(ground),)


def asks_for_tax(form: str, grounds: Collection[Ground]) -> bool:
    """Whether residence tax is looked at: of the forms 1-1-x always, of form 1-2 for requirement ④."""
    return form == ApplicationForm.FORM_1_1 or Ground.LONG_ARREARS in grounds


def remarks_on(transcript: Transcript) -> list[str]:
    """What is made of several reasons ticked on one form 1-2, in sentences for the desk (EX-36, EX-42)."""
    both = [ground for ground in REASON_1 if ground in transcript.asks_for]
    days = met_on(transcript)
    found = []
    if len(both) == len(REASON_1):
        first = earliest(both, days)
        since = f"（{era_date(days[first])}）" if first in days else ""
        found.append(f"②と③の両方に印があります。先に該当した「{first.label}」{since}で審査します。")
    if both and Ground.LONG_ARREARS in transcript.asks_for:
        found.append("申請理由①に印があるため、要件④は審査しません。")
    return found
