"""照会書: the sheet that goes to one authority, with the least it has to know of each person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from accounts.models import User
from exemptions.inquiries.basis import Basis
from exemptions.inquiries.enums import Item
from exemptions.inquiries.selectors import with_all
from exemptions.inquiries.services import subject_id
from exemptions.models import AuthorityInquiry, InquiryLetter
from exemptions.sheets.gathering import lender_letterhead
from japan.eras import fiscal_year_text
from notices import fonts
from notices.issuing import sender
from notices.kinds import Sender
from notices.rendering import render_sheet
from notices.typesetting import without_unprintable
from people.addresses import AddressView, addresses_for
from people.enums import AddressKind
from people.models import Person

TEMPLATE = "exemptions/inquiries/letter-v1.html"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One person asked about. What the authority need not know is empty."""

    number: str
    name: str = field(metadata={"label": "氏名"})
    kana: str = field(metadata={"label": "フリガナ"})
    birth_date: date
    address: str = field(metadata={"label": "住所"})
    asked: str
    year: str
    basis: str


@dataclass(frozen=True, kw_only=True)
class InquirySheet:
    """The whole sheet. ``office`` is None where the lender has no letterhead yet."""

    number: str
    authority: str = field(metadata={"label": "照会先"})
    sent_on: date
    answer_due_on: date
    office: Sender | None
    number_prefix: str
    with_addresses: bool
    lines: tuple[Line, ...]


def print_letter(letter: InquiryLetter, *, reader: User, on: date) -> bytes:
    """The sheet as PDF, as this reader may see it on a day: an address that has come to be withheld is not printed any more."""
    printable, by_hand = without_unprintable(sheet_of(letter, reader=reader, on=on), fonts.chain())
    return render_sheet(TEMPLATE, {"sheet": printable, "by_hand": by_hand, "margin_id": f"照会書 {letter}"}).pdf


def sheet_of(letter: InquiryLetter, *, reader: User, on: date) -> InquirySheet:
    """What the sheet says."""
    rows = list(with_all(AuthorityInquiry.objects.visible_to(reader).filter(letter=letter)).order_by("pk"))
    people = Person.objects.in_bulk({subject_id(row) for row in rows})
    seen = addresses_for(people, reader=reader, on=on)
    head = lender_letterhead(letter.sent_on)
    lines = tuple(_line(row, people[subject_id(row)], seen[subject_id(row)]) for row in rows)
    return InquirySheet(
        number=str(letter),
        authority=letter.authority_name,
        sent_on=letter.sent_on,
        answer_due_on=letter.answer_due_on,
        office=sender(head) if head else None,
        number_prefix=head.number_prefix if head else "",
        with_addresses=any(line.address for line in lines),
        lines=lines,
    )


def _line(row: AuthorityInquiry, person: Person, seen: AddressView) -> Line:
    told = set(row.items)
    address = ""
    if Item.ADDRESS in told and not seen.withheld:
        address = next((line.text for line in seen.lines if line.label == AddressKind.REGISTERED.label), "")
    year = row.application.fiscal_year
    return Line(
        number=str(row),
        name=person.name,
        kana=person.kana,
        birth_date=person.birth_date,
        address=address,
        asked=row.get_asked_display(),
        year=fiscal_year_text(year) if Item.FISCAL_YEAR in told and year else "",
        basis=Basis(row.consent, row.form, row.consented_on).text_ja,
    )
