"""What is typed when somebody acknowledges a debt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from japan.eras import era_date
from japan.forms import EraDateField
from people.models import Paper
from repayment.enums import AcknowledgementKind


class AcknowledgementForm(forms.Form):
    """Kind, day and evidence; a paper of the borrower where it is filed."""

    kind = forms.ChoiceField(
        label="承認の種類",
        choices=[("", "選んでください"), *AcknowledgementKind.choices],
        error_messages={"required": "承認の種類を選んでください。"},
    )
    acknowledged_on = EraDateField(label="承認した日", help_text="")
    evidence = forms.CharField(
        label="証拠となる書類と保管場所",
        max_length=200,
        error_messages={"required": "証拠となる書類の名前と保管場所を入力してください。"},
    )
    paper = forms.TypedChoiceField(label="登録済みの書類", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, papers: Iterable[Paper], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["paper"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [
            ("", "なし"),
            *((paper.pk, f"{paper.get_kind_display()}（{era_date(paper.received_on)}）") for paper in papers),
        ]
