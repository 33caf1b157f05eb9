"""Bank accounts of persons. The number is sealed; ``people.bank_accounts`` is the only module that opens it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from accounts.models import period
from people.enums import AccountKind, AccountUse
from people.merging.policy import Periods, Policy
from people.models.persons import Person


class BankAccount(models.Model):
    """An account in a person's own name, for one use and a period; one for each use at a time.

    ``sealed_number`` holds the seven digits of a bank file, ``sealed_yucho`` the 記号番号 of ゆうちょ銀行 as entered. Both
    open in their own row only. ``number_hash`` finds equal numbers; ``key_id`` names the key of all three.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("use", "key_id", "since", "until")
    on_merge: ClassVar[dict[str, Policy]] = {"person": Periods(within=("use",), splits=False)}

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="bank_accounts", verbose_name="人")
    use = models.CharField("用途", max_length=8, choices=AccountUse)
    bank_code = models.CharField("銀行番号", max_length=4)
    branch_code = models.CharField("支店番号", max_length=3)
    kind = models.CharField("預金種目", max_length=1, choices=AccountKind, default=AccountKind.ORDINARY)
    sealed_number = models.CharField("口座番号", max_length=120)
    sealed_yucho = models.CharField("記号番号", max_length=120, blank=True)
    number_hash = models.CharField("照合値", max_length=64, editable=False)
    key_id = models.CharField("鍵", max_length=8, editable=False)
    holder_kana = models.CharField("口座名義（カナ）", max_length=60)
    since = models.DateField("開始日")
    until = models.DateField("終了日", null=True, blank=True)
    recorded_by = models.CharField("登録者", max_length=150)

    class Meta:
        verbose_name = "口座"
        verbose_name_plural = "口座"
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="bank_account_period"
            ),
            models.CheckConstraint(
                condition=Q(bank_code__regex=r"^[0-9]{4}$", branch_code__regex=r"^[0-9]{3}$"),
                name="bank_account_codes_are_digits",
            ),
            ExclusionConstraint(
                name="one_bank_account_of_a_use_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("use", RangeOperators.EQUAL),
                    (period(), RangeOperators.OVERLAPS),
                ],
                violation_error_message="同じ用途の口座は、同じ期間に一つだけです。",
            ),
        ]
        indexes = [
            models.Index("number_hash", name="bank_account_number"),
            models.Index("key_id", "id", name="bank_account_key"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.use}"
