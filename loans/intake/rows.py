"""The rows of the intake form: who lives in the household, and what came in before and after."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from japan.forms import EraDateField, EraMonthField, PhoneField, YenField
from loans.enums import IncomeKind
from loans.intake.choices import NOT_CHOSEN, YES_NO
from loans.lending.facts import APPLICANT
from loans.lending.transcript import IncomeEntry, MemberEntry

MOST_ROWS = 15
BLANK_ROWS = 2


class MemberRow(forms.Form):
    """One member of the household. A row without a name is an empty line of the paper."""

    label = forms.CharField(label="続柄・呼び名", max_length=40, required=False)
    person = forms.ChoiceField(label="登録されている人", required=False)
    birth_date = EraDateField(label="生年月日", required=False, help_text="")
    here = forms.ChoiceField(
        label="同居",
        choices=[("both", "減収前も今も"), ("now", "今だけ"), ("before", "減収前だけ")],
        required=False,
        initial="both",
    )
    in_school = forms.ChoiceField(label="就学中", choices=YES_NO, required=False)
    earns = forms.ChoiceField(label="収入がある", choices=YES_NO, required=False)
    has_disability = forms.ChoiceField(label="障害がある", choices=YES_NO, required=False)
    has_handbook = forms.ChoiceField(label="障害者手帳がある", choices=YES_NO, required=False)
    needs_care = forms.ChoiceField(label="介護を受けている", choices=YES_NO, required=False)

    def __init__(self, *args: Any, known: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "登録なし"), *known]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        told = [cleaned.get(name) for name in ("birth_date", "in_school", "earns", "has_disability", "needs_care")]
        if not cleaned.get("label") and any(told):
            self.add_error("label", "続柄・呼び名を入力してください。")
        return cleaned

    def entry(self) -> MemberEntry | None:
        """The row as it is kept; None for an empty one."""
        data = getattr(self, "cleaned_data", {})
        if not data.get("label"):
            return None
        here = data.get("here") or "both"
        answers = {
            name: {"yes": True, "no": False}.get(data.get(name) or "")
            for name in ("in_school", "earns", "has_disability", "has_handbook", "needs_care")
        }
        return MemberEntry(
            label=data["label"].strip(),
            birth_date=data.get("birth_date"),
            person_id=int(data["person"]) if data.get("person") else None,
            here_before=here != "now",
            here_now=here != "before",
            **answers,
        )


class IncomeRow(forms.Form):
    """What one member had of one kind, in a month before and in any later month (questions 2-6, 2-11)."""

    member = forms.CharField(label="だれの収入", max_length=40, required=False)
    kind = forms.ChoiceField(label="種類", choices=[NOT_CHOSEN, *IncomeKind.choices], required=False)
    before_month = EraMonthField(label="減収前の月", required=False)
    before_amount = YenField(label="減収前の手取り", required=False)
    after_month = EraMonthField(label="減収後の月", required=False)
    after_amount = YenField(label="減収後の手取り", required=False)
    employer = forms.CharField(label="勤務先・職業", max_length=80, required=False)
    employer_address = forms.CharField(label="勤務先の所在地", max_length=120, required=False)
    employer_phone = PhoneField(label="勤務先の電話番号", max_length=20, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        filled = any(cleaned.get(name) not in (None, "") for name in cleaned if name not in ("member", "kind"))
        if (filled or cleaned.get("kind")) and not cleaned.get("member"):
            self.add_error("member", "だれの収入かを入力してください。")
        if (filled or cleaned.get("member")) and not cleaned.get("kind"):
            self.add_error("kind", "収入の種類を選んでください。")
        return cleaned

    def entry(self) -> IncomeEntry | None:
        """The row as it is kept; None for an empty one, or one that names nobody yet."""
        data = getattr(self, "cleaned_data", {})
        if not data.get("member") or not data.get("kind"):
            return None
        return IncomeEntry(
            member=data["member"].strip(),
            kind=data["kind"],
            before_month=data.get("before_month"),
            before_amount=data.get("before_amount"),
            after_month=data.get("after_month"),
            after_amount=data.get("after_amount"),
            employer=data.get("employer") or "",
            employer_address=data.get("employer_address") or "",
            employer_phone=data.get("employer_phone") or "",
        )


class Rows(BaseFormSet):
    """Rows of the form: as many as were sent, else those stored and two empty ones."""

    def clean(self) -> None:
        labels = [form.cleaned_data.get("label") for form in self.forms if getattr(form, "cleaned_data", None)]
        named = [label for label in labels if label]
        if len(named) != len(set(named)):
            raise forms.ValidationError("同じ続柄・呼び名の人が二人います。「長男」「次男」のように区別してください。")


def entries_of(rows: BaseFormSet[Any]) -> tuple[Any, ...]:
    """The rows that say something, as they are kept; the rows must be valid."""
    return tuple(entry for form in rows.forms if (entry := form.entry()) is not None)


MemberRows = formset_factory(MemberRow, formset=Rows, extra=BLANK_ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS)
IncomeRows = formset_factory(IncomeRow, formset=Rows, extra=BLANK_ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


def member_initial(entries: tuple[MemberEntry, ...]) -> list[dict[str, Any]]:
    """The stored members as the rows show them; a new application begins with the applicant."""
    entries = entries or (MemberEntry(APPLICANT),)
    return [
        {
            "label": entry.label,
            "person": str(entry.person_id or ""),
            "birth_date": entry.birth_date,
            "here": "both" if entry.here_before and entry.here_now else "now" if entry.here_now else "before",
            **{
                name: {True: "yes", False: "no", None: ""}[getattr(entry, name)]
                for name in ("in_school", "earns", "has_disability", "has_handbook", "needs_care")
            },
        }
        for entry in entries
    ]


def income_initial(entries: tuple[IncomeEntry, ...]) -> list[dict[str, Any]]:
    """The stored incomes as the rows show them; a new application begins with the applicant's."""
    entries = entries or (IncomeEntry(APPLICANT, IncomeKind.WAGE),)
    names = (
        "member", "kind", "before_month", "before_amount", "after_month", "after_amount", "employer",
        "employer_address", "employer_phone",
    )  # fmt: skip
    return [{name: getattr(entry, name) for name in names} for entry in entries]
