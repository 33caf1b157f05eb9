"""Taking scans in, opening them for a reader, and withdrawing what was a mistake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import BinaryIO, Final

from django.db import OperationalError
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access, service
from japan.eras import era_date
from people.documents.checking import Checked, examine
from people.documents.files import discard, keep, kept, new_name
from people.documents.images import preview_image, stamped_image
from people.documents.openings import Opening, Openness, openings
from people.documents.pdfs import stamped_pdf
from people.documents.refusals import DocumentRefused
from people.enums import FileKind, PaperKind
from people.models import Document, DocumentFile, DocumentWithdrawal, Paper, Person
from people.papers import refuse_impossible_days
from people.reveals import why
from people.services import lock

MOST_AT_ONCE: Final = 20
"""Files of one upload. The sheets of one application are fewer; each is opened and looked through while one waits."""

NOTHING_SAVED: Final = "どのファイルも保存していません。"
WITHHELD: Final = "支援措置のため表示しません。必要なときは理由を書いて確認を依頼してください。"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file on its way in. ``name`` is looked at and forgotten."""

    content: BinaryIO
    name: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A copy made for one reader, marked with who and when."""

    content: bytes
    content_type: str


def take_in(
    *,
    person: Person,
    kind: PaperKind,
    incoming: Sequence[Incoming],
    dated_on: date | None = None,
    paper: Paper | None = None,
    by: Actor,
    at: datetime,
) -> list[Document]:
    """Keep the scans of one upload, all of them or none.

    ``paper`` is the written-down paper they show; its kind counts then. ``DocumentRefused`` (or ``PaperRefused`` for days
    that cannot be) names which file by its place, and what would be right. Files are looked through and written before
    the rows, outside their transaction; where the rows are not written, the files go again. A process that dies in
    between leaves a file without a row, which the night removes (``people.night``).
    """
    clerk(by, person)
    if not incoming:
        raise DocumentRefused("スキャンのファイルを選んでください。")
    if len(incoming) > MOST_AT_ONCE:
        raise DocumentRefused(f"一度に登録できるのは{MOST_AT_ONCE}件までです。分けて登録してください。")
    if paper is not None and paper.person_id != person.pk:
        raise DocumentRefused("ほかの方の書類には登録できません。")
    refuse_impossible_days(person, received_on=timezone.localtime(at).date(), issued_on=dated_on, at=at)
    checked = _look_through(incoming)
    names = [new_name(one.kind) for one in checked]
    try:
        for name, file in zip(names, incoming, strict=True):
            keep(name, file.content)
        return _write(
            person=person,
            kind=PaperKind(paper.kind) if paper is not None else kind,
            dated_on=dated_on,
            paper=paper,
            files=list(zip(names, checked, strict=True)),
            by=by,
            at=at,
        )
    except OperationalError:
        raise  # whether the rows were written is not known: the night looks, and removes what has none
    except BaseException:
        discard(names)
        raise


def _look_through(incoming: Sequence[Incoming]) -> list[Checked]:
    found: list[Checked] = []
    for place, file in enumerate(incoming, 1):
        try:
            one = examine(file.content, name=file.name)
        except DocumentRefused as refused:
            raise DocumentRefused(f"{_which(place, incoming)}{refused}{NOTHING_SAVED}") from None
        first = next((at for at, known in enumerate(found, 1) if known.sha256 == one.sha256), None)
        if first is not None:
            raise DocumentRefused(f"{place}件目は{first}件目と同じファイルです。選び直してください。{NOTHING_SAVED}")
        found.append(one)
    return found


def _which(place: int, incoming: Sequence[Incoming]) -> str:
    return f"{place}件目のファイル：" if len(incoming) > 1 else ""


@service
def _write(
    *,
    person: Person,
    kind: PaperKind,
    dated_on: date | None,
    paper: Paper | None,
    files: list[tuple[str, Checked]],
    by: Actor,
    at: datetime,
) -> list[Document]:
    """The rows of one upload, under the lock of the person, so that the same file cannot come in twice at once."""
    lock(person)
    _refuse_known(person, files)
    assert by.user_id is not None
    made = []
    for name, one in files:
        document = Document.objects.create(person=person, paper=paper, kind=kind, dated_on=dated_on)
        DocumentFile.objects.create(
            document=document,
            name=name,
            content_type=one.kind,
            size=one.size,
            pages=one.pages,
            sha256=one.sha256,
            uploaded_by_id=by.user_id,
            uploaded_at=at,
        )
        made.append(document)
    return made


def _refuse_known(person: Person, files: list[tuple[str, Checked]]) -> None:
    """Say where a file is that this person's record holds already."""
    hashes = {one.sha256: place for place, (_, one) in enumerate(files, 1)}
    known = (
        Document.objects.standing()
        .filter(person=person, file__sha256__in=hashes)
        .select_related("file")
        .order_by("file__uploaded_at")
        .first()
    )
    if known is None:
        return
    which = f"{hashes[known.file.sha256]}件目のファイル：" if len(files) > 1 else ""
    day = era_date(timezone.localtime(known.file.uploaded_at).date())
    raise DocumentRefused(
        f"{which}同じファイルが{day}に「{known.get_kind_display()}」（{known}）として登録されています。"
        f"別の書類のときは、ファイルを選び直してください。{NOTHING_SAVED}"
    )


@service
def open_document(*, document: Document, small: bool = False, by: Actor, at: datetime) -> Shown:
    """A marked copy of a scan for one reader, and the row in the access log that says who looked.

    ``small`` gives the preview of a picture. ``DocumentRefused`` for what this reader may not open now.
    """
    reader = _reader(by)
    row = Document.objects.visible_to(reader).select_related("file", "withdrawal").filter(pk=document.pk).first()
    if row is None:
        raise DocumentRefused("このスキャンは見つかりません。")
    opening = openings([row], reader=reader, at=at)[row.pk]
    refuse_closed(opening)
    content = BytesIO(kept(row.file.name, row.file.sha256))
    shown = _marked(row.file, content, mark_of(reader, at), small=small)
    _write_down(row, opening, by=by, at=at)
    return shown


def refuse_closed(opening: Opening) -> None:
    if opening.openness is Openness.WITHDRAWN:
        raise DocumentRefused("このスキャンは取り下げられたため、表示しません。")
    if opening.openness is Openness.WITHHELD:
        raise DocumentRefused(WITHHELD)


def mark_of(reader: User, at: datetime) -> str:
    """Who looks and when, in letters that every font has: a photographed screen says whose it was."""
    return f"{reader.get_username()}  {timezone.localtime(at):%Y-%m-%d %H:%M}"


def _marked(file: DocumentFile, content: BytesIO, mark: str, *, small: bool) -> Shown:
    kind = FileKind(file.content_type)
    if kind == FileKind.PDF:
        if small:
            raise DocumentRefused("PDFには小さい画像がありません。")
        return Shown(stamped_pdf(content, mark), kind.value)
    if small:
        return Shown(preview_image(content, kind, mark), FileKind.JPEG.value)
    copy, shown_as = stamped_image(content, kind, mark)
    return Shown(copy, shown_as.value)


def _write_down(row: Document, opening: Opening, *, by: Actor, at: datetime) -> None:
    reveal = opening.reveal
    if reveal is None:
        record_access(by=by, action=AccessAction.VIEW, subject="document", ids=[row.pk], at=at)
        return
    if reveal.viewed_at is None:
        reveal.viewed_at = at
        reveal.save(update_fields=["viewed_at"])
    record_access(by=by, action=AccessAction.REVEAL, subject="document", ids=[row.pk], reason=why(reveal), at=at)


@service
def refile_document(
    *, document: Document, paper: Paper | None, kind: PaperKind, dated_on: date | None, by: Actor, at: datetime
) -> Document:
    """Put right which paper of the same person a scan shows; the file itself stays as it came in.

    Not while the scan is withheld from whoever asks: another kind must not be the way around the second person.
    """
    clerk(by, document.person)
    row = Document.objects.select_for_update(of=("self",)).select_related("person").get(pk=document.pk)
    if paper is not None and paper.person_id != row.person_id:
        raise DocumentRefused("ほかの方の書類には登録できません。")
    refuse_closed(openings([row], reader=_reader(by), at=at)[row.pk])
    refuse_impossible_days(row.person, received_on=timezone.localtime(at).date(), issued_on=dated_on, at=at)
    row.paper, row.dated_on = paper, dated_on
    row.kind = paper.kind if paper is not None else kind
    row.save(update_fields=["paper", "kind", "dated_on"])
    return row


@service
def withdraw_document(*, document: Document, reason: str, by: Actor, at: datetime) -> DocumentWithdrawal:
    """Put a scan away that was taken in by mistake, with the reason. Its file and its row stay as evidence."""
    user = clerk(by, document.person)
    reason = reason.strip()
    if not reason:
        raise DocumentRefused("取り下げる理由を入力してください。")
    Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if DocumentWithdrawal.objects.filter(document=document).exists():
        raise DocumentRefused("このスキャンはすでに取り下げられています。")
    return DocumentWithdrawal.objects.create(document=document, reason=reason, withdrawn_by=user, withdrawn_at=at)


def clerk(by: Actor, person: Person) -> User:
    """The member of staff who writes in this person's record."""
    user = _reader(by)
    if not user.can(Permission.WRITE_CASES) or not Person.objects.visible_to(user).filter(pk=person.pk).exists():
        raise DocumentRefused("この方のスキャンを登録・変更できる役割ではありません。")
    return user


def _reader(by: Actor) -> User:
    if by.user_id is None:
        raise DocumentRefused("職員だけが行えます。")
    return User.objects.get(pk=by.user_id)
