"""Forms about people."""

from django import forms


class RevealForm(forms.Form):
    """Why somebody has to see a protected address."""

    reason = forms.CharField(
        label="住所が必要な理由",
        max_length=120,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="何に使うかを書いてください。記録に残るため、お名前や住所は書かないでください。",
        error_messages={"required": "住所が必要な理由を入力してください。"},
    )
