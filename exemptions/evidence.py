"""What the database knows about an application, in the shapes that the pure modules take.

From rows to :class:`Facts` (with the paper each value came from), to the :class:`Sheet` that is searched for
deficiencies, and back to the :class:`Transcript` that a form is filled with. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from exemptions.amounts import cap_left
from exemptions.deficiencies import Deficiency, ResidenceRecord, Sheet, TaxPaper, find_deficiencies
from exemptions.enums import ApplicationForm, Composition, Flag, Ground, HouseholdSituation, PaperSlot, Person
from exemptions.facts import Application as ReceivedForm
from exemptions.facts import Facts, Household, LoanFacts, TaxRecord
from exemptions.inquiry import Inquiry
from exemptions.models import Application, ApplicationPaper
from exemptions.reading import EACH_TIME, Reading
from exemptions.shown import (
    EVENT_SLOTS,
    assistance_in,
    certificate_in,
    event_in,
    ex_officio_of,
    shown_of,
    shown_on_file,
)
from exemptions.trace.origins import (
    PaperOrigin,
    form_origin,
    household_origin,
    ledger_origin,
    loan_origin,
)
from exemptions.transcript import TaxTranscript, Transcript
from exemptions.years import YearsAsked
from japan.eras import era_date
from loans.funds import cohort_of
from loans.models import Loan
from people.households import head_in
from people.models import Paper, TaxCertificate
from repayment.enums import LedgerKind
from repayment.selectors import History
from rulebook.settings import Settings

HEAD_CHANGE_DAYS = 365
"""A change of head so many days before the receipt is shown to the reviewer (consent 6: not made for the purpose)."""

_CONSENT_6 = "免除を受けるための変更でないか、確かめてください（同意欄⑥）。"


def loan_facts(loan: Loan, history: History | None = None, *, read: Reading = EACH_TIME) -> LoanFacts:
    """The loan as lent and its repayment so far, as an assessment takes them; ``history`` for who read it already."""
    history = history or read.history(loan.pk)
    disbursed = [entry.effective_on for entry in history.entries if entry.kind == LedgerKind.DISBURSED]
    return LoanFacts(
        code=loan.code,
        fund=loan.fund,
        applied_on=loan.applied_on,
        household_size=loan.household_size,
        principal=loan.principal,
        first_month=loan.first_due_month,
        plans=history.plans,
        deferrals=history.deferrals,
        entries=history.entries,
        disbursed_on=min(disbursed, default=None),
    )


@dataclass(frozen=True, slots=True)
class HeldCertificate:
    """A tax certificate on file: whose, and the row that holds what it says."""

    person: Person
    row: TaxCertificate

    @property
    def paper(self) -> Paper:
        return self.row.paper

    @property
    def origin(self) -> str:
        """Where the value came from: 「課税（非課税）証明書（借受人、令和5年9月1日発行、令和5年9月15日受領、書類12）」."""
        paper = self.paper
        label = str(self.person.label)
        return str(PaperOrigin("課税（非課税）証明書", label, paper.issued_on, paper.received_on, paper.pk))


def certificates_on_file(borrower_id: int, head_id: int | None, *, read: Reading = EACH_TIME) -> list[HeldCertificate]:
    """The certificates that count: of each person and fiscal year those issued last.

    Several issued on the same day stay, so that what contradicts itself is seen (and establishes nothing).
    """
    wanted = {borrower_id: Person.BORROWER} | ({head_id: Person.HEAD} if head_id is not None else {})
    newest: dict[tuple[int, int], date | None] = {}
    held = []
    for row in read.certificates(wanted):
        key = (row.paper.person_id, row.fiscal_year)
        if newest.setdefault(key, row.paper.issued_on) == row.paper.issued_on:
            held.append(HeldCertificate(wanted[row.paper.person_id], row))
    return held


def facts_of(
    application: Application, held: Iterable[HeldCertificate] | None = None, *, read: Reading = EACH_TIME
) -> Facts:
    """Everything an assessment of an application looks at, each value with its origin."""
    loan = application.loan
    if held is None:
        held = certificates_on_file(loan.borrower_id, application.head_id, read=read)
    origins = {
        "loan": loan_origin(loan.code),
        "payments": ledger_origin(loan.code),
        "application:received_on": form_origin("", application.received_on),
        "application:consents": form_origin("の同意欄", application.received_on),
    }
    taxes = []
    for certificate in held:
        row = certificate.row
        taxes.append(TaxRecord(certificate.person, row.fiscal_year, row.per_capita_levy, row.income_levy))
        name = f"residence_tax:{certificate.person.value}:{row.fiscal_year}"
        origins[name] = "、".join(filter(None, [origins.get(name), certificate.origin]))
    situation = HouseholdSituation(application.situation) if application.situation else None
    for name in ("borrower_is_head", "head_was_separate_at_loan", "head_certificate_unobtainable"):
        if situation is not None:
            origins[f"household:{name}"] = household_origin(application.received_on)
    shown = shown_on_file(application, read=read)
    origins |= shown.origins
    composition = Composition(application.composition) if application.composition else None
    if composition is not None:
        origins["household:composition"] = form_origin("と世帯の種類を確認できる書類", application.received_on)
    return Facts(
        loan=loan_facts(loan, read=read),
        household=Household.of(situation, composition),
        taxes=tuple(taxes),
        public_assistance_from=shown.assistance.since if shown.assistance else None,
        public_assistance_until=shown.assistance.until if shown.assistance else None,
        certificates=shown.certificates,
        events=shown.events,
        application=ReceivedForm(
            application.received_on,
            frozenset(application.consents),
            application.requested_amount if application.in_part else None,
        ),
        ex_officio=ex_officio_of(application, read=read),
        origins=origins,
    )


def years_asked(loan: Loan, received_on: date) -> YearsAsked:
    """The fiscal years a form for this loan may name when received on a day."""
    return YearsAsked.of(cohort_of(loan.fund, loan.applied_on), received_on)


def room_under_cap(loan: Loan, *, settings: Settings, today: date, read: Reading = EACH_TIME) -> int | None:
    """The most that can still be exempted of a loan (yen); None where its kind has no cap (EX-08)."""
    return cap_left(Inquiry(Facts(loan_facts(loan, read=read)), settings, today))


def sheet_of(
    loan: Loan,
    transcript: Transcript,
    *,
    settings: Settings,
    today: date,
    received: Mapping[PaperSlot, date] | None = None,
    cap: int | None = None,
    read: Reading = EACH_TIME,
) -> Sheet:
    """What was transcribed beside what it is compared with, for a form being typed or one that is stored.

    Certificates on file count beside those transcribed. ``received`` are the days on which papers came that did not come
    with the form. ``cap`` is :func:`room_under_cap`, for callers that have worked it out already.
    """
    years = years_asked(loan, transcript.received_on)
    head_id = transcript.head_id if transcript.judges_head else None
    papers = [
        TaxPaper(held.person, held.row.fiscal_year, held.paper.received_on, held.paper.issued_on)
        for held in certificates_on_file(loan.borrower_id, head_id, read=read)
    ]
    came = received or {}
    for person, tax, slot in (
        (Person.BORROWER, transcript.borrower_tax, PaperSlot.BORROWER_TAX),
        (Person.HEAD, transcript.head_tax, PaperSlot.HEAD_TAX),
    ):
        if tax is not None and (person == Person.BORROWER or transcript.judges_head):
            papers.append(TaxPaper(person, tax.fiscal_year, came.get(slot, transcript.received_on), tax.issued_on))
    held = shown_of(loan.borrower_id, read=read)
    record = None
    if transcript.residence_record:
        record_came = came.get(PaperSlot.RESIDENCE_RECORD, transcript.received_on)
        record = ResidenceRecord(transcript.residence_issued_on, record_came)
    return Sheet(
        received_on=transcript.received_on,
        today=today,
        born_on=loan.borrower.birth_date,
        years=years,
        fiscal_year=transcript.fiscal_year,
        principal=loan.principal,
        cap_left=room_under_cap(loan, settings=settings, today=today, read=read) if cap is None else cap,
        record_months=settings.residence_record_max_age_months,
        requested_amount=transcript.requested_amount,
        situation=transcript.situation,
        several_situations=transcript.several_situations,
        head_named=transcript.head_id is not None or transcript.new_head is not None,
        consents=transcript.consents,
        signed_on=transcript.signed_on,
        signed=transcript.signed,
        phone=transcript.phone,
        erasable_ink=transcript.erasable_ink,
        residence_record=record,
        certificates=tuple(papers),
        circumstances=bool(transcript.circumstances),
        form=transcript.form,
        ticked=transcript.asks_for,
        in_part=transcript.in_part,
        composition=transcript.composition,
        household_kind=bool(transcript.household_kind),
        assistance=transcript.assistance or held.assistance,
        certificate=transcript.certificate or held.certificate,
        event=transcript.event,
        accepts_intellectual=settings.accept_intellectual_severe,
        unknown_since=transcript.unknown_since,
        returned_mail_on=transcript.returned_mail_on,
        not_collectable=bool(transcript.not_collectable),
        has_note=bool(transcript.note),
    )


def papers_in_slots(application: Application) -> dict[PaperSlot, ApplicationPaper]:
    """The papers that count for an application, by slot; a replaced one does not."""
    return EACH_TIME.papers(application)


def transcript_of(application: Application, *, read: Reading = EACH_TIME) -> Transcript:
    """What is stored of an application, as the clerk transcribed it."""
    slots = read.papers(application)
    record = slots.get(PaperSlot.RESIDENCE_RECORD)
    return Transcript(
        fiscal_year=application.fiscal_year,
        received_on=application.received_on,
        form=ApplicationForm(application.form),
        ticked=tuple(Ground(item) for item in application.ticked),
        in_part=application.in_part,
        composition=Composition(application.composition) if application.composition else None,
        household_kind=_note(slots.get(PaperSlot.HOUSEHOLD_KIND)),
        assistance=assistance_in(slots.get(PaperSlot.ASSISTANCE)),
        certificate=certificate_in(slots.get(PaperSlot.DISABILITY)),
        event=event_in(next((slots[slot] for slot in EVENT_SLOTS if slot in slots), None)),
        notifier=application.notifier,
        notifier_relation=application.notifier_relation,
        unknown_since=application.unknown_since,
        returned_mail_on=_issued_on(slots.get(PaperSlot.RETURNED_MAIL)),
        not_collectable=_note(slots.get(PaperSlot.NOT_COLLECTABLE)),
        requested_amount=application.requested_amount,
        situation=HouseholdSituation(application.situation) if application.situation else None,
        several_situations=application.several_situations,
        head_id=application.head_id,
        consents=frozenset(application.consents),
        signed_on=application.signed_on,
        signed=application.signed,
        phone=application.phone,
        erasable_ink=application.erasable_ink,
        residence_record=record is not None,
        residence_issued_on=record.paper.issued_on if record else None,
        borrower_tax=_tax(slots.get(PaperSlot.BORROWER_TAX)),
        head_tax=_tax(slots.get(PaperSlot.HEAD_TAX)),
        circumstances=_note(slots.get(PaperSlot.CIRCUMSTANCES)),
        note=application.note,
    )


def deficiencies_of(
    application: Application, *, settings: Settings, today: date, read: Reading = EACH_TIME
) -> tuple[Deficiency, ...]:
    """What is wrong with the papers of a stored application, looked at anew."""
    received = {slot: row.paper.received_on for slot, row in read.papers(application).items()}
    transcript = transcript_of(application, read=read)
    sheet = sheet_of(application.loan, transcript, settings=settings, today=today, received=received, read=read)
    return find_deficiencies(sheet)


def days_received(application: Application, transcript: Transcript, *, today: date) -> dict[PaperSlot, date]:
    """When the papers of an application came, were a new transcript stored: what says something else came today."""
    before = transcript_of(application)
    unchanged = {
        PaperSlot.RESIDENCE_RECORD: before.residence_issued_on == transcript.residence_issued_on,
        PaperSlot.BORROWER_TAX: before.borrower_tax == transcript.borrower_tax,
        PaperSlot.HEAD_TAX: before.head_tax == transcript.head_tax,
    }
    laid = papers_in_slots(application)
    return {slot: laid[slot].paper.received_on if same and slot in laid else today for slot, same in unchanged.items()}


@dataclass(frozen=True, slots=True)
class HeadRemark:
    """Something about the head of household a reviewer should see (consent 6): which flag, and the sentence."""

    flag: Flag
    text: str


def head_remarks(application: Application, *, read: Reading = EACH_TIME) -> list[HeadRemark]:
    """What the registered households say about the head named on the form: a recent change, or another person."""
    borrower_id, on = application.loan.borrower_id, application.received_on
    since = on - timedelta(days=HEAD_CHANGE_DAYS)
    remarks = []
    households = read.households(borrower_id)
    for period in households:
        for found in period.head_changes:
            if since <= found.on <= on:
                names = f"{found.before or '不明'}から{found.after or '不明'}"
                text = f"受付の{_days_before(found.on, on)}に、世帯主が{names}に変わっています。{_CONSENT_6}"
                remarks.append(HeadRemark(Flag.HEAD_CHANGED, text))
        if since <= period.since <= on and any(other.since < period.since for other in households):
            text = f"受付の{_days_before(period.since, on)}に、借受人が別の世帯に移っています。{_CONSENT_6}"
            remarks.append(HeadRemark(Flag.HEAD_CHANGED, text))
    registered = head_in(households, on=on)
    if registered is not None and application.situation:
        says_borrower = application.situation == HouseholdSituation.BORROWER_IS_HEAD
        is_borrower = registered.person_id == borrower_id
        other_named = application.head_id is not None and application.head_id != registered.person_id
        if says_borrower is not is_borrower or other_named:
            text = f"登録されている世帯主は{registered.name}で、申請書と違います。住民票で確かめてください。"
            remarks.append(HeadRemark(Flag.HEAD_DIFFERS, text))
    return remarks


def _days_before(day: date, received_on: date) -> str:
    """How long before the receipt something was: 「42日前（令和5年8月4日）」."""
    days = (received_on - day).days
    return f"{days}日前（{era_date(day)}）" if days else f"当日（{era_date(day)}）"


def _note(row: ApplicationPaper | None) -> str:
    return row.paper.note if row is not None else ""


def _issued_on(row: ApplicationPaper | None) -> date | None:
    return row.paper.issued_on if row is not None else None


def _tax(row: ApplicationPaper | None) -> TaxTranscript | None:
    if row is None:
        return None
    certificate = row.paper.tax_certificate
    return TaxTranscript(
        fiscal_year=certificate.fiscal_year,
        per_capita_levy=certificate.per_capita_levy,
        income_levy=certificate.income_levy,
        issued_on=row.paper.issued_on,
        municipality=certificate.municipality,
    )
