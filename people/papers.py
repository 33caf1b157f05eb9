"""Papers that came in about a person: written down once, whoever asked for them, and read by everybody who may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, QuerySet
from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from japan.eras import fiscal_year_text
from people.enums import PaperKind
from people.models import Document, Paper, Person, TaxCertificate


class PaperRefused(Exception):
    """A paper cannot be written down as told; the text is a Japanese sentence for the desk."""


@dataclass(frozen=True, slots=True)
class Levies:
    """What a residence-tax certificate says of one fiscal year; True is charged, False zero."""

    fiscal_year: int
    per_capita: bool
    income: bool
    municipality: str = ""


@service
def record_paper(
    *,
    person: Person,
    kind: PaperKind,
    received_on: date,
    issued_on: date | None,
    source_key: str,
    levies: Levies | None = None,
    note: str = "",
    by: Actor,
    at: datetime,
) -> Paper:
    """Write down a paper, with what it says if it is a tax certificate; the same source key gives the row that is there.

    ``PaperRefused`` for days that cannot be: to come, issued after it was received, or before the person was born.
    """
    if (kind == PaperKind.TAX_CERTIFICATE) is not (levies is not None):
        raise ValueError("a tax certificate, and nothing else, comes with levies")
    refuse_impossible_days(person, received_on=received_on, issued_on=issued_on, at=at)
    paper, created = Paper.objects.get_or_create(
        source_key=source_key,
        defaults={
            "person": person,
            "kind": kind,
            "received_on": received_on,
            "issued_on": issued_on,
            "note": note,
            "recorded_by": by.label,
        },
    )
    if created and levies is not None:
        TaxCertificate.objects.create(
            paper=paper,
            fiscal_year=levies.fiscal_year,
            per_capita_levy=levies.per_capita,
            income_levy=levies.income,
            municipality=levies.municipality,
        )
    return paper


@service
def correct_paper(
    *,
    paper: Paper,
    received_on: date,
    issued_on: date | None,
    levies: Levies | None = None,
    note: str = "",
    by: Actor,
    at: datetime,
) -> Paper:
    """Correct what was transcribed from a paper that is still the same piece of paper."""
    paper = Paper.objects.select_for_update(of=("self",)).select_related("person").get(pk=paper.pk)
    refuse_impossible_days(paper.person, received_on=received_on, issued_on=issued_on, at=at)
    if (paper.received_on, paper.issued_on, paper.note) != (received_on, issued_on, note):
        paper.received_on, paper.issued_on, paper.note = received_on, issued_on, note
        paper.save(update_fields=["received_on", "issued_on", "note"])
    if levies is not None:
        TaxCertificate.objects.filter(paper=paper).update(
            fiscal_year=levies.fiscal_year,
            per_capita_levy=levies.per_capita,
            income_levy=levies.income,
            municipality=levies.municipality,
        )
    return paper


@service
def discard_paper(*, paper: Paper, by: Actor, at: datetime) -> None:
    """Remove a paper that was never there: a slip of whoever wrote it down. The audit log keeps that it was removed.

    A scan that was filed with it stays, filed under the person alone.
    """
    Document.objects.filter(paper=paper).update(paper=None)
    TaxCertificate.objects.filter(paper=paper).delete()
    paper.delete()


def tax_certificates_of(person_ids: list[int], *, received_by: date | None = None) -> QuerySet[TaxCertificate]:
    """Every tax certificate of these persons, received up to a day, the newest issue of each year first."""
    found = TaxCertificate.objects.filter(paper__person__in=person_ids).select_related("paper")
    if received_by is not None:
        found = found.filter(paper__received_on__lte=received_by)
    newest = F("paper__issued_on").desc(nulls_last=True)
    return found.order_by("paper__person", "-fiscal_year", newest, "-paper__received_on", "-pk")


def what_it_says(paper: Paper) -> str:
    """What was transcribed from a paper: 「令和5年度　均等割 0円・所得割 0円」, or its note."""
    if not hasattr(paper, "tax_certificate"):
        return paper.note
    row = paper.tax_certificate
    levies = "・".join(
        f"{name} {'課税' if charged else '0円'}"
        for name, charged in (("均等割", row.per_capita_levy), ("所得割", row.income_levy))
    )
    return f"{fiscal_year_text(row.fiscal_year)}　{levies}"


def refuse_impossible_days(person: Person, *, received_on: date, issued_on: date | None, at: datetime) -> None:
    today = timezone.localtime(at).date()
    if received_on > today:
        raise PaperRefused("書類の受領日に先の日付は使えません。")
    if issued_on is not None and issued_on > today:
        raise PaperRefused("書類の発行日に先の日付は使えません。")
    if issued_on is not None and issued_on < person.birth_date:
        raise PaperRefused("書類の発行日が、本人の生年月日より前になっています。")
