"""What the files of every floor above ask of a batch: days, persons and offices that have to be there."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models.fields.json import KT

from jobs.importing.kinds import import_kinds
from jobs.importing.staging import add_problem, refuse_doubles
from jobs.models import ImportBatch, ImportRow
from people.models import Person
from people.selectors import persons_by_number


def people_of(rows: Sequence[ImportRow]) -> dict[str, Person]:
    """The persons that lines name, by number; one query. Who was merged since the check is the one who remained."""
    return persons_by_number(row.values["number"] for row in rows)


def find_persons(batch: ImportBatch, *, doubles: str) -> None:
    """Follow every number of a record merged away to the person who remained, then refuse doubles and unknown numbers.

    ``doubles`` is the column named where two lines turn out to say the same. The cells stay as they were handed in.
    """
    follow_merged(batch)
    refuse_doubles(batch, column=doubles)
    refuse_unknown_person(batch)


def follow_merged(batch: ImportBatch) -> None:
    """Let lines that name a record merged away speak of the person who remained; usually there are none."""
    merged = Person.objects.filter(merged_into__isnull=False).values_list("number", "merged_into__number")
    named = batch.rows.exclude(key="").values_list(KT("values__number"))
    remained: dict[str, str] = dict(merged.filter(number__in=named))
    if not remained:
        return
    key_of = import_kinds()[batch.kind].key
    rows = list(batch.rows.exclude(key="").filter(values__number__in=list(remained)))
    for row in rows:
        row.values["number"] = remained[row.values["number"]]
        row.key = key_of(row.values)[:120]
    ImportRow.objects.bulk_update(rows, ["values", "key"], batch_size=1_000)


def refuse_merged_person(batch: ImportBatch) -> None:
    """Lines that rewrite who a person is have to name the record that remained: else two records overwrite each other."""
    add_problem(
        batch,
        column="借受人番号",
        reason="'この借受人番号は ' || s.number || ' に統合されています。統合先の番号に直してください。'",
        source="people_person p join people_person s on s.id = p.merged_into_id",
        where="p.number = r.values ->> 'number'",
    )


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
