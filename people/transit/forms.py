"""Forms of the parcels: what goes in, how it goes, what lay in it besides, where a missing piece turned up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from accounts.models import Office
from japan.forms import EraDateField
from people.enums import PaperKind
from people.models import Paper, TransitItem
from people.transit.services import MOST_SHEETS

_SHEETS = {"required": "枚数を入力してください。", "invalid": "枚数は数字で入力してください。"}


def sheets_field() -> forms.IntegerField:
    return forms.IntegerField(
        label="枚数",
        min_value=1,
        max_value=MOST_SHEETS,
        initial=1,
        widget=forms.NumberInput(attrs={"size": 5, "data-unit": "枚", "inputmode": "numeric"}),
        error_messages=_SHEETS,
    )


class StartForm(forms.Form):
    """To whom a parcel goes."""

    receiver = forms.ChoiceField(label="宛先", error_messages={"required": "宛先を選んでください。"})

    def __init__(self, *args: Any, offices: Iterable[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offices = {str(office.pk): office for office in offices}
        listed = [(key, office.name) for key, office in self.offices.items()]
        choices = listed if len(listed) == 1 else [("", "選んでください"), *listed]
        cast(forms.ChoiceField, self.fields["receiver"]).choices = choices

    @property
    def office(self) -> Office:
        return self.offices[self.cleaned_data["receiver"]]


class PackForm(forms.Form):
    """A piece of paper for a parcel, by the number of the person it is about."""

    person = forms.CharField(
        label="借受人番号",
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 14, "autofocus": True}),
        error_messages={"required": "借受人番号を入力してください。"},
    )
    kind = forms.ChoiceField(label="種類", choices=PaperKind.choices)
    label = forms.CharField(
        label="申請・貸付",
        required=False,
        max_length=60,
        help_text="申請番号や貸付コード",
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 20}),
    )
    sheets = sheets_field()


class PackPapersForm(forms.Form):
    """Which of a person's papers go into the parcel for which office."""

    receiver = forms.ChoiceField(label="宛先", error_messages={"required": "宛先を選んでください。"})
    papers = forms.MultipleChoiceField(
        label="書類",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "送付便に入れる書類を選んでください。"},
    )

    def __init__(self, *args: Any, offices: Iterable[Office], papers: Iterable[Paper], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offices = {str(office.pk): office for office in offices}
        self.known = {str(paper.pk): paper for paper in papers}
        cast(forms.ChoiceField, self.fields["receiver"]).choices = [
            (key, office.name) for key, office in self.offices.items()
        ]
        cast(forms.MultipleChoiceField, self.fields["papers"]).choices = [
            (key, f"{paper.get_kind_display()}") for key, paper in self.known.items()
        ]

    @property
    def chosen(self) -> list[tuple[Paper, int]]:
        """The papers with how many sheets each has, as typed beside it (one where nothing sensible was)."""
        found = []
        for key in self.cleaned_data["papers"]:
            typed = str(self.data.get(f"sheets_{key}", "1")).strip()
            found.append((self.known[key], int(typed) if typed.isdecimal() else 0))
        return found


class SendForm(forms.Form):
    """How a parcel goes, and when."""

    carrier = forms.CharField(
        label="送り方",
        max_length=60,
        help_text="書留（番号）、宅配便、職員の持参など",
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 30}),
        error_messages={"required": "送り方を入力してください。"},
    )
    sent_on = EraDateField(label="送付日")


class ExtraForm(forms.Form):
    """Something in the parcel that the slip does not name."""

    what = forms.CharField(
        label="入っていたもの",
        max_length=120,
        help_text="書類の種類と、わかれば申請番号。お名前や住所は書かないでください。",
        error_messages={"required": "入っていたものを入力してください。"},
    )
    sheets = sheets_field()


class FindForm(forms.Form):
    """Where a missing piece turned up."""

    number = forms.ChoiceField(label="書類", error_messages={"required": "書類を選んでください。"})
    where = forms.CharField(
        label="見つかった場所",
        max_length=120,
        help_text="例：送付元の窓口の引き出し、次の送付便に同封",
        error_messages={"required": "見つかった場所を入力してください。"},
    )

    def __init__(self, *args: Any, items: Iterable[TransitItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["number"]).choices = [
            (str(item.number), f"{item.code}　{item.get_kind_display()}") for item in items
        ]
