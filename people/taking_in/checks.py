"""What the files of every floor above ask of a batch: days, persons and offices that have to be there."""

from __future__ import annotations

from collections.abc import Sequence

from jobs.importing.staging import add_problem
from jobs.models import ImportBatch, ImportRow
from people.models import Person


def people_of(rows: Sequence[ImportRow]) -> dict[str, Person]:
    """The persons that lines name, by number; one query."""
    return {each.number: each for each in Person.objects.filter(number__in={row.values["number"] for row in rows})}


def refuse_future(batch: ImportBatch, name: str, column: str) -> None:
    """A day after today is an error."""
    add_problem(
        batch,
        column=column,
        reason="'先の日付です。日付をお確かめください。'",
        where="(r.values ->> %(name)s)::date > (now() at time zone 'Asia/Tokyo')::date",
        parameters={"name": name},
    )


def refuse_unknown_person(batch: ImportBatch) -> None:
    add_problem(
        batch,
        column="借受人番号",
        reason="'この借受人番号は登録されていません。先に借受人を取り込んでください。'",
        where="not exists (select 1 from people_person p where p.number = r.values ->> 'number')",
    )


def refuse_unknown_office(batch: ImportBatch, column: str) -> None:
    add_problem(
        batch,
        column=column,
        reason="'この事業所コードの社協は登録されていません。'",
        where="not exists (select 1 from accounts_office o where o.code = r.values ->> 'office' and o.kind <> 'agency')",
    )
