"""What is wrong with the papers of an application (不備), as the exact list that is sent back to the borrower.

Pure: what was transcribed goes in, the list comes out, in the order of the paper. The same list is shown while a
clerk types, stored when the papers go back, and looked at again before a decision. Sources: form 1-1-D and its notes
(every framed field is required, pencil and erasable pens are refused, exactly one tick, all six consents); papers and
their age as on the MHLW exemption FAQ (EX-12, EX-60).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from exemptions.enums import (
    CONSENT_NUMBERS,
    DISCHARGES,
    ApplicationForm,
    Ground,
    HouseholdSituation,
    PaperSlot,
    Person,
)
from exemptions.ground_deficiencies import ex_officio, household_kind, proof, reasons
from exemptions.sheet import Code, Deficiency, ResidenceRecord, Sheet, TaxPaper, impossible, on_form
from japan.eras import era_date, fiscal_year_text
from japan.months import last_day, month_index
from japan.yen import yen

__all__ = [
    "CIRCLED",
    "Code",
    "Deficiency",
    "ResidenceRecord",
    "Sheet",
    "TaxPaper",
    "find_deficiencies",
    "months_before",
]

CIRCLED = dict(zip(CONSENT_NUMBERS, "①②③④⑤⑥", strict=True))


def find_deficiencies(sheet: Sheet) -> tuple[Deficiency, ...]:
    """Return everything that is wrong, in the order of the paper."""
    match sheet.form:
        case ApplicationForm.FORM_1_1:
            return _of_form_1_1(sheet)
        case ApplicationForm.FORM_1_2:
            return _of_form_1_2(sheet)
        case ApplicationForm.EVIDENCE:
            signs = bool(sheet.ticked & set(DISCHARGES))
            signed = (*_consents(sheet), *_signature(sheet)) if signs else ()
            return (*proof(sheet), *_part(sheet), *signed)
        case ApplicationForm.EX_OFFICIO:
            return (*ex_officio(sheet), *_part(sheet))


def _of_form_1_2(sheet: Sheet) -> tuple[Deficiency, ...]:
    """Requirement ④ asks for the household and its tax besides, unless ② or ③ is asked for (EX-42)."""
    fourth = sheet.ticked == {Ground.LONG_ARREARS}
    household = (
        (*_situation(sheet), *household_kind(sheet), *_residence_record(sheet), *_certificates(sheet))
        if fourth
        else ()
    )
    return (*reasons(sheet), *household, *_consents(sheet), *_signature(sheet))


def _of_form_1_1(sheet: Sheet) -> tuple[Deficiency, ...]:
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


def _amount(sheet: Sheet) -> Iterator[Deficiency]:
    asked, cap = sheet.requested_amount, sheet.cap_left
    if asked is None or asked == 0:
        yield on_form(Code.AMOUNT_MISSING, "requested_amount", "免除申請額の記入がありません。")
    elif asked > sheet.principal:
        text = f"免除申請額 {yen(asked)}が、貸付金額 {yen(sheet.principal)}を超えています。"
        yield on_form(Code.AMOUNT_OVER_CAP, "requested_amount", text)
    elif cap is not None and asked > cap:
        text = f"免除申請額 {yen(asked)}が、この資金の免除上限額 {yen(cap)}を超えています。"
        yield on_form(Code.AMOUNT_OVER_CAP, "requested_amount", text)


def _part(sheet: Sheet) -> Iterator[Deficiency]:
    """The amount, where only a part is to be exempted."""
    if sheet.in_part:
        yield from _amount(sheet)


def _situation(sheet: Sheet) -> Iterator[Deficiency]:
    if sheet.several_situations:
        text = "世帯の状況に二つ以上の印があります。当てはまる一つだけに印を付けてください。"
        yield on_form(Code.SITUATION_TWICE, "situation", text)
    elif sheet.situation is None:
        text = "世帯の状況に印がありません。当てはまる一つに印を付けてください。"
        yield on_form(Code.SITUATION_MISSING, "situation", text)
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
            yield on_form(Code.CONSENT_MISSING, "consents", f"同意欄{CIRCLED[number]}に印がありません。")


def _signature(sheet: Sheet) -> Iterator[Deficiency]:
    if sheet.signed_on is None:
        yield on_form(Code.DATE_MISSING, "signed_on", "記入日がありません。")
    else:
        yield from impossible(sheet, "記入日", sheet.signed_on, PaperSlot.FORM, "signed_on", sheet.received_on)
    if not sheet.signed:
        yield on_form(Code.SIGNATURE_MISSING, "signed", "借受人ご本人の署名がありません。")
    if not sheet.phone:
        yield on_form(Code.PHONE_MISSING, "phone", "日中に連絡のとれる電話番号の記入がありません。")
    if sheet.erasable_ink:
        text = "えんぴつや消せるボールペンで記入されています。消えない筆記具で書き直してください。"
        yield on_form(Code.ERASABLE_INK, "erasable_ink", text)


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
        yield from impossible(sheet, "住民票の発行日", record.issued_on, slot, field, record.received_on)


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
                yield from impossible(sheet, name, paper.issued_on, slot, field, paper.received_on)
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
