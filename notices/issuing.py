"""From an occasion to a letter on paper: draft it, give it address, number and day, render it, bind the run."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from accounts.models import Office, OfficeLetterhead
from audit.actors import Actor
from audit.services import service
from japan.eras import fiscal_year
from notices import envelopes, files
from notices.enums import HoldCause, LetterState, PrintRunState
from notices.envelopes import AddressDoesNotFit, EnvelopeProfile
from notices.kinds import Addressee, Desk, LetterFacts, LetterKind, Seal, Sender, from_json, kind, plain, to_json
from notices.models import DocumentCounter, Letter, PrintRun
from notices.printing import Excluded, PrintItem, RunHeading, write_print_file
from notices.rendering import RenderedLetter, letter_html, render_cover, render_letter
from notices.sources import Draft, LetterSource
from notices.typesetting import GlyphMissing
from people.addresses import MailingAddress, Withheld, mailing_address
from people.enums import WithheldCause
from people.models import Person

NUMBER_IN_PREVIEW = "（発行時に採番）"

_CAUSES = {
    WithheldCause.PROTECTED: HoldCause.PROTECTED,
    WithheldCause.PROTECTED_HOUSEHOLD: HoldCause.PROTECTED,
    WithheldCause.DECEASED: HoldCause.BLOCKED,
    WithheldCause.BLOCKED: HoldCause.BLOCKED,
    WithheldCause.NO_ADDRESS: HoldCause.NO_ADDRESS,
}


@dataclass(frozen=True, slots=True)
class Held:
    """A letter cannot be printed as it stands; ``detail`` is a Japanese sentence for staff, without an address."""

    cause: HoldCause
    detail: str


def letterhead_on(office_id: int, day: date) -> OfficeLetterhead | None:
    """What letters of an office say about it on a day."""
    return OfficeLetterhead.objects.filter(office=office_id, valid_from__lte=day).order_by("-valid_from").first()


def envelope_of(letterhead: OfficeLetterhead) -> EnvelopeProfile | None:
    """The envelope the office chose, or None where the code is no known profile."""
    return next((profile for profile in envelopes.EXAMPLES if profile.code == letterhead.envelope_profile), None)


def complete_facts(
    declared: LetterKind, content: Mapping[str, Any], *, person: Person, office_id: int, number: str, on: date
) -> LetterFacts | Held:
    """The whole facts of a letter as of a day: the frozen content with addressee, sender, envelope, number and day."""
    letterhead = letterhead_on(office_id, on)
    envelope = envelope_of(letterhead) if letterhead else None
    if letterhead is None or envelope is None:
        return Held(HoldCause.LETTERHEAD, "発信者情報または封筒の型が登録されていません。")
    address = mailing_address(person, on=on)
    if isinstance(address, Withheld):
        return Held(_CAUSES[address.cause], address.reason)
    frame: dict[str, Any] = {
        "addressee": to_json(addressee(person, address)),
        "sender": to_json(sender(letterhead)),
        "envelope": to_json(envelope),
        "document_number": f"{letterhead.number_prefix}第{number}号" if number.isdigit() else number,
        "issued_on": on.isoformat(),
    }
    if "desks" in declared.facts_type.__dataclass_fields__:
        frame["desks"] = [to_json(Desk(**desk)) for desk in letterhead.desks]
    return from_json(declared, {**content, **frame})


def addressee(person: Person, address: MailingAddress) -> Addressee:
    return Addressee(name=person.name, postal_code=address.postal_code.replace("-", ""), lines=tuple(address.lines))


def sender(letterhead: OfficeLetterhead) -> Sender:
    return Sender(
        office_name=letterhead.letter_name,
        chairperson=letterhead.chairperson,
        postal_code=letterhead.postal_code.replace("-", ""),
        lines=(letterhead.address,),
        phone=letterhead.phone,
        hours=letterhead.hours,
        seal=Seal.BY_HAND if letterhead.seal_mode == "sealed" else Seal.OMITTED,
    )


def content_json(declared: LetterKind, draft: Draft) -> dict[str, Any]:
    """The draft's content as JSON. A field that the kind's facts do not have is refused: what has no field cannot leak."""
    known = set(declared.facts_type.__dataclass_fields__) - set(LetterFacts.__dataclass_fields__)
    if unknown := sorted(set(draft.content) - known):
        raise ValueError(f"{declared.code}: no field {unknown[0]}")
    return {name: plain(value) for name, value in draft.content.items()}


@service
def draft_letter(*, source: LetterSource, occasion: str, on: date, by: Actor, at: datetime) -> Letter | None:
    """Write the row of a letter that is due, with its frozen content. None where the occasion has lapsed.

    The same occasion again gives the row that is there.
    """
    existing = Letter.objects.filter(kind=source.kind, occasion=occasion).first()
    if existing is not None:
        return existing
    draft = source.draft(occasion)
    if draft is None:
        return None
    declared = kind(source.kind)
    return Letter.objects.create(
        kind=source.kind,
        occasion=occasion,
        addressee_id=draft.addressee_id,
        office_id=draft.office_id,
        language=draft.language,
        template_version=declared.version,
        facts=content_json(declared, draft),
        drafted_on=on,
        drafted_at=at,
    )


@service
def issue_letter(*, letter_id: int, on: date, by: Actor, at: datetime) -> Letter:
    """Give a drafted letter its address, document number and day, render it and keep the file; or hold it with the cause.

    A held letter is looked at again: it is held anew or issued. A letter that was issued before (its run was spoiled)
    keeps its number. In any other state nothing happens.
    """
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter_id)
    if letter.state not in (LetterState.DRAFTED, LetterState.HELD):
        return letter
    declared = kind(letter.kind, letter.template_version)
    content = own_content(declared, letter)
    complete = partial(complete_facts, declared, content, person=letter.addressee, office_id=letter.office_id, on=on)
    facts = complete(number=str(letter.number or 0))
    held = facts if isinstance(facts, Held) else unprintable(declared, facts, letter)
    if held is not None:
        return hold(letter, held, on=on)
    if letter.number is None:
        letter.fiscal_year = fiscal_year(on)
        letter.number = next_number(letter.office_id, letter.fiscal_year)
    final = complete(number=str(letter.number))
    assert not isinstance(final, Held)
    rendered = render_letter(declared, final, letter_id=str(letter))
    return keep_rendered(letter, final, rendered, on=on)


def own_content(declared: LetterKind, letter: Letter) -> dict[str, Any]:
    """The fields of a letter's facts that its kind added: what was frozen when it was drafted."""
    frame = {*LetterFacts.__dataclass_fields__, "desks"}
    return {name: value for name, value in letter.facts.items() if name not in frame}


def unprintable(declared: LetterKind, facts: LetterFacts, letter: Letter) -> Held | None:
    """Why a letter cannot be printed as it should, found before a document number is spent on it."""
    try:
        letter_html(declared, facts, letter_id=str(letter))
    except GlyphMissing as problem:
        return Held(HoldCause.GLYPH, str(problem))
    except AddressDoesNotFit as problem:
        return Held(HoldCause.ADDRESS, str(problem))
    return None


def hold(letter: Letter, held: Held, *, on: date) -> Letter:
    letter.state, letter.hold_cause, letter.hold_detail = LetterState.HELD, held.cause, held.detail[:200][:200]
    letter.held_on = on
    letter.save(update_fields=["state", "hold_cause", "hold_detail", "held_on"])
    return letter


def keep_rendered(letter: Letter, facts: LetterFacts, rendered: RenderedLetter, *, on: date) -> Letter:
    letter.facts = to_json(facts)
    letter.issued_on = on
    letter.pages = rendered.pages
    letter.sha256 = hashlib.sha256(rendered.pdf).hexdigest()
    letter.file_name = files.letter_name(letter.pk, on.year)
    files.keep(letter.file_name, rendered.pdf)
    letter.state, letter.hold_cause, letter.hold_detail, letter.held_on = LetterState.RENDERED, "", "", None
    letter.save()
    return letter


def next_number(office_id: int, year: int) -> int:
    """The next 文書番号 of an office in a fiscal year; its counter stays locked to the end of the transaction: no gaps."""
    DocumentCounter.objects.get_or_create(office_id=office_id, fiscal_year=year)
    counter = DocumentCounter.objects.select_for_update().get(office_id=office_id, fiscal_year=year)
    counter.last_number += 1
    counter.save(update_fields=["last_number"])
    return counter.last_number


@service
def build_print_run(*, office: Office, on: date, sequence: int, by: Actor, at: datetime) -> PrintRun | None:
    """Bind the rendered letters of an office into one file with a cover sheet. None where there are none.

    The same office, day and sequence again gives the run that is there.
    """
    existing = PrintRun.objects.filter(office=office, business_date=on, sequence=sequence).first()
    if existing is not None:
        return existing
    letters = list(
        Letter.objects.filter(office=office, state=LetterState.RENDERED)
        .select_related("addressee")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    if not letters:
        return None
    run = PrintRun.objects.create(office=office, business_date=on, sequence=sequence)
    heading = RunHeading(
        office_name=office.name, run_id=run_label(run), business_date=on, envelope_label=envelope_label(letters)
    )
    with tempfile.TemporaryFile() as out:
        made = write_print_file(
            heading,
            [print_item(letter) for letter in letters],
            excluded=excluded_letters(office),
            render_cover=render_cover,
            out=out,
        )
        run.file_name = files.run_name(office.pk, on.isoformat(), sequence)
        out.seek(0)
        files.keep(run.file_name, out)
    pages = {entry.letter_id: entry.first_page for entry in made.index}
    for letter in letters:
        letter.run, letter.state, letter.first_page = run, LetterState.IN_RUN, pages[str(letter)]
    Letter.objects.bulk_update(letters, ["run", "state", "first_page"], batch_size=500)
    run.state, run.sha256, run.pages = PrintRunState.READY, made.sha256, made.pages
    run.letters_count, run.made_at = len(letters), at
    run.save()
    return run


def run_label(run: PrintRun) -> str:
    """What the cover sheet and the screens call a run: its day, office and number."""
    return f"R{run.business_date:%Y%m%d}-{run.office.code}-{run.sequence}"


def envelope_label(letters: list[Letter]) -> str:
    labels = {str(letter.facts["envelope"]["label_ja"]) for letter in letters}
    return "・".join(sorted(labels))


def print_item(letter: Letter) -> PrintItem:
    declared = kind(letter.kind, letter.template_version)
    return PrintItem(
        letter_id=str(letter),
        kind_label=declared.label_ja,
        postal_code=letter.facts["addressee"]["postal_code"],
        name_key=letter.addressee.kana_key,
        pages=letter.pages or 0,
        load=partial(files.kept, letter.file_name, letter.sha256),
        enclosure=declared.enclosure,
    )


def excluded_letters(office: Office) -> list[Excluded]:
    held = Letter.objects.filter(office=office, state=LetterState.HELD).order_by("pk")
    return [
        Excluded(
            letter_id=str(letter),
            kind_label=kind(letter.kind, letter.template_version).label_ja,
            reason=letter.hold_detail,
        )
        for letter in held
    ]


def preview(source: LetterSource, occasion: str, *, on: date) -> RenderedLetter | Held | None:
    """How a letter that is due would look; writes nothing. None where the occasion has lapsed."""
    draft = source.draft(occasion)
    if draft is None:
        return None
    declared = kind(source.kind)
    facts = complete_facts(
        declared,
        content_json(declared, draft),
        person=Person.objects.get(pk=draft.addressee_id),
        office_id=draft.office_id,
        number=NUMBER_IN_PREVIEW,
        on=on,
    )
    if isinstance(facts, Held):
        return facts
    try:
        return render_letter(declared, facts, letter_id="PREVIEW")
    except GlyphMissing as problem:
        return Held(HoldCause.GLYPH, str(problem))
    except AddressDoesNotFit as problem:
        return Held(HoldCause.ADDRESS, str(problem))
