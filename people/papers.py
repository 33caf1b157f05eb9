"""Papers that came in about a person: written down once, whoever asked for them, and read by everybody who may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from japan.eras import era_date, fiscal_year_text
from people.enums import CertificateKind, EventKind, PaperKind
from people.models import (
    AssistanceNotice,
    DisabilityCertificate,
    Document,
    EventProof,
    Paper,
    Person,
    TaxCertificate,
)


class PaperRefused(Exception):
    """A paper cannot be written down as told; the text is a Japanese sentence for the desk."""


@dataclass(frozen=True, slots=True)
class Levies:
    """What a residence-tax certificate says of one fiscal year; True is charged, False zero."""

    fiscal_year: int
    per_capita: bool
    income: bool
    municipality: str = ""


@dataclass(frozen=True, slots=True)
class Certified:
    """What a disability certificate says: which of the three, and its grade as written."""

    kind: CertificateKind
    grade: str


@dataclass(frozen=True, slots=True)
class Assistance:
    """What a certificate of public assistance says: from which day, and until when where it has ended."""

    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What a paper says of a death, disappearance or discharge; ``on`` is None while nothing is final yet."""

    kind: EventKind
    on: date | None
    completed_on: date | None = None


Says = Levies | Certified | Assistance | Proof
"""What is transcribed from a paper besides its days."""

_SAID_BY: dict[PaperKind, type[Says]] = {
    PaperKind.TAX_CERTIFICATE: Levies,
    PaperKind.DISABILITY_CERTIFICATE: Certified,
    PaperKind.PUBLIC_ASSISTANCE_NOTICE: Assistance,
    PaperKind.DEATH_RECORD: Proof,
    PaperKind.DISAPPEARANCE_RULING: Proof,
    PaperKind.DISCHARGE_DECISION: Proof,
    PaperKind.REHABILITATION_PROOF: Proof,
}
_ROWS: dict[type[Says], type[TaxCertificate | DisabilityCertificate | AssistanceNotice | EventProof]] = {
    Levies: TaxCertificate,
    Certified: DisabilityCertificate,
    Assistance: AssistanceNotice,
    Proof: EventProof,
}


@service
def record_paper(
    *,
    person: Person,
    kind: PaperKind,
    received_on: date,
    issued_on: date | None,
    source_key: str,
    says: Says | None = None,
    note: str = "",
    by: Actor,
    at: datetime,
) -> Paper:
    """Write down a paper with what it says, if it is of a kind that says something; the same source key gives the row
    that is there.

    ``PaperRefused`` for days that cannot be: to come, issued after it was received, or before the person was born.
    """
    if not isinstance(says, _SAID_BY.get(kind, type(None))) and (
        says is not None or kind == PaperKind.TAX_CERTIFICATE
    ):
        raise ValueError(f"a paper of kind {kind} does not say {says}")
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
    if created and says is not None:
        _ROWS[type(says)].objects.create(paper=paper, **_columns(says))
    return paper


@service
def correct_paper(
    *,
    paper: Paper,
    received_on: date,
    issued_on: date | None,
    says: Says | None = None,
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
    if says is not None:
        _ROWS[type(says)].objects.filter(paper=paper).update(**_columns(says))
    return paper


@service
def discard_paper(*, paper: Paper, by: Actor, at: datetime) -> None:
    """Remove a paper that was never there: a slip of whoever wrote it down. The audit log keeps that it was removed.

    A scan that was filed with it stays, filed under the person alone.
    """
    Document.objects.filter(paper=paper).update(paper=None)
    for row in _ROWS.values():
        row.objects.filter(paper=paper).delete()
    paper.delete()


def says_of(paper: Paper) -> Says | None:
    """What was transcribed from a paper, as one value; None where its kind says nothing."""
    if hasattr(paper, "tax_certificate"):
        tax = paper.tax_certificate
        return Levies(tax.fiscal_year, tax.per_capita_levy, tax.income_levy, tax.municipality)
    if hasattr(paper, "disability_certificate"):
        card = paper.disability_certificate
        return Certified(CertificateKind(card.kind), card.grade)
    if hasattr(paper, "assistance_notice"):
        return Assistance(paper.assistance_notice.since, paper.assistance_notice.until)
    if hasattr(paper, "event_proof"):
        proof = paper.event_proof
        return Proof(EventKind(proof.kind), proof.on, proof.completed_on)
    return None


def _columns(says: Says) -> dict[str, Any]:
    """The columns of the row that keeps what a paper says."""
    match says:
        case Levies():
            return {
                "fiscal_year": says.fiscal_year, "per_capita_levy": says.per_capita, "income_levy": says.income,
                "municipality": says.municipality,
            }  # fmt: skip
        case Certified():
            return {"kind": says.kind, "grade": says.grade}
        case Assistance():
            return {"since": says.since, "until": says.until}
        case Proof():
            return {"kind": says.kind, "on": says.on, "completed_on": says.completed_on}


SAYING = (
    "tax_certificate", "disability_certificate", "assistance_notice", "event_proof",
)  # fmt: skip
"""What to join when papers are asked what they say."""


def papers_saying(person_ids: list[int], *kinds: PaperKind) -> QuerySet[Paper]:
    """The papers of these kinds of these persons with what they say, of each the newest issue of a kind first."""
    newest = F("issued_on").desc(nulls_last=True)
    return (
        Paper.objects.filter(person__in=person_ids, kind__in=kinds)
        .select_related(*SAYING)
        .order_by("person", "kind", newest, "-received_on", "-pk")
    )


def tax_certificates_of(person_ids: list[int], *, received_by: date | None = None) -> QuerySet[TaxCertificate]:
    """Every tax certificate of these persons, received up to a day, the newest issue of each year first."""
    found = TaxCertificate.objects.filter(paper__person__in=person_ids).select_related("paper")
    if received_by is not None:
        found = found.filter(paper__received_on__lte=received_by)
    newest = F("paper__issued_on").desc(nulls_last=True)
    return found.order_by("paper__person", "-fiscal_year", newest, "-paper__received_on", "-pk")


def what_it_says(paper: Paper) -> str:
    """What was transcribed from a paper: 「令和5年度　均等割 0円・所得割 0円」, or its note."""
    says = says_of(paper)
    match says:
        case Levies():
            levies = "・".join(
                f"{name} {'課税' if charged else '0円'}"
                for name, charged in (("均等割", says.per_capita), ("所得割", says.income))
            )
            return f"{fiscal_year_text(says.fiscal_year)}　{levies}"
        case Certified():
            return f"{says.kind.label}　{says.grade}"
        case Assistance():
            return f"{era_date(says.since)}から" + (f"{era_date(says.until)}まで" if says.until else "（受給中）")
        case Proof():
            final = (
                f"{says.kind.label}　{era_date(says.on)}" if says.on else f"{says.kind.label}　まだ確定していません"
            )
            return final + (f"（弁済の完了 {era_date(says.completed_on)}）" if says.completed_on else "")
        case None:
            return paper.note


def refuse_impossible_days(person: Person, *, received_on: date, issued_on: date | None, at: datetime) -> None:
    today = timezone.localtime(at).date()
    if received_on > today:
        raise PaperRefused("書類の受領日に先の日付は使えません。")
    if issued_on is not None and issued_on > today:
        raise PaperRefused("書類の発行日に先の日付は使えません。")
    if issued_on is not None and issued_on < person.birth_date:
        raise PaperRefused("書類の発行日が、本人の生年月日より前になっています。")
