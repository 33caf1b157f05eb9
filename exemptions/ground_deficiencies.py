"""What is wrong with the papers of every way of filing but form 1-1-x, in the order of the paper. Pure.

Sources: form 1-2 (which papers show reason ①: the start of public assistance; name and grade of a certificate; one reason
of each pair, six consents), councils' guides for discharges (final, and a rehabilitation plan carried out), EX-54 … EX-56.
What the form leaves open about requirement ④ follows EX-43.
"""

from __future__ import annotations

from collections.abc import Iterator

from exemptions.enums import DISCHARGES, Composition, Ground, PaperSlot
from exemptions.grades import counts
from exemptions.sheet import Code, Deficiency, Sheet, impossible, on_form
from japan.eras import era_date
from people.enums import CertificateKind

WANTED_GRADES = {
    CertificateKind.MENTAL: "1級",
    CertificateKind.PHYSICAL: "1級または2級",
    CertificateKind.INTELLECTUAL: "重度（Aなど）",
}
SLOT_OF_PROOF = {
    Ground.DEATH: (PaperSlot.DEATH, "死亡診断書の写し、除籍のある住民票など"),
    Ground.DISAPPEARANCE: (PaperSlot.DISAPPEARANCE, "失踪宣告の審判書と確定証明書など"),
    Ground.BANKRUPTCY_DISCHARGE: (PaperSlot.DISCHARGE, "免責許可決定書と確定証明書"),
    Ground.CIVIL_REHABILITATION_DISCHARGE: (PaperSlot.REHABILITATION, "再生計画による弁済の完了と免責のわかる書類"),
}


def reasons(sheet: Sheet) -> Iterator[Deficiency]:
    """The papers of the reasons ticked on form 1-2."""
    if not sheet.ticked:
        yield on_form(Code.REASON_MISSING, "ticked", "免除申請理由に印がありません。")
    if Ground.PUBLIC_ASSISTANCE in sheet.ticked:
        yield from _assistance(sheet)
    if Ground.DISABILITY in sheet.ticked:
        yield from _certificate(sheet)


def household_kind(sheet: Sheet) -> Iterator[Deficiency]:
    """Which kind of household requirement ④ rests on, and what shows it; the residence record shows ages by itself."""
    if sheet.composition is None:
        text = "世帯の種類（高齢者のみ・障害者のいる・ひとり親）が分かりません。"
        yield Deficiency(Code.HOUSEHOLD_KIND_MISSING, PaperSlot.HOUSEHOLD_KIND, text, "composition")
    shown_by_paper = (Composition.WITH_DISABLED, Composition.SINGLE_PARENT)
    if sheet.composition in shown_by_paper and not sheet.household_kind and sheet.certificate is None:
        text = f"{sheet.composition.label}であることを確認できる書類がありません。"
        yield Deficiency(Code.HOUSEHOLD_KIND_MISSING, PaperSlot.HOUSEHOLD_KIND, text, "household_kind")


def proof(sheet: Sheet) -> Iterator[Deficiency]:
    """The paper that shows a death, a disappearance or a discharge, and the amount where only a part is asked for."""
    if not sheet.ticked:
        yield on_form(Code.REASON_MISSING, "ground", "何による免除かが選ばれていません。")
        return
    [ground] = sheet.ticked
    slot, wanted = SLOT_OF_PROOF[ground]
    event = sheet.event
    if event is None:
        yield Deficiency(
            Code.PROOF_MISSING, slot, f"{slot.label}がありません。{wanted}を添えてください。", "event_paper"
        )
        return
    if event.on is None and ground in DISCHARGES:
        text = "免責がまだ確定していません。確定してから、確定のわかる書類を添えてください。"
        yield Deficiency(Code.NOT_FINAL, slot, text, "event_on")
    elif event.on is None:
        yield Deficiency(Code.PROOF_MISSING, slot, f"{ground.label}の日が分かりません。", "event_on")
    else:
        yield from impossible(sheet, f"{ground.label}の日", event.on, slot, "event_on", sheet.received_on)
    if ground == Ground.CIVIL_REHABILITATION_DISCHARGE:
        if event.completed_on is None:
            text = "再生計画による弁済の完了が確認できません。"
            yield Deficiency(Code.NOT_FINAL, slot, text, "event_completed_on")
        else:
            yield from impossible(
                sheet, "弁済の完了日", event.completed_on, slot, "event_completed_on", sheet.received_on
            )
    if event.issued_on is not None:
        yield from impossible(sheet, "書類の発行日", event.issued_on, slot, "event_issued_on", sheet.received_on)


def ex_officio(sheet: Sheet) -> Iterator[Deficiency]:
    """What the council has to write down and lay to the file when it exempts by itself."""
    if not sheet.ticked:
        yield on_form(Code.REASON_MISSING, "ground", "何による免除かが選ばれていません。")
    if not sheet.has_note:
        yield on_form(Code.REASON_MISSING, "note", "職権で免除する理由の記入がありません。")
    missing_day = on_form(Code.UNKNOWN_SINCE_MISSING, "unknown_since", "所在が分からなくなった日の記入がありません。")
    if Ground.UNTRACEABLE in sheet.ticked:
        if sheet.unknown_since is None:
            yield missing_day
        if sheet.returned_mail_on is None:
            text = "あて所不明で返送された督促状の記録がありません。"
            yield Deficiency(Code.PROOF_MISSING, PaperSlot.RETURNED_MAIL, text, "returned_mail_on")
    if Ground.GENERAL_1999 in sheet.ticked and not sheet.not_collectable and sheet.unknown_since is None:
        text = "相続人等から償還を受けられないことの記録か、所在が分からなくなった日が必要です。"
        yield Deficiency(Code.PROOF_MISSING, PaperSlot.NOT_COLLECTABLE, text, "not_collectable")
    for name, day, field in (
        ("所在が分からなくなった日", sheet.unknown_since, "unknown_since"),
        ("返送された日", sheet.returned_mail_on, "returned_mail_on"),
    ):
        if day is not None:
            yield from impossible(sheet, name, day, PaperSlot.RETURNED_MAIL, field, sheet.received_on)


def _assistance(sheet: Sheet) -> Iterator[Deficiency]:
    slot = PaperSlot.ASSISTANCE
    if sheet.assistance is None:
        text = "生活保護の開始日がわかる書類がありません。保護決定通知書の写しや受給証明書を添えてください。"
        yield Deficiency(Code.PROOF_MISSING, slot, text, "assistance_since")
        return
    yield from impossible(sheet, "生活保護の開始日", sheet.assistance.since, slot, "assistance_since", sheet.today)
    if sheet.assistance.issued_on is not None:
        issued = sheet.assistance.issued_on
        yield from impossible(sheet, "証明書の発行日", issued, slot, "assistance_issued_on", sheet.received_on)


def _certificate(sheet: Sheet) -> Iterator[Deficiency]:
    slot, card = PaperSlot.DISABILITY, sheet.certificate
    if card is None:
        text = "障害者手帳の写しがありません。氏名・障害等級・交付日のわかるものを添えてください。"
        yield Deficiency(Code.PROOF_MISSING, slot, text, "certificate_kind")
        return
    yield from impossible(sheet, "手帳の交付日", card.issued_on, slot, "certificate_issued_on", sheet.received_on)
    if card.kind == CertificateKind.INTELLECTUAL and not sheet.accepts_intellectual:
        text = f"{card.kind.label}は、この都道府県では要件③の対象になりません。"
        yield Deficiency(Code.CERTIFICATE_WRONG_GRADE, slot, text, "certificate_kind")
    elif not counts(card.kind, card.grade):
        text = (
            f"{card.kind.label}の等級「{card.grade}」（{era_date(card.issued_on)}交付）は、"
            f"対象の等級（{WANTED_GRADES[card.kind]}）ではありません。"
        )
        yield Deficiency(Code.CERTIFICATE_WRONG_GRADE, slot, text, "certificate_grade")
