"""Writing what was transcribed from a form: the fields, the head of household, the papers. Callers hold the locks."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from audit.actors import Actor
from exemptions.deficiencies import find_deficiencies
from exemptions.enums import ApplicationForm
from exemptions.evidence import days_received, sheet_of, years_asked
from exemptions.filed_for import ground_filed_for
from exemptions.models import FRUITLESS_STATES, OPEN_STATES, Application
from exemptions.refusals import DuplicateApplication, EntryRefused, ImpossibleDates
from exemptions.services.papers import Laying, lay_papers
from exemptions.transcript import NewHead, Transcript
from japan.eras import era_date, fiscal_year_text
from japan.yen import yen
from loans.funds import fund
from loans.models import Loan
from people.models import Person
from people.papers import PaperRefused
from people.services import PersonRefused, register_person
from repayment.models import RepaymentPlan
from repayment.status import standings_of
from rulebook.selectors import settings_on


def write_transcript(
    application: Application, transcript: Transcript, *, replacing: bool, by: Actor, at: datetime
) -> None:
    """Store a form and its papers as transcribed, over what was stored before.

    ``replacing``: the papers had been sent back, so that changed ones are new papers. ``EntryRefused`` for what cannot be
    stored: a second form for the same loan and year, a year that is not in question, days that cannot be.
    """
    today = timezone.localtime(at).date()
    loan = application.loan
    refuse_duplicate(loan, transcript.fiscal_year, apart_from=application.pk)
    refuse_impossible(loan, transcript, today=today, stored=application if replacing else None)
    form_received_on = application.received_on
    try:
        write_fields(application, transcript, by=by, at=at)
        laying = Laying(application, replacing, form_received_on, by, at)
        lay_papers(laying, transcript)
    except (PaperRefused, PersonRefused) as refused:
        raise EntryRefused(str(refused)) from refused


def write_fields(application: Application, transcript: Transcript, *, by: Actor, at: datetime) -> None:
    """Store the fields of the form itself, and who the head is."""
    years = years_asked(application.loan, transcript.received_on)
    application.form = transcript.form
    application.ground = ground_filed_for(transcript, years)
    application.ticked = list(transcript.ticked)
    application.fiscal_year = transcript.fiscal_year
    application.received_on = transcript.received_on
    application.requested_amount = transcript.requested_amount
    application.in_part = transcript.in_part
    application.composition = transcript.composition.value if transcript.composition else ""
    application.notifier = transcript.notifier
    application.notifier_relation = transcript.notifier_relation
    application.unknown_since = transcript.unknown_since
    application.situation = transcript.situation.value if transcript.situation else ""
    application.several_situations = transcript.several_situations
    application.consents = sorted(transcript.consents)
    application.signed_on = transcript.signed_on
    application.signed = transcript.signed
    application.phone = transcript.phone
    application.erasable_ink = transcript.erasable_ink
    application.note = transcript.note
    application.head = named_head(application, transcript, by=by, at=at)
    application.save()


def named_head(application: Application, transcript: Transcript, *, by: Actor, at: datetime) -> Person | None:
    """The head whose tax counts: a known member of the household, or somebody the residence record names."""
    if not transcript.judges_head:
        return None
    borrower = application.loan.borrower
    if transcript.head_id is not None:
        if transcript.head_id == borrower.pk:
            raise EntryRefused("借受人ご本人が世帯主の場合は、世帯の状況で選んでください。", "situation")
        return Person.objects.get(pk=transcript.head_id)
    if transcript.new_head is None:
        return None
    if application.head is not None and same_person(application.head, transcript.new_head):
        return application.head
    prefix = f"S{application.pk:07d}-"
    return register_person(
        number=f"{prefix}{Person.objects.filter(number__startswith=prefix).count() + 1}",
        name=transcript.new_head.name,
        kana=transcript.new_head.kana,
        birth_date=transcript.new_head.birth_date,
        office=application.office,
        since=timezone.localtime(at).date(),
        by=by,
        at=at,
    )


def same_person(person: Person, named: NewHead) -> bool:
    return (person.name, person.kana, person.birth_date) == (named.name, named.kana, named.birth_date)


def refuse_duplicate(loan: Loan, fiscal_year: int | None, *, apart_from: int | None) -> None:
    """One form for a loan and year, and one open form for a loan at a time. The loan is locked, so this cannot be raced."""
    others = Application.objects.filter(loan=loan).order_by("-received_on", "-pk")
    if apart_from is not None:
        others = others.exclude(pk=apart_from)
    same_year = None
    if fiscal_year is not None:
        same_year = others.filter(fiscal_year=fiscal_year).exclude(state__in=FRUITLESS_STATES).first()
    existing = same_year or others.filter(state__in=OPEN_STATES).first()
    if existing is None:
        return
    how = f"{existing}、{era_date(existing.received_on)}受付、{existing.get_state_display()}"
    text = f"貸付コード {loan.code} には、{existing.subject}の申請がすでにあります（{how}）。"
    if same_year is None:
        text += "その申請が決定してから受け付けてください。"
    raise DuplicateApplication(text, existing)


def refuse_nothing_left(loan: Loan, *, on: date) -> None:
    """Refuse a new form for a loan of which nothing is left: exempted already, or repaid."""
    standing = standings_of([loan.pk], on).get(loan.pk)
    if standing is None or standing.position.outstanding:
        return
    exempted = standing.position.exempted
    why = f"すでに {yen(exempted)} が免除され、" if exempted else "すでに全額が返済され、"
    raise EntryRefused(f"貸付コード {loan.code} は、{why}残っている額がありません。免除の申請は受け付けられません。")


def refuse_impossible(loan: Loan, transcript: Transcript, *, today: date, stored: Application | None) -> None:
    """Refuse a form that no loan of this kind has, and days that cannot be."""
    special = (ApplicationForm.FORM_1_1, ApplicationForm.FORM_1_2)
    if transcript.form in special and not fund(loan.fund).special:
        named = "要件①" if transcript.form == ApplicationForm.FORM_1_1 else "要件②～④"
        raise EntryRefused(f"緊急小口資金（本則）には、{named}の償還免除はありません。", "fiscal_year")
    if not RepaymentPlan.objects.filter(loan=loan).exists():
        raise EntryRefused("この貸付には償還計画が登録されていないため、免除申請を受け付けられません。")
    refuse_receipt(loan, transcript.received_on, today=today)
    years = years_asked(loan, transcript.received_on)
    if transcript.form == ApplicationForm.FORM_1_1 and transcript.fiscal_year not in years.choices:
        wanted = "または".join(fiscal_year_text(year) for year in years.choices)
        raise EntryRefused(f"この貸付の申請書は{wanted}のものです。年度をお確かめください。", "fiscal_year")
    received = days_received(stored, transcript, today=today) if stored is not None else None
    sheet = sheet_of(loan, transcript, settings=settings_on(today), today=today, received=received)
    impossible = [item for item in find_deficiencies(sheet) if item.impossible]
    if impossible:
        raise ImpossibleDates(impossible)


def refuse_receipt(loan: Loan, received_on: date, *, today: date) -> None:
    """Refuse a day of receipt that is still to come, or before the loan was applied for."""
    if received_on > today:
        raise EntryRefused(f"受付日が、まだ来ていない日（{era_date(received_on)}）です。", "received_on")
    if received_on < loan.applied_on:
        text = f"受付日（{era_date(received_on)}）が、貸付の申込日 {era_date(loan.applied_on)}より前です。"
        raise EntryRefused(text, "received_on")
