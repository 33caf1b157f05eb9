"""The settings in force, as one frozen value that pure code is handed. Who chose them when is in the dated rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from rulebook.setting_keys import BY_KEY, KEYS, SettingError, SettingKey, Window

__all__ = ["SettingError", "Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of :mod:`rulebook.setting_keys` with its value: yen, days, months, or one of the listed words."""

    debit_day: int
    holiday_roll: str
    instalment_unit: int
    remainder_position: str
    final_deadline_basis: str
    late_interest_rate_bp: int
    late_interest_day_count: int
    late_interest_rounding: str
    allocation_order: str
    late_application_policy: str
    late_application_cutoff: str
    later_year_anniversary_inclusive: bool
    exemption_window: Window
    accept_intellectual_severe: bool
    req4_months: int
    req4_growth_window_months: int
    same_month_small_and_general: str
    elderly_age: int
    public_assistance_before_disbursement_excluded: bool
    other_grounds_wait_for_start: bool
    untraceable_lapse_months: int
    untraceable_extent: str
    unknown_after_deadline_years: int
    late_interest_on_exemption: str
    hold_collection_while_exemption_pending: bool
    residence_record_max_age_months: int
    revocation_due_days: int
    consent_texts: tuple[str, ...]
    deferral_max_months: int
    deferral_renewals_max: int | None
    deferral_cutoff_day: int
    deferral_end_notice_months: int
    small_repayment_min: int
    small_repayment_review_months: int
    arrears_notice_months: tuple[int, ...]
    debit_catches_up_arrears: bool
    slip_due_rule: str
    slip_company_code: str
    channel_lag_direct_debit: int
    channel_lag_slip: int
    channel_lag_transfer: int
    start_notice_months: int
    balance_notice_month: int
    completion_notice_months: int
    limitation_years: int
    limitation_years_old_contracts: int
    limitation_warning_months: int
    lump_disbursement_day: int
    two_approvers_from: int | None
    regular_loan_guide: str
    regular_household_condition: str
    regular_income_ceiling: tuple[int, ...]
    local_papers_small: tuple[str, ...]
    local_papers_general: tuple[str, ...]
    local_papers_regular: tuple[str, ...]
    transit_red_bank_days: int
    second_look_percent: int
    simulation_valid_days: int
    review_minutes_per_case: int

    @classmethod
    def defaults(cls) -> Self:
        """Return the settings of a council that has chosen nothing itself."""
        return cls(**{setting.key: setting.read(setting.default) for setting in KEYS})

    def override(self, values: Mapping[str, object]) -> Self:
        """Return these settings with those of a case file put over them.

        ``values`` is JSON by key. A key that a case may not override, an unknown one, or a value that does not fit
        is a :class:`SettingError` that names it.
        """
        return self._with(values, (setting for setting in KEYS if setting.case_may_override))

    def with_values(self, values: Mapping[str, object]) -> Self:
        """Return these settings with the house's own values (JSON by key) put over them; errors as above."""
        return self._with(values, KEYS)

    def _with(self, values: Mapping[str, object], allowed: Iterable[SettingKey]) -> Self:
        known = {setting.key: setting for setting in allowed}
        read: dict[str, Any] = {}
        for key, value in values.items():
            if key not in known:
                if key in BY_KEY:
                    raise SettingError(
                        key, "a case may not override this setting", "この設定は事例ファイルでは変えられません。"
                    )
                raise SettingError(key, "no such setting", f"「{key}」という設定はありません。")
            read[key] = known[key].read(value)
        return replace(self, **read)

    def as_json(self) -> dict[str, Any]:
        """Return every setting as JSON by key, e.g. to be stored beside an assessment."""
        return {f.name: BY_KEY[f.name].write(getattr(self, f.name)) for f in fields(self)}
