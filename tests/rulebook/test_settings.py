"""The settings of a prefecture: what a case file may put over them, and what is refused by name."""

from dataclasses import fields

import pytest

from rulebook.setting_keys import BY_KEY, KEYS, Window
from rulebook.settings import SettingError, Settings
from rulebook.sources import DOCUMENTS

CASE_KEYS = {
    "debit_day": 26,
    "holiday_roll": "NEXT_BUSINESS_DAY",
    "instalment_unit": 10,
    "remainder_position": "LAST",
    "final_deadline_basis": "MONTH_END",
    "late_interest_rate_bp": 300,
    "late_interest_day_count": 365,
    "late_interest_rounding": "FLOOR_TOTAL",
    "allocation_order": "PRINCIPAL_FIRST",
    "late_application_policy": "FUTURE_ONLY",
    "late_application_cutoff": "APPLICATION_RECEIVED",
    "later_year_anniversary_inclusive": True,
    "exemption_window": {"opens": "06-01", "closes": "07-31"},
    "accept_intellectual_severe": True,
    "req4_months": 12,
    "req4_growth_window_months": 12,
    "same_month_small_and_general": "NOTE",
}


def test_a_case_may_override_exactly_the_keys_of_the_page_and_their_defaults_are_these():
    assert {setting.key: setting.default for setting in KEYS if setting.case_may_override} == CASE_KEYS


@pytest.mark.parametrize("key", sorted(set(BY_KEY) - set(CASE_KEYS)))
def test_a_setting_of_the_house_is_refused_in_a_case_by_its_name(key):
    with pytest.raises(SettingError) as refused:
        Settings.defaults().override({key: BY_KEY[key].default})

    assert refused.value.key == key
    assert "may not override" in refused.value.message


def test_a_misspelt_key_is_refused_by_its_name():
    with pytest.raises(SettingError, match="^debit_days: no such setting"):
        Settings.defaults().override({"debit_days": 26})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("debit_day", 0),
        ("debit_day", 29),
        ("debit_day", "26"),
        ("debit_day", 26.0),
        ("debit_day", True),
        ("debit_day", None),
        ("holiday_roll", "PREVIOUS_BUSINESS_DAY"),
        ("instalment_unit", 5),
        ("remainder_position", "last"),
        ("late_interest_rate_bp", -1),
        ("late_interest_rate_bp", 1501),
        ("late_interest_day_count", 366),
        ("later_year_anniversary_inclusive", 1),
        ("later_year_anniversary_inclusive", "true"),
        ("exemption_window", "06-01"),
        ("exemption_window", {"opens": "06-01"}),
        ("exemption_window", {"opens": "6-1", "closes": "07-31"}),
        ("exemption_window", {"opens": "02-29", "closes": "07-31"}),
        ("exemption_window", {"opens": "06-01", "closes": "07-32"}),
        ("exemption_window", {"opens": "06-01", "closes": "07-31", "until": "08-31"}),
        ("req4_months", 0),
        ("req4_months", 121),
        ("req4_growth_window_months", 25),
    ],
)
def test_a_value_outside_what_is_allowed_is_refused_with_its_key(key, value):
    with pytest.raises(SettingError) as refused:
        Settings.defaults().override({key: value})

    assert refused.value.key.split(".")[0] == key
    assert refused.value.message_ja.endswith("。")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("deferral_renewals_max", -1),
        ("arrears_notice_months", []),
        ("arrears_notice_months", [12, 3]),
        ("arrears_notice_months", [3, 3]),
        ("arrears_notice_months", [3, True]),
        ("consent_texts", ["一つだけ"]),
        ("consent_texts", ["あ", "い", "う", "え", "お", " "]),
    ],
)
def test_a_value_the_house_cannot_take_is_refused(key, value):
    with pytest.raises(SettingError) as refused:
        Settings.defaults().with_values({key: value})

    assert refused.value.key.startswith(key)


def test_what_is_overridden_changes_and_everything_else_stays():
    changed = Settings.defaults().override(
        {"debit_day": 22, "exemption_window": {"opens": "07-01", "closes": "10-31"}}
    )

    assert changed.debit_day == 22
    assert changed.exemption_window == Window((7, 1), (10, 31))
    assert changed.holiday_roll == "NEXT_BUSINESS_DAY"


def test_settings_written_as_json_read_back_as_themselves():
    settings = Settings.defaults().with_values({"deferral_renewals_max": 3, "arrears_notice_months": [3, 6, 12]})

    assert Settings.defaults().with_values(settings.as_json()) == settings


def test_a_window_that_closes_before_it_opens_ends_in_the_next_year():
    opens, closes = Window((6, 1), (3, 31)).in_year(2022)

    assert (opens.isoformat(), closes.isoformat()) == ("2022-06-01", "2023-03-31")


def test_every_field_of_the_settings_is_a_described_key_and_every_key_a_field():
    assert [field.name for field in fields(Settings)] == [setting.key for setting in KEYS]


@pytest.mark.parametrize("setting", KEYS, ids=lambda setting: setting.key)
def test_every_setting_has_a_label_a_source_that_resolves_and_its_default_in_words(setting):
    assert setting.label_ja
    assert setting.source.code in {document.code for document in DOCUMENTS}
    assert setting.source.where
    assert setting.text_ja(setting.read(setting.default))


def test_what_rests_on_no_document_says_which_question_is_open():
    silent = [setting for setting in KEYS if setting.source.code == "HOUSE"]

    assert silent
    assert [setting.key for setting in silent if not setting.open_question_ja] == []
