"""Questions about letters: what is due tonight, what is held and why, how a run stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from notices.enums import LetterState, PrintRunState
from notices.kinds import kind
from notices.models import Letter, PrintRun
from notices.sources import LetterSource, Occasion, all_sources
from people.addresses import withheld_people

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class KindCounts:
    """How many letters of one kind stand where: due but not drafted, drafted, held, to be bound."""

    code: str
    label: str
    due: int
    drafted: int
    held: int
    rendered: int


@dataclass(frozen=True, slots=True)
class DueLetter:
    """A letter the night will draft: its kind and occasion."""

    code: str
    label: str
    occasion: str


def described_due(letters: list[DueLetter]) -> list[tuple[DueLetter, Occasion]]:
    """Letters that are due, with to whom and about what; one query for each kind among them."""
    sources = all_sources()
    words: dict[tuple[str, str], Occasion] = {}
    for code in {letter.code for letter in letters}:
        occasions = [letter.occasion for letter in letters if letter.code == code]
        words |= {(code, occasion): told for occasion, told in sources[code].describe(occasions).items()}
    return [
        (letter, words[letter.code, letter.occasion]) for letter in letters if (letter.code, letter.occasion) in words
    ]


def undrafted(source: LetterSource, day: date) -> Iterator[str]:
    """The occasions of a source that are due by a day and have no letter yet."""
    occasions = iter(source.due(day))
    while chunk := list(islice(occasions, CHUNK)):
        written = set(Letter.objects.filter(kind=source.kind, occasion__in=chunk).values_list("occasion", flat=True))
        yield from (occasion for occasion in chunk if occasion not in written)


def label_of(letter: Letter) -> str:
    """What a letter is called: the title printed on it."""
    return kind(letter.kind, letter.template_version).label_ja


def due_tonight(day: date) -> list[DueLetter]:
    """Every letter that the night of a day will draft."""
    return [
        DueLetter(code=source.kind, label=source.label, occasion=occasion)
        for source in all_sources().values()
        for occasion in undrafted(source, day)
    ]


def count_due(day: date) -> int:
    """How many letters the night of a day will draft; one query for all kinds that can be counted as rows."""
    sources = all_sources().values()
    columns = [_undrafted_rows(source, source.due_rows(day)) for source in sources if source.due_rows is not None]
    counted = columns[0].union(*columns[1:], all=True).count() if columns else 0
    return counted + sum(1 for source in sources if source.due_rows is None for _ in undrafted(source, day))


def _undrafted_rows(source: LetterSource, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.exclude(Exists(Letter.objects.filter(kind=source.kind, occasion=OuterRef("occasion"))))


def counts_by_kind(user: User, due: list[DueLetter]) -> list[KindCounts]:
    """The letters on their way, kind by kind; one query besides what is due."""
    open_states = [LetterState.DRAFTED, LetterState.HELD, LetterState.RENDERED]
    rows = (
        Letter.objects.visible_to(user)
        .filter(state__in=open_states)
        .values("kind")
        .annotate(
            drafted=Count("pk", filter=Q(state=LetterState.DRAFTED)),
            held=Count("pk", filter=Q(state=LetterState.HELD)),
            rendered=Count("pk", filter=Q(state=LetterState.RENDERED)),
        )
    )
    stored: dict[str, Any] = {row["kind"]: row for row in rows}
    none = {"drafted": 0, "held": 0, "rendered": 0}
    return [
        KindCounts(
            code=source.kind,
            label=source.label,
            due=sum(1 for letter in due if letter.code == source.kind),
            drafted=stored.get(source.kind, none)["drafted"],
            held=stored.get(source.kind, none)["held"],
            rendered=stored.get(source.kind, none)["rendered"],
        )
        for source in all_sources().values()
    ]


def letters_for(user: User, *, state: str = "", code: str = "") -> QuerySet[Letter]:
    """The letters a member of staff may see, newest first, with their addressee."""
    letters = Letter.objects.visible_to(user).select_related("addressee", "run").order_by("-pk")
    if state:
        letters = letters.filter(state=state)
    return letters.filter(kind=code) if code else letters


def for_person(person_id: int) -> QuerySet[Letter]:
    """The letters of one person, newest first, for the borrower page. The asker has been admitted to the person."""
    return Letter.objects.filter(addressee=person_id).select_related("run").order_by("-pk")


def runs_for(user: User) -> QuerySet[PrintRun]:
    """The print runs this member of staff may open: letters of every office lie in them."""
    if not (user.can(Permission.SEE_LETTERS) and user.can(Permission.SEE_ALL_OFFICES)):
        return PrintRun.objects.none()
    return PrintRun.objects.select_related("office", "printed_by", "posted_by").order_by("-business_date", "-pk")


def withheld_in(run: PrintRun) -> list[Letter]:
    """The letters of a run whose addressee's address has been withheld since it was bound."""
    letters = list(run.letters.order_by("first_page"))
    hidden = withheld_people({letter.addressee_id for letter in letters}, on=timezone.localdate())
    return [letter for letter in letters if letter.addressee_id in hidden]


def address_withheld(letter: Letter) -> bool:
    """Whether a letter's pages may not be shown now, because they carry an address that is withheld."""
    return bool(withheld_people({letter.addressee_id}, on=timezone.localdate()))


def waiting(user: User) -> dict[str, int]:
    """Counts for today: letters held, runs to be printed, runs printed and not yet posted."""
    held = Letter.objects.visible_to(user).filter(state=LetterState.HELD).count()
    runs = (
        runs_for(user)
        .filter(state=PrintRunState.READY)
        .aggregate(
            to_print=Count("pk", filter=Q(printed_at__isnull=True)),
            to_post=Count("pk", filter=Q(printed_at__isnull=False)),
        )
    )
    return {"held": held, **runs}
