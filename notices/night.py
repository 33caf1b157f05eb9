"""The night's part of the letters: draft what is due, issue what is drafted, bind what is issued.

The layout engine takes half a second to load; a step loads it when it begins, not every command at its start.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import Office
from audit.actors import Actor
from jobs.kinds import Done, ItemResult, JobKind, NightStep, Skipped
from jobs.models import Run
from notices.enums import LetterState
from notices.models import Letter
from notices.selectors import undrafted
from notices.sources import all_sources

NIGHT = Actor.machine("night")


def select_due(run: Run) -> Iterator[str]:
    """``kind|occasion`` of every letter that is due by the business day and has no row yet."""
    for source in all_sources().values():
        for occasion in undrafted(source, run.business_date):
            yield f"{source.kind}|{occasion}"


def draft(run: Run, key: str) -> ItemResult:
    from notices.issuing import draft_letter

    code, _, occasion = key.partition("|")
    letter = draft_letter(
        source=all_sources()[code], occasion=occasion, on=run.business_date, by=NIGHT, at=timezone.now()
    )
    return Done() if letter else Skipped("事由がなくなったため作成しませんでした。")


def select_to_issue(run: Run) -> Iterator[str]:
    """``letter.releases`` of drafted letters, and once a night of those held on an earlier day."""
    letters = Letter.objects.filter(
        Q(state=LetterState.DRAFTED) | Q(state=LetterState.HELD, held_on__lt=run.business_date)
    )
    for pk, releases in letters.order_by("pk").values_list("pk", "releases").iterator():
        yield f"{pk}.{releases}"


def issue(run: Run, key: str) -> ItemResult:
    from notices.issuing import issue_letter

    letter = issue_letter(letter_id=int(key.partition(".")[0]), on=run.business_date, by=NIGHT, at=timezone.now())
    return Skipped(letter.hold_detail) if letter.state == LetterState.HELD else Done()


def select_offices(run: Run) -> Iterator[str]:
    """``office.sequence`` of every office that has rendered letters."""
    offices = Office.objects.filter(
        pk__in=Letter.objects.filter(state=LetterState.RENDERED).values("office")
    ).annotate(runs=Count("print_runs", filter=Q(print_runs__business_date=run.business_date)))
    for office in offices.order_by("code"):
        yield f"{office.pk}.{office.runs + 1}"


def bind(run: Run, key: str) -> ItemResult:
    from notices.issuing import build_print_run

    office_id, _, sequence = key.partition(".")
    made = build_print_run(
        office=Office.objects.get(pk=int(office_id)),
        on=run.business_date,
        sequence=int(sequence),
        by=NIGHT,
        at=timezone.now(),
    )
    return Done() if made else Skipped("印刷する通知がありませんでした。")


STEPS = (
    NightStep(
        order=400,
        kind=JobKind("notices.draft", "通知の作成", select=select_due, work=draft, batch=50),
        expected_by=time(20, 30),
    ),
    NightStep(
        order=410,
        kind=JobKind("notices.issue", "通知の採番と組版", select=select_to_issue, work=issue, batch=1),
        expected_by=time(22, 30),
    ),
    NightStep(
        order=420,
        kind=JobKind("notices.print", "印刷便の作成", select=select_offices, work=bind, batch=1),
        expected_by=time(23, 30),
        expected=(0, 200),
    ),
)
