"""What system administrators fill in about staff and offices, and the page on which a new member chooses a password."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password

from accounts.enums import OfficeKind, Role, SealMode
from accounts.models import Office, User
from accounts.roles import ROLES
from accounts.selectors import envelope_choices
from accounts.services import AccountRefused, staff_number
from japan.forms import EraDateField

ACTIVE_STATES = (("", "すべて"), ("active", "利用中"), ("inactive", "停止中"), ("without_role", "役割なし"))
DESK_ROWS = 4


class SignInForm(LoginForm):
    """The form at the door, which calls the staff number what every other page calls it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "職員番号"
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)  # it would repeat the label


class StaffFilter(forms.Form):
    q = forms.CharField(label="氏名・職員番号", required=False, max_length=60)
    office = forms.ModelChoiceField(
        Office.objects.order_by("code"), label="所属", required=False, empty_label="すべて"
    )
    role = forms.ChoiceField(label="役割", required=False, choices=[("", "すべて"), *Role.choices])
    state = forms.ChoiceField(label="状態", required=False, choices=ACTIVE_STATES)


class StaffForm(forms.Form):
    username = forms.CharField(
        label="職員番号",
        max_length=40,
        help_text="ログインに使います。半角の英数字と「.」「-」「_」。登録後は変えられません。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    name = forms.CharField(label="氏名", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    office = forms.ModelChoiceField(Office.objects.none(), label="所属", empty_label="選んでください")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = Office.objects.filter(closed_on__isnull=True)  # type: ignore[attr-defined]

    def clean_username(self) -> str:
        try:
            return staff_number(self.cleaned_data["username"])
        except AccountRefused as refusal:
            raise forms.ValidationError(str(refusal)) from None


class StaffChangeForm(StaffForm):
    """Name and office; the staff number stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["username"]


class RoleForm(forms.Form):
    """A role that can be held at the person's office, with its sentence; the period."""

    role = forms.ChoiceField(label="役割", widget=forms.RadioSelect)
    since = EraDateField(label="開始日")
    until = EraDateField(label="終了日", required=False, help_text="決まっていなければ空けておきます。")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role, f"{role.label}：{definition.sentence}")
            for role, definition in ROLES.items()
            if user.office.kind in definition.office_kinds
        ]

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class EndForm(forms.Form):
    """The last day of a role or of a deputy's period."""

    until = EraDateField(label="終了日（この日まで有効）")


class EnrolmentLinkForm(forms.Form):
    resets_second_factor = forms.BooleanField(
        label="二段階認証も解除する（端末を紛失したとき）",
        required=False,
        help_text="案内が使われたときに、これまでの認証アプリと予備コードが使えなくなります。",
    )


class OfficeForm(forms.Form):
    code = forms.CharField(label="事業所コード", max_length=10, widget=forms.TextInput(attrs={"size": 12}))
    name = forms.CharField(label="名称", max_length=80)
    kind = forms.ChoiceField(label="種別", choices=OfficeKind.choices, widget=forms.RadioSelect)
    municipality = forms.CharField(label="担当市区町村", max_length=40, required=False)

    def clean_kind(self) -> OfficeKind:
        return OfficeKind(self.cleaned_data["kind"])


class OfficeChangeForm(forms.Form):
    name = forms.CharField(label="名称", max_length=80)
    municipality = forms.CharField(label="担当市区町村", max_length=40, required=False)
    closed_on = EraDateField(label="閉鎖日", required=False, help_text="閉鎖する場合だけ入力します。")


class LetterheadForm(forms.Form):
    """What letters say about an office. The field names are those of ``accounts.services.set_letterhead``."""

    valid_from = EraDateField(label="適用開始日")
    letter_name = forms.CharField(label="発信者名称", max_length=80, help_text="例：社会福祉法人 ○○県社会福祉協議会")
    chairperson = forms.CharField(label="会長名", max_length=40)
    seal_mode = forms.ChoiceField(label="公印", choices=SealMode.choices, widget=forms.RadioSelect)
    number_prefix = forms.CharField(
        label="文書記号", max_length=20, help_text="例：○社協。「○社協第12号」と印字されます。"
    )
    postal_code = forms.RegexField(
        r"^\d{3}-\d{4}$",
        label="郵便番号",
        help_text="例：060-0002",
        error_messages={"invalid": "郵便番号は 060-0002 のように入力してください。"},
        widget=forms.TextInput(attrs={"size": 10, "inputmode": "numeric"}),
    )
    address = forms.CharField(label="所在地", max_length=120)
    phone = forms.CharField(label="電話", max_length=20, widget=forms.TextInput(attrs={"size": 18}))
    hours = forms.CharField(label="受付時間", max_length=60, help_text="例：平日 9:00～17:00")
    envelope_profile = forms.ChoiceField(label="封筒の型")
    desks = forms.CharField(
        label="相談窓口",
        required=False,
        max_length=1000,
        help_text="1行に1か所、「名称、連絡先、受付時間」の順に「、」で区切ります。受付時間は省けます。",
        widget=forms.Textarea(attrs={"rows": DESK_ROWS}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["envelope_profile"].choices = envelope_choices()  # type: ignore[attr-defined]

    def clean_seal_mode(self) -> SealMode:
        return SealMode(self.cleaned_data["seal_mode"])

    def clean_desks(self) -> list[dict[str, str]]:
        desks = []
        for number, line in enumerate(self.cleaned_data["desks"].splitlines(), start=1):
            if not line.strip():
                continue
            parts = [part.strip() for part in line.split("、")]
            if not 2 <= len(parts) <= 3 or not all(parts[:2]):
                raise forms.ValidationError(f"{number}行目：「名称、連絡先、受付時間」の順に入力してください。")
            desks.append({"name": parts[0], "contact": parts[1], "hours": parts[2] if len(parts) == 3 else ""})
        return desks


def desks_text(desks: list[dict[str, str]]) -> str:
    """Desks as :class:`LetterheadForm` reads them."""
    return "\n".join("、".join(filter(None, (d["name"], d["contact"], d.get("hours", "")))) for d in desks)


class DeputyForm(forms.Form):
    supervisor = forms.ModelChoiceField(User.objects.none(), label="不在の決裁者", empty_label="選んでください")
    deputy = forms.ModelChoiceField(User.objects.none(), label="代決者", empty_label="選んでください")
    since = EraDateField(label="開始日")
    until = EraDateField(label="終了日")
    reason = forms.CharField(label="理由", max_length=120, help_text="例：出張、休暇")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        council = User.objects.filter(is_active=True, office__kind=OfficeKind.PREFECTURAL).order_by("username")
        self.fields["supervisor"].queryset = council.filter(  # type: ignore[attr-defined]
            role_assignments__role=Role.SUPERVISOR
        ).distinct()
        self.fields["deputy"].queryset = council.filter(  # type: ignore[attr-defined]
            role_assignments__role__in=[Role.PREFECTURAL_CLERK, Role.SUPERVISOR]
        ).distinct()


class PasswordForm(forms.Form):
    """A first or a new password, typed twice."""

    password = forms.CharField(
        label="パスワード", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label="パスワード（確認のためもう一度）",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password

    def clean(self) -> None:
        password, again = self.cleaned_data.get("password"), self.cleaned_data.get("again")
        if password and again and password != again:
            self.add_error("again", "2つのパスワードが一致しません。")
