"""Moving people between residence records, as a clerk reads it off the new 住民票."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from japan.forms import EraDateField
from people.enums import HouseholdCause
from people.households import Member
from people.models import Household, Person
from people.moving import NEW_RECORD, OFF_RECORD, Destination
from people.person_forms import words

NEW, EXISTING, NONE = "new", "existing", "none"
MOVES = [cause for cause in HouseholdCause if cause not in (HouseholdCause.HEAD, HouseholdCause.BIRTH)]
NOBODY = ("", "変わらない")


class MoveForm(forms.Form):
    """Who moves where, who is head there, and who becomes head of what is left."""

    cause = forms.TypedChoiceField(
        label="異動の理由",
        coerce=HouseholdCause,
        choices=[(cause.value, cause.label) for cause in MOVES],
        widget=forms.RadioSelect(attrs={"data-row": "true"}),
    )
    since = EraDateField(label="異動日", help_text="住民票の異動日。この日から新しい世帯になります。")
    movers = forms.MultipleChoiceField(
        label="異動する人",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "異動する人を選んでください。"},
    )
    destination = forms.ChoiceField(
        label="移る先",
        choices=[
            (NEW, "新しい世帯をつくる"),
            (EXISTING, "ほかの世帯に入る（世帯番号を入れる）"),
            (NONE, "どの世帯にも入らない（死亡・国外転出）"),
        ],
        widget=forms.RadioSelect,
    )
    number = words("移る先の世帯番号", 12, required=False)
    head = forms.ChoiceField(
        label="移った先の世帯主",
        required=False,
        help_text="新しい世帯では、異動する人の中から選びます。",
    )
    head_of_rest = forms.ChoiceField(
        label="残る世帯の新しい世帯主", required=False, help_text="世帯主が異動するときだけ選びます。"
    )

    def __init__(self, *args: Any, members: Sequence[Member], households: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members, self.households = members, households
        people = [(str(member.person_id), member.name) for member in members]
        self.fields["movers"].choices = people  # type: ignore[attr-defined]
        self.fields["head"].choices = [NOBODY, *people]  # type: ignore[attr-defined]
        self.fields["head_of_rest"].choices = [NOBODY, *people]  # type: ignore[attr-defined]
        for member in members:
            self.fields[self.relationship_name(member)] = words(
                f"{member.name}さんの異動後の続柄",
                20,
                required=False,
                help_text=f"今は「{member.relationship}」。変わらなければ空けておきます。",
            )

    @staticmethod
    def relationship_name(member: Member) -> str:
        return f"relationship_{member.person_id}"

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("destination") == EXISTING:
            number = given.get("number", "").strip()
            given["household"] = self.households.filter(number=number).first() if number else None
            if given["household"] is None:
                self.add_error("number", "この番号の世帯が見つかりません。世帯番号をお確かめください。")
        return given

    @property
    def to(self) -> Destination:
        chosen = self.cleaned_data["destination"]
        if chosen == EXISTING:
            household: Household = self.cleaned_data["household"]
            return Destination(household=household)
        return NEW_RECORD if chosen == NEW else OFF_RECORD

    def people(self, name: str) -> list[Person]:
        """The persons chosen in a field; only members of the record can be."""
        chosen = self.cleaned_data[name]
        keys = chosen if isinstance(chosen, list) else [chosen] if chosen else []
        return list(Person.objects.filter(pk__in=keys))

    @property
    def relationships(self) -> dict[int, str]:
        said = {member.person_id: self.cleaned_data[self.relationship_name(member)].strip() for member in self.members}
        return {key: text for key, text in said.items() if text}


class HeadForm(forms.Form):
    """Another member becomes head of the same record."""

    head = forms.ChoiceField(label="新しい世帯主", widget=forms.RadioSelect)
    since = EraDateField(label="変更日")
    relationship = words(
        "前の世帯主の続柄", 20, required=False, help_text="例：夫、父。空けておくと「世帯員」になります。"
    )

    def __init__(self, *args: Any, members: Sequence[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["head"].choices = [  # type: ignore[attr-defined]
            (str(member.person_id), member.name) for member in members if not member.is_head
        ]


class NewRecordForm(forms.Form):
    """The first record of somebody of whom none is known."""

    number = words("世帯番号", 12, required=False, help_text="空けておくと、新しい番号が付きます。")
    relationship = words("続柄", 20, initial="世帯主")
    is_head = forms.BooleanField(label="世帯主である", required=False, initial=True)
    since = EraDateField(label="住民票でこの世帯になった日")
