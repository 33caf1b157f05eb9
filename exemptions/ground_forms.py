"""The forms for every ground but residence tax: 1-2, notifications with their evidence, and what the council begins itself.

Like form 1-1-x they keep nothing out that is missing on the paper: that is a deficiency. Refused is what cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms

from exemptions.enums import (
    FORM_1_2_GROUNDS,
    ApplicationForm,
    CertificateKind,
    Composition,
    Ground,
)
from exemptions.forms import EntryForm
from exemptions.signed_form import SignedForm
from exemptions.transcript import AssistanceTranscript, CertificateTranscript, EventTranscript, Transcript
from japan.forms import EraDateField, YenField

NOT_CHOSEN = ("", "選んでください")
WHOLE = "whole"
PART = "part"
EXTENTS = [(WHOLE, "残っている額の全部"), (PART, "一部（金額を入力する）")]


def _choices(grounds: Iterable[Ground]) -> list[tuple[str, str]]:
    return [(ground.value, str(ground.label)) for ground in grounds]


def _extent() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="免除する範囲",
        choices=EXTENTS,
        required=False,
        initial=WHOLE,
        widget=forms.RadioSelect(attrs={"data-row": "1"}),
    )


class Form12Entry(EntryForm):
    """Form 1-2: reason ① (public assistance, certificate) or reason ② (long arrears), with the papers of each."""

    fiscal_year = None  # type: ignore[assignment]
    requested_amount = None  # type: ignore[assignment]
    ticked = forms.MultipleChoiceField(
        label="印のある理由",
        required=False,
        choices=_choices(FORM_1_2_GROUNDS),
        widget=forms.CheckboxSelectMultiple,
        help_text="申請書に印のあるものをすべて選びます。②と③の両方に印があるときは、先に該当した方で審査します。",
    )
    assistance_since = EraDateField(label="保護の開始日", required=False, help_text="")
    assistance_until = EraDateField(label="保護の終了日（終わっている場合）", required=False, help_text="")
    assistance_issued_on = EraDateField(label="証明書の発行日", required=False, help_text="")
    certificate_kind = forms.ChoiceField(
        label="手帳の種類", required=False, choices=[NOT_CHOSEN, *CertificateKind.choices]
    )
    certificate_grade = forms.CharField(
        label="等級", required=False, max_length=20, help_text="手帳のとおりに。例：1級、2級、マルA"
    )
    certificate_issued_on = EraDateField(label="手帳の交付日", required=False, help_text="")
    composition = forms.ChoiceField(label="世帯の種類", required=False, choices=[NOT_CHOSEN, *Composition.choices])
    household_kind = forms.CharField(
        label="世帯の種類を確認できる書類",
        required=False,
        max_length=200,
        help_text="書類の名前。例：児童扶養手当証書、世帯員の障害者手帳の写し。高齢者のみの世帯は住民票で確認します。",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        since, until = cleaned.get("assistance_since"), cleaned.get("assistance_until")
        if since is None and (until or cleaned.get("assistance_issued_on")) and "assistance_since" not in self.errors:
            self.add_error("assistance_since", "生活保護の開始日を入力してください。")
        if since is not None and until is not None and until < since:
            self.add_error("assistance_until", "生活保護の終了日が、開始日より前になっています。")
        self._check_card(cleaned)
        return cleaned

    def _check_card(self, cleaned: dict[str, Any]) -> None:
        names = {"certificate_kind": "種類", "certificate_grade": "等級", "certificate_issued_on": "交付日"}
        if not any(cleaned.get(name) for name in names):
            return
        for name, words in names.items():
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, f"障害者手帳の{words}を入力してください。")

    def transcript(self, *, received_on: date, fiscal_year: int | None) -> Transcript:
        data = self.cleaned_data
        ticked = set(data.get("ticked") or ())
        since = data.get("assistance_since")
        return replace(
            super().transcript(received_on=received_on, fiscal_year=None),
            fiscal_year=None,
            form=ApplicationForm.FORM_1_2,
            ticked=tuple(ground for ground in FORM_1_2_GROUNDS if ground in ticked),
            assistance=AssistanceTranscript(since, data.get("assistance_until"), data.get("assistance_issued_on"))
            if since and "assistance_until" not in self.errors
            else None,
            certificate=self._card(),
            composition=Composition(data["composition"]) if data.get("composition") else None,
            household_kind=(data.get("household_kind") or "").strip(),
        )

    def _card(self) -> CertificateTranscript | None:
        kind, grade, issued_on = (
            self.cleaned_data.get(f"certificate_{part}") for part in ("kind", "grade", "issued_on")
        )
        if not kind or not grade or issued_on is None:
            return None
        return CertificateTranscript(CertificateKind(kind), grade.strip(), issued_on)


class OfOneGround(SignedForm):
    """Forms that name exactly one ground, and the whole or a part of what is left."""

    kind: ApplicationForm
    ground = forms.ChoiceField(label="免除の理由", required=False, widget=forms.RadioSelect)
    extent = _extent()
    requested_amount = YenField(label="一部のときの金額", required=False, help_text="例：300,000")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = _choices(self.kind.grounds)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("requested_amount") and cleaned.get("extent") != PART:
            self.add_error("extent", "金額を入力するときは「一部」を選んでください。")
        return cleaned

    def transcript(self, *, received_on: date, fiscal_year: int | None) -> Transcript:
        """What was typed so far."""
        data = self.cleaned_data
        in_part = data.get("extent") == PART
        return Transcript(
            fiscal_year=None,
            received_on=data.get("received_on") or received_on,
            form=self.kind,
            ticked=(Ground(data["ground"]),) if data.get("ground") else (),
            in_part=in_part,
            requested_amount=data.get("requested_amount") if in_part else None,
            **self.signature(),
        )


class EvidenceEntry(OfOneGround):
    """A death or a disappearance that somebody tells of, or a discharge that the borrower shows."""

    kind = ApplicationForm.EVIDENCE
    event_paper = forms.BooleanField(label="確認できる書類がある", required=False)
    event_on = EraDateField(
        label="死亡・宣告の確定・免責の確定の日",
        required=False,
        help_text="免責がまだ確定していなければ空けておきます。",
    )
    event_completed_on = EraDateField(label="再生計画の弁済を終えた日（個人再生のみ）", required=False, help_text="")
    event_issued_on = EraDateField(label="書類の発行日", required=False, help_text="")
    notifier = forms.CharField(
        label="届け出た人の氏名", max_length=80, required=False, help_text="社協で分かった場合は空けておきます。"
    )
    notifier_relation = forms.CharField(label="借受人との続柄", max_length=30, required=False)

    def transcript(self, *, received_on: date, fiscal_year: int | None) -> Transcript:
        data = self.cleaned_data
        days = [data.get(name) for name in ("event_on", "event_completed_on", "event_issued_on")]
        return replace(
            super().transcript(received_on=received_on, fiscal_year=fiscal_year),
            event=EventTranscript(*days) if data.get("event_paper") or any(days) else None,
            notifier=(data.get("notifier") or "").strip(),
            notifier_relation=(data.get("notifier_relation") or "").strip(),
        )


class ExOfficioEntry(OfOneGround):
    """What the council begins itself (EX-54 … EX-56): nobody applies, consents or signs; the reason is written down."""

    kind = ApplicationForm.EX_OFFICIO
    consents = None  # type: ignore[assignment]
    signed_on = None  # type: ignore[assignment]
    signed = None  # type: ignore[assignment]
    phone = None  # type: ignore[assignment]
    erasable_ink = None  # type: ignore[assignment]
    unknown_since = EraDateField(label="所在が分からなくなった日", required=False, help_text="")
    returned_mail_on = EraDateField(label="督促状があて所不明で返送された日", required=False, help_text="")
    not_collectable = forms.CharField(
        label="相続人等から償還を受けられないことの記録",
        max_length=200,
        required=False,
        help_text="書類の名前。例：相続放棄申述受理証明書",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_on"].label = "調べた日（滞納などを見る日）"
        self.fields["note"].label = "職権で免除する理由"
        self.fields["note"].help_text = "内部の記録です。決裁者が確かめます。通知には書かれません。"

    def transcript(self, *, received_on: date, fiscal_year: int | None) -> Transcript:
        data = self.cleaned_data
        return replace(
            super().transcript(received_on=received_on, fiscal_year=fiscal_year),
            unknown_since=data.get("unknown_since"),
            returned_mail_on=data.get("returned_mail_on"),
            not_collectable=(data.get("not_collectable") or "").strip(),
        )


FORMS: dict[ApplicationForm, type[SignedForm]] = {
    ApplicationForm.FORM_1_1: EntryForm,
    ApplicationForm.FORM_1_2: Form12Entry,
    ApplicationForm.EVIDENCE: EvidenceEntry,
    ApplicationForm.EX_OFFICIO: ExOfficioEntry,
}


def initial_of_grounds(told: Transcript) -> dict[str, Any]:
    """The initial values of the fields above for what is stored of an application."""
    values: dict[str, Any] = {
        "ticked": [ground.value for ground in told.ticked],
        "ground": told.ticked[0].value if told.ticked else "",
        "extent": PART if told.in_part else WHOLE,
        "composition": told.composition.value if told.composition else "",
    }
    plain = ("household_kind", "notifier", "notifier_relation", "unknown_since", "returned_mail_on", "not_collectable")
    values |= {name: getattr(told, name) for name in plain}
    if (assistance := told.assistance) is not None:
        values |= {f"assistance_{part}": getattr(assistance, part) for part in ("since", "until", "issued_on")}
    if (card := told.certificate) is not None:
        values |= {f"certificate_{part}": getattr(card, part) for part in ("kind", "grade", "issued_on")}
    if (event := told.event) is not None:
        values |= {f"event_{part}": getattr(event, part) for part in ("on", "completed_on", "issued_on")}
        values["event_paper"] = True
    return values
