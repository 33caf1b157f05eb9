"""What is wrong with the papers of an application (不備), as the exact list that is sent back to the borrower.

Pure: what was transcribed goes in, the list comes out, in the order of the paper. The same list is shown while a
clerk types, stored when the papers go back, and looked at again before a decision. Sources: form 1-1-D and its notes
(every framed field is required, pencil and erasable pens are refused, exactly one tick, all six consents); papers and
their age as on the MHLW exemption FAQ (EX-12, EX-60).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from exemptions.enums import CONSENT_NUMBERS, HouseholdSituation, PaperSlot, Person
from exemptions.years import YearsAsked
from japan.eras import era_date, fiscal_year_text
from japan.months import last_day, month_index
from japan.yen import yen

CIRCLED = dict(zip(CONSENT_NUMBERS, "①②③④⑤⑥", strict=True))


class Code(StrEnum):
    """The kinds of deficiency, for tests and counts; people read the sentence."""

    AMOUNT_MISSING = "amount_missing"
    AMOUNT_OVER_CAP = "amount_over_cap"
    SITUATION_MISSING = "situation_missing"
    SITUATION_TWICE = "situation_twice"
    HEAD_NOT_NAMED = "head_not_named"
    CONSENT_MISSING = "consent_missing"
    DATE_MISSING = "date_missing"
    DATE_IMPOSSIBLE = "date_impossible"
    SIGNATURE_MISSING = "signature_missing"
    PHONE_MISSING = "phone_missing"
    ERASABLE_INK = "erasable_ink"
    RESIDENCE_RECORD_MISSING = "residence_record_missing"
    RESIDENCE_RECORD_UNDATED = "residence_record_undated"
    RESIDENCE_RECORD_TOO_OLD = "residence_record_too_old"
    CERTIFICATE_MISSING = "certificate_missing"
    CERTIFICATE_WRONG_YEAR = "certificate_wrong_year"
    CIRCUMSTANCES_MISSING = "circumstances_missing"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Deficiency:
    """One thing that is wrong. ``paper`` is where, ``text`` the sentence for the borrower, ``field`` the form's field.

    ``impossible`` marks a day that cannot be true (still to come, before the borrower was born): a slip of whoever typed
    or wrote it, so it is never stored as it is.
    """

    code: Code
    paper: PaperSlot
    text: str
    field: str
    impossible: bool = False

    @property
    def paper_ja(self) -> str:
        return str(self.paper.label)

    def to_json(self) -> dict[str, str]:
        """Return what is kept with the step that sent it back."""
        return {"code": self.code.value, "paper": self.paper.value, "text": self.text}


@dataclass(frozen=True, slots=True)
class ResidenceRecord:
    """The residence record that came in: the day it was issued, where it says so, and the day it came."""

    issued_on: date | None
    received_on: date


@dataclass(frozen=True, slots=True)
class TaxPaper:
    """A tax certificate that is there: whose, which fiscal year, when issued and when received."""

    person: Person
    fiscal_year: int
    received_on: date
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was transcribed from the form and its papers, and what it is compared with.

    ``cap_left`` is the most that can still be exempted of this loan (yen; None: no cap), ``born_on`` the borrower's
    birth, ``today`` the day of typing, ``record_months`` the age in months a residence record may have on receipt.
    ``several_situations``: more than one box is ticked on the paper.
    """

    received_on: date
    today: date
    born_on: date
    years: YearsAsked
    fiscal_year: int
    principal: int
    cap_left: int | None
    record_months: int
    requested_amount: int | None = None
    situation: HouseholdSituation | None = None
    several_situations: bool = False
    head_named: bool = False
    consents: frozenset[int] = frozenset()
    signed_on: date | None = None
    signed: bool = False
    phone: str = ""
    erasable_ink: bool = False
    residence_record: ResidenceRecord | None = None
    certificates: tuple[TaxPaper, ...] = ()
    circumstances: bool = False

    @property
    def judged(self) -> tuple[Person, ...]:
        """Whose certificate is asked for (EX-12); the borrower's alone while it is open whether the head is judged."""
        if self.situation == HouseholdSituation.NONE_OF_THESE:
            return (Person.BORROWER, Person.HEAD)
        return (Person.BORROWER,)


def find_deficiencies(sheet: Sheet) -> tuple[Deficiency, ...]:
    """Return everything that is wrong, in the order of the paper."""
    return (
        *_amount(sheet),
        *_situation(sheet),
        *_consents(sheet),
        *_signature(sheet),
        *_residence_record(sheet),
        *_certificates(sheet),
    )


def months_before(day: date, months: int) -> date:
    """Return the same day of the month so many months earlier, or that month's last day where it has no such day."""
    last = last_day(month_index(day) - months)
    return last.replace(day=min(day.day, last.day))


def _form(code: Code, field: str, text: str) -> Deficiency:
    return Deficiency(code, PaperSlot.FORM, text, field)


def _amount(sheet: Sheet) -> Iterator[Deficiency]:
    asked, cap = sheet.requested_amount, sheet.cap_left
    if asked is None or asked == 0:
        yield _form(Code.AMOUNT_MISSING, "requested_amount", "免除申請額の記入がありません。")
    elif asked > sheet.principal:
        text = f"免除申請額 {yen(asked)}が、貸付金額 {yen(sheet.principal)}を超えています。"
        yield _form(Code.AMOUNT_OVER_CAP, "requested_amount", text)
    elif cap is not None and asked > cap:
        text = f"免除申請額 {yen(asked)}が、この資金の免除上限額 {yen(cap)}を超えています。"
        yield _form(Code.AMOUNT_OVER_CAP, "requested_amount", text)


def _situation(sheet: Sheet) -> Iterator[Deficiency]:
    if sheet.several_situations:
        text = "世帯の状況に二つ以上の印があります。当てはまる一つだけに印を付けてください。"
        yield _form(Code.SITUATION_TWICE, "situation", text)
    elif sheet.situation is None:
        text = "世帯の状況に印がありません。当てはまる一つに印を付けてください。"
        yield _form(Code.SITUATION_MISSING, "situation", text)
    elif sheet.situation == HouseholdSituation.NONE_OF_THESE and not sheet.head_named:
        yield Deficiency(
            Code.HEAD_NOT_NAMED,
            PaperSlot.RESIDENCE_RECORD,
            "現在の世帯主が分かりません。世帯主と続柄の載った世帯全員の住民票を添えてください。",
            "head",
        )


def _consents(sheet: Sheet) -> Iterator[Deficiency]:
    for number in CONSENT_NUMBERS:
        if number not in sheet.consents:
            yield _form(Code.CONSENT_MISSING, "consents", f"同意欄{CIRCLED[number]}に印がありません。")


def _signature(sheet: Sheet) -> Iterator[Deficiency]:
    if sheet.signed_on is None:
        yield _form(Code.DATE_MISSING, "signed_on", "記入日がありません。")
    else:
        yield from _impossible(sheet, "記入日", sheet.signed_on, PaperSlot.FORM, "signed_on", sheet.received_on)
    if not sheet.signed:
        yield _form(Code.SIGNATURE_MISSING, "signed", "借受人ご本人の署名がありません。")
    if not sheet.phone:
        yield _form(Code.PHONE_MISSING, "phone", "日中に連絡のとれる電話番号の記入がありません。")
    if sheet.erasable_ink:
        text = "えんぴつや消せるボールペンで記入されています。消えない筆記具で書き直してください。"
        yield _form(Code.ERASABLE_INK, "erasable_ink", text)


def _residence_record(sheet: Sheet) -> Iterator[Deficiency]:
    slot, field = PaperSlot.RESIDENCE_RECORD, "residence_issued_on"
    record, months = sheet.residence_record, sheet.record_months
    if record is None:
        text = f"住民票がありません。世帯全員の載った、発行から{months}か月以内のものを添えてください。"
        yield Deficiency(Code.RESIDENCE_RECORD_MISSING, slot, text, "residence_record")
    elif record.issued_on is None:
        yield Deficiency(Code.RESIDENCE_RECORD_UNDATED, slot, "住民票の発行日が分かりません。", field)
    elif record.issued_on < (oldest := months_before(record.received_on, months)):
        text = (
            f"住民票が{era_date(record.issued_on)}の発行です。{era_date(oldest)}以後に発行されたものを添えてください。"
        )
        yield Deficiency(Code.RESIDENCE_RECORD_TOO_OLD, slot, text, field)
    else:
        yield from _impossible(sheet, "住民票の発行日", record.issued_on, slot, field, record.received_on)


def _certificates(sheet: Sheet) -> Iterator[Deficiency]:
    expected = sheet.years.accepted(sheet.fiscal_year)
    expected_ja = "または".join(fiscal_year_text(year) for year in expected)
    for person in sheet.judged:
        slot = PaperSlot.BORROWER_TAX if person == Person.BORROWER else PaperSlot.HEAD_TAX
        theirs = [paper for paper in sheet.certificates if paper.person == person]
        for paper in theirs:
            if paper.issued_on is not None:
                name = f"{person.label}の課税証明書の発行日"
                field = f"{person.value}_tax_issued_on"
                yield from _impossible(sheet, name, paper.issued_on, slot, field, paper.received_on)
        if any(paper.fiscal_year in expected for paper in theirs):
            continue
        if theirs:
            found_ja = "・".join(fiscal_year_text(year) for year in sorted({paper.fiscal_year for paper in theirs}))
            text = f"{person.label}の課税証明書が{found_ja}のものです。{expected_ja}のものを添えてください。"
            yield Deficiency(Code.CERTIFICATE_WRONG_YEAR, slot, text, f"{person.value}_tax_year")
        else:
            text = f"{person.label}の課税（非課税）証明書がありません。{expected_ja}のものを添えてください。"
            yield Deficiency(Code.CERTIFICATE_MISSING, slot, text, f"{person.value}_tax_year")
    if sheet.situation == HouseholdSituation.HEAD_CERTIFICATE_UNOBTAINABLE and not sheet.circumstances:
        text = "世帯主の証明書を取得できない事情を確認できる書類がありません。事務センターへお電話ください。"
        yield Deficiency(Code.CIRCUMSTANCES_MISSING, PaperSlot.CIRCUMSTANCES, text, "circumstances")


def _impossible(
    sheet: Sheet, name: str, day: date, paper: PaperSlot, field: str, received_on: date
) -> Iterator[Deficiency]:
    if day > sheet.today:
        text = f"{name}が、まだ来ていない日（{era_date(day)}）です。"
    elif day < sheet.born_on:
        text = f"{name}が、借受人の生年月日 {era_date(sheet.born_on)}より前の日（{era_date(day)}）です。"
    elif day > received_on:
        text = f"{name}（{era_date(day)}）が、受け取った日 {era_date(received_on)}より後です。"
    else:
        return
    yield Deficiency(Code.DATE_IMPOSSIBLE, paper, text, field, impossible=True)
