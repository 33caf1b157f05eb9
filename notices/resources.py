"""The list of letters, as it may be taken out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http import QueryDict

from accounts.models import User
from accounts.roles import Permission
from japan.eras import era_date
from jobs.exporting.kinds import ExportKind, Line
from notices.enums import LetterState
from notices.selectors import label_of, letters_for
from notices.sources import all_sources

CHUNK = 500


def state_and_kind(query: QueryDict) -> tuple[str, str]:
    """The filters of the page of letters; a value that is none of the choices asks for nothing."""
    state, code = query.get("state", ""), query.get("kind", "")
    return state if state in LetterState.values else "", code if code in all_sources() else ""


def letters(user: User, query: QueryDict, at: datetime) -> Iterator[Line]:
    state, code = state_and_kind(query)
    for letter in letters_for(user, state=state, code=code).iterator(chunk_size=CHUNK):
        yield Line(
            letter.pk,
            (
                str(letter),
                label_of(letter),
                letter.addressee.name,
                letter.get_state_display(),
                letter.get_hold_cause_display() if letter.state == LetterState.HELD else "",
                era_date(letter.issued_on) if letter.issued_on else "",
            ),
        )


def in_words(user: User, query: QueryDict) -> str:
    state, code = state_and_kind(query)
    told = [f"状態：{LetterState(state).label}"] if state else []
    return "、".join(told + ([f"種類：{all_sources()[code].label}"] if code else []))


EXPORTS = (
    ExportKind(
        code="letters",
        label="通知の一覧",
        subject="letter",
        columns=("通知", "種類", "宛先", "状態", "止めている理由", "施行日"),
        filters=("state", "kind"),
        rows=letters,
        permissions=frozenset({Permission.SEE_LETTERS}),
        in_words=in_words,
    ),
)
