"""Residence-tax certificates, year by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from import_export import resources
from import_export.fields import Field

from japan.eras import fiscal_year_text
from jobs.enums import RowOutcome
from jobs.importing.columns import Choice, Code, Count, Day, Text
from jobs.importing.effects import Writing
from jobs.importing.staging import add_problem, mark
from jobs.models import ImportBatch, ImportRow
from people.enums import PaperKind
from people.models import Paper, TaxCertificate
from people.taking_in.checks import find_persons, people_of, refuse_future

LEVY = {"課税": True, "非課税": False}


class TaxCertificateResource(resources.Resource):
    number = Field(column_name="借受人番号", widget=Code(longest=12))
    fiscal_year = Field(column_name="年度", widget=Count(2020, 2060, "年度"))
    per_capita_levy = Field(column_name="均等割", widget=Choice(LEVY))
    income_levy = Field(column_name="所得割", widget=Choice(LEVY))
    municipality = Field(column_name="発行市区町村", widget=Text(longest=40))
    issued_on = Field(column_name="発行日", widget=Day())
    received_on = Field(column_name="受領日", widget=Day())


def certificate_key(values: Mapping[str, Any]) -> str:
    return f"{values['number']}:{values['fiscal_year']}"


def check_tax_certificates(batch: ImportBatch) -> None:
    find_persons(batch, doubles="年度")
    refuse_future(batch, "issued_on", "発行日")
    refuse_future(batch, "received_on", "受領日")
    add_problem(
        batch,
        column="受領日",
        reason="'受領日が発行日より前になっています。'",
        where="(r.values ->> 'received_on')::date < (r.values ->> 'issued_on')::date",
    )
    add_problem(
        batch,
        column="年度",
        reason="'発行日にはまだ決まっていない年度です。年度または発行日をお確かめください。'",
        where="(r.values ->> 'issued_on')::date < make_date((r.values ->> 'fiscal_year')::int, 6, 1)",
    )
    stored = (
        "people_taxcertificate t join people_paper a on a.id = t.paper_id join people_person p on p.id = a.person_id"
    )
    same = "p.number = r.values ->> 'number' and t.fiscal_year = (r.values ->> 'fiscal_year')::int"
    levies = (
        "(t.per_capita_levy, t.income_levy) {} "
        "((r.values ->> 'per_capita_levy')::boolean, (r.values ->> 'income_levy')::boolean)"
    )
    add_problem(
        batch,
        column="均等割",
        reason="'同じ年度の証明書が、別の内容ですでに登録されています。'",
        source=stored,
        where=f"{same} and {levies.format('<>')}",
    )
    mark(batch, RowOutcome.UNCHANGED, source=stored, where=f"{same} and {levies.format('=')}")
    mark(batch, RowOutcome.NEW)


def commit_tax_certificates(rows: Sequence[ImportRow], writing: Writing) -> None:
    people = people_of(rows)
    papers = Paper.objects.bulk_create(
        Paper(
            person=people[row.values["number"]],
            kind=PaperKind.TAX_CERTIFICATE,
            received_on=date.fromisoformat(row.values["received_on"]),
            issued_on=date.fromisoformat(row.values["issued_on"]),
            note=f"{fiscal_year_text(row.values['fiscal_year'])}（取込）",
            recorded_by=writing.by.label,
            source_key=f"import:tax:{certificate_key(row.values)}",
        )
        for row in rows
    )
    certificates = TaxCertificate.objects.bulk_create(
        TaxCertificate(
            paper=paper,
            fiscal_year=row.values["fiscal_year"],
            per_capita_levy=row.values["per_capita_levy"],
            income_levy=row.values["income_levy"],
            municipality=row.values["municipality"],
        )
        for row, paper in zip(rows, papers, strict=True)
    )
    for row, paper, certificate in zip(rows, papers, certificates, strict=True):
        writing.effects.created(row.line, paper, certificate)
