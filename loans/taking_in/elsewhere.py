"""Special loans that another prefecture's council lent, as their papers say (Q&A vol. 17, question 8-5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from import_export import resources
from import_export.fields import Field

from jobs.enums import RowOutcome
from jobs.importing.columns import Choice, Code, Day, Month, Text, Yen
from jobs.importing.effects import RowRefused, Writing
from jobs.importing.staging import add_problem, mark
from jobs.models import ImportBatch, ImportRow
from loans.enums import FundKind
from loans.refusals import EntryRefused, NotAllowed
from loans.services.history import record_loan_elsewhere
from people.taking_in.checks import find_persons, people_of, refuse_future

SPECIAL = {label: value for value, label in FundKind.choices if value.startswith("SP_")}


class OptionalMonth(Month):
    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> int | None:  # type: ignore[override]
        return super().clean(value, row) if str(value).strip() else None


class OptionalYen(Yen):
    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> int | None:  # type: ignore[override]
        return super().clean(value, row) if str(value).strip() else None


class ElsewhereResource(resources.Resource):
    number = Field(column_name="借受人番号", widget=Code(longest=12))
    council = Field(column_name="貸し付けた社協", widget=Text(longest=60))
    fund = Field(column_name="資金種類", widget=Choice(SPECIAL))
    applied_on = Field(column_name="借入申込日", widget=Day())
    last_month = Field(column_name="貸付の最後の月", widget=OptionalMonth())
    amount = Field(column_name="貸付金額", widget=OptionalYen())
    proof = Field(column_name="確認した書類", widget=Text(longest=120))


def elsewhere_key(values: Mapping[str, Any]) -> str:
    return f"{values['number']}:{values['fund']}:{values['applied_on']}"


def check_elsewhere(batch: ImportBatch) -> None:
    find_persons(batch, doubles="借入申込日")
    refuse_future(batch, "applied_on", "借入申込日")
    stored = "loans_priorloanelsewhere e join people_person p on p.id = e.person_id"
    same = (
        "p.number = r.values ->> 'number' and e.fund = r.values ->> 'fund' "
        "and e.applied_on = (r.values ->> 'applied_on')::date"
    )
    content = (
        "(e.council, e.last_month, e.amount) is {} (r.values ->> 'council', (r.values ->> 'last_month')::int, "
        "(r.values ->> 'amount')::int)"
    )
    differs, agrees = content.format("distinct from"), content.format("not distinct from")
    add_problem(
        batch,
        column="借入申込日",
        reason="'同じ資金・同じ申込日の貸付が、別の内容ですでに登録されています。'",
        source=stored,
        where=f"{same} and {differs}",
    )
    mark(batch, RowOutcome.UNCHANGED, source=stored, where=f"{same} and {agrees}")
    mark(batch, RowOutcome.NEW)


def commit_elsewhere(rows: Sequence[ImportRow], writing: Writing) -> None:
    people = people_of(rows)

    def write(row: ImportRow) -> None:
        values = row.values
        try:
            made = record_loan_elsewhere(
                person=people[values["number"]],
                council=values["council"],
                fund_kind=FundKind(values["fund"]),
                applied_on=date.fromisoformat(values["applied_on"]),
                last_month=values["last_month"],
                amount=values["amount"],
                proof=values["proof"],
                by=writing.by,
                at=writing.at,
            )
        except (EntryRefused, NotAllowed) as refusal:
            raise RowRefused("行全体", str(refusal)) from refusal
        writing.effects.created(row.line, made)

    writing.one_by_one(rows, write)
