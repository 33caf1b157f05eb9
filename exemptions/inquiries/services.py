"""Listing, sending and answering inquiries. Sending is when data leave the house, and is written down as such."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from audit.actors import Actor
from audit.services import Disclosure, record_disclosures, service
from exemptions.enums import ApplicationForm
from exemptions.enums import Person as Judged
from exemptions.inquiries.basis import ASKED_OF, Basis, NoBasis, basis_of, items_for
from exemptions.inquiries.enums import Answer, Asked, AuthorityKind, Item
from exemptions.models import OPEN_STATES, Application, AuthorityInquiry, InquiryLetter
from exemptions.sheets.offering import form_number
from loans.funds import cohort_of
from people.addresses import withheld_people

ANSWER_WITHIN = timedelta(days=30)
"""Days an authority is given. No source names a time; a month is what municipalities ask for each other's records."""


class InquiryRefused(Exception):
    """An inquiry was not listed, sent or answered; ``str()`` is a Japanese sentence for the desk."""


def today_of(at: datetime) -> date:
    return timezone.localtime(at).date()


def basis_for(application: Application, asked: Asked, subject: Judged) -> Basis:
    """What an inquiry about an application would rest on. Raises ``NoBasis``."""
    return basis_of(
        asked,
        subject,
        form=_form_of(application),
        consents=application.consents,
        signed=application.signed,
        signed_on=application.signed_on,
    )


def _form_of(application: Application) -> str:
    """The form whose consents an inquiry rests on: 「様式1-1-B」, 「様式1-2」."""
    if application.fiscal_year is None:
        return "様式1-2" if application.form == ApplicationForm.FORM_1_2 else application.get_form_display()
    cohort = cohort_of(application.loan.fund, application.loan.applied_on)
    return f"様式{form_number(cohort, application.fiscal_year)}"


@service
def list_inquiry(
    *,
    application_id: int,
    kind: AuthorityKind,
    name: str,
    asked: Asked,
    subject: Judged,
    by: Actor,
    at: datetime,
) -> AuthorityInquiry:
    """Put a question on the list of an authority. Raises ``InquiryRefused`` where no consent allows it."""
    if by.user_id is None:
        raise InquiryRefused("照会を加えられるのは、職員だけです。")
    application = Application.objects.select_for_update(of=("self",)).select_related("loan").get(pk=application_id)
    if application.state not in OPEN_STATES:
        raise InquiryRefused("この申請はもう終わっているため、照会できません。")
    if asked not in ASKED_OF[kind]:
        raise InquiryRefused(
            f"{kind.label}には「{asked.label}」を照会できません。照会先か照会事項を選び直してください。"
        )
    if subject == Judged.HEAD and application.head_id is None:
        raise InquiryRefused("この申請には、借受人のほかに世帯主の登録がありません。")
    if not name.strip():
        raise InquiryRefused("照会先の名前を書いてください。")
    try:
        basis = basis_for(application, asked, subject)
    except NoBasis as missing:
        raise InquiryRefused(str(missing)) from missing
    row = AuthorityInquiry(
        application=application,
        authority_kind=kind,
        authority_name=name.strip(),
        asked=asked,
        subject=subject,
        consent=basis.consent,
        form=basis.form,
        consented_on=basis.on,
        listed_by_id=by.user_id,
        listed_at=at,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as twice:
        if "one_open_inquiry_of_a_kind" not in str(twice):
            raise
        raise InquiryRefused("同じ照会がすでにあります。回答を待つか、前の照会を取りやめてください。") from twice
    return row


@service
def send_inquiries(*, keys: Collection[int], sender: User, by: Actor, at: datetime) -> InquiryLetter:
    """Send questions that wait for one authority as one sheet. What it tells of each person is written down as disclosed.

    Consents are looked at anew. Raises ``InquiryRefused`` where one may not be sent any more, or they are for several
    authorities; nothing is sent then.
    """
    rows = list(
        AuthorityInquiry.objects.visible_to(sender)
        .filter(pk__in=keys, letter__isnull=True, withdrawn_on__isnull=True)
        .select_for_update(of=("self",))
        .select_related("application__loan", "application__head")
        .order_by("pk")
    )
    if not rows:
        raise InquiryRefused("送付を待っている照会がありません。ほかの人が先に送ったかもしれません。")
    if len({(row.authority_kind, row.authority_name) for row in rows}) > 1:
        raise InquiryRefused("照会先ごとに分けて送ってください。")
    on = today_of(at)
    kind = AuthorityKind(rows[0].authority_kind)
    letter = InquiryLetter.objects.create(
        authority_kind=kind,
        authority_name=rows[0].authority_name,
        sent_on=on,
        answer_due_on=on + ANSWER_WITHIN,
        sent_by=sender,
        sent_at=at,
    )
    hidden = withheld_people({subject_id(row) for row in rows}, on=on)
    told: list[Disclosure] = []
    for row in rows:
        basis = _still_allowed(row)
        items = items_for(kind, Asked(row.asked), address_withheld=subject_id(row) in hidden)
        row.letter, row.items = letter, [item.value for item in items]
        told.append(
            Disclosure(
                recipient=f"{letter.authority_name}（{kind.label}）",
                basis=basis.text_ja,
                subject="person",
                ids=(subject_id(row),),
                items=tuple(str(Item(item).label) for item in items),
            )
        )
    AuthorityInquiry.objects.bulk_update(rows, ["letter", "items"])
    record_disclosures(told, by=by, at=at)
    return letter


@service
def answer_inquiry(
    *, inquiry_id: int, answer: Answer, answered_on: date, note: str, by: Actor, at: datetime
) -> AuthorityInquiry:
    """Write down what came back; whoever reviews the application sees it there. Raises ``InquiryRefused``."""
    row = _locked(inquiry_id)
    if row.letter is None:
        raise InquiryRefused("まだ送っていない照会には、回答を記録できません。")
    if row.answered_on is not None:
        raise InquiryRefused("この照会の回答は、もう記録されています。")
    if not row.letter.sent_on <= answered_on <= today_of(at):
        raise InquiryRefused("回答日は、送付日から今日までの日付にしてください。")
    if answer != Answer.AGREES and not note.strip():
        raise InquiryRefused("申請のとおりでないときは、回答の内容を書いてください。")
    row.answer, row.answered_on, row.answer_note, row.answered_by_id = answer, answered_on, note.strip(), by.user_id
    row.save(update_fields=["answer", "answered_on", "answer_note", "answered_by"])
    return row


@service
def withdraw_inquiry(*, inquiry_id: int, by: Actor, at: datetime) -> AuthorityInquiry:
    """Take a question off the list before it was sent. Raises ``InquiryRefused``."""
    row = _locked(inquiry_id)
    if row.letter is not None:
        raise InquiryRefused("送った照会は、取りやめられません。")
    if row.withdrawn_on is None:
        row.withdrawn_on = today_of(at)
        row.save(update_fields=["withdrawn_on"])
    return row


def subject_id(row: AuthorityInquiry) -> int:
    """Whom an inquiry is about; ``application__loan`` must have been read with it."""
    if row.subject == Judged.HEAD and row.application.head_id is not None:
        return row.application.head_id
    return row.application.loan.borrower_id


def _locked(inquiry_id: int) -> AuthorityInquiry:
    rows = AuthorityInquiry.objects.select_for_update(of=("self",)).select_related("letter", "application__loan")
    return rows.get(pk=inquiry_id)


def _still_allowed(row: AuthorityInquiry) -> Basis:
    """The basis as the form stands now."""
    if row.application.state not in OPEN_STATES:
        raise InquiryRefused(f"申請 {row.application} はもう終わっています。照会を取りやめてください。")
    try:
        return basis_for(row.application, Asked(row.asked), Judged(row.subject))
    except NoBasis as missing:
        raise InquiryRefused(f"申請 {row.application}：{missing}") from missing
