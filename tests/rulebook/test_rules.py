"""The rules in force: found in every app, each with a source that resolves to a document and a place in it."""

from datetime import date, timedelta

import pytest

from rulebook.findings import Finding
from rulebook.rules import AppRules, Check, Rule, Rulebook, all_rules, declared_rules
from rulebook.setting_keys import KEYS
from rulebook.sources import DOCUMENTS, HOUSE_DEFAULT, QA_VOL17, document

TODAY = date(2026, 11, 20)


def every_rule() -> list[Rule]:
    return [rule for declared in declared_rules() for rule in declared.rules]


def test_the_rules_of_exemption_are_found_by_themselves():
    found = {declared.app_label: declared for declared in all_rules(TODAY)}

    assert found["exemptions"].name_ja == "償還免除"
    assert {"EX-10", "EX-11", "EX-12", "EX-21", "EX-60"} <= {rule.code for rule in found["exemptions"].rules}


def test_every_rule_cites_a_document_of_the_library_and_a_place_in_it():
    codes = {known.code for known in DOCUMENTS}

    assert [rule.code for rule in every_rule() if rule.source.code not in codes or not rule.source.where] == []


def test_every_rule_is_one_sentence_or_more_of_japanese():
    assert [rule.code for rule in every_rule() if not rule.wording_ja.endswith("。")] == []


def test_no_rule_has_two_versions_in_force_on_one_day():
    standing = [rule.code for rule in every_rule() if rule.in_force(TODAY)]

    assert len(standing) == len(set(standing))


def test_a_document_is_found_by_its_code_and_has_a_code_of_its_own():
    assert document("QA17") is QA_VOL17
    assert len({known.code for known in DOCUMENTS}) == len(DOCUMENTS)
    with pytest.raises(KeyError):
        document("no such document")


def test_a_source_names_the_document_and_the_place():
    assert str(QA_VOL17.at("問3")).endswith("問答集（vol.17） 問3")


SPRING, AUTUMN = date(2024, 4, 1), date(2024, 10, 1)
OLD = Rule("TX-1", "古い文。", HOUSE_DEFAULT.at("一"), SPRING, AUTUMN - timedelta(days=1))
NEW = Rule("TX-1", "新しい文。", HOUSE_DEFAULT.at("一"), AUTUMN)


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        (SPRING - timedelta(days=1), OLD),
        (SPRING, OLD),
        (AUTUMN - timedelta(days=1), OLD),
        (AUTUMN, NEW),
        (TODAY, NEW),
    ],
)
def test_a_case_is_explained_by_the_sentence_of_its_day(day, wanted):
    assert Rulebook([NEW, OLD]).on("TX-1", day) is wanted


def test_a_closed_rule_is_shown_until_its_last_day_and_no_longer():
    assert OLD.in_force(SPRING)
    assert OLD.in_force(AUTUMN - timedelta(days=1))
    assert not OLD.in_force(AUTUMN)
    assert not OLD.in_force(SPRING - timedelta(days=1))
    assert (OLD.version, NEW.version) == ("TX-1@2024-04-01", "TX-1@2024-10-01")


def test_an_app_without_rules_in_force_is_left_out(monkeypatch):
    closed = AppRules("testing", "試験", (OLD,))
    monkeypatch.setattr("rulebook.rules.declared_rules", lambda: iter([closed]))

    assert all_rules(TODAY) == []
    assert all_rules(SPRING) == [closed]


def test_a_check_without_a_way_to_change_it_names_none():
    check = Check(NEW, Finding.MET, "値", "理由。")

    assert (check.would_change, check.change_fact, check.missing) == ("", "", ())


def test_the_rules_of_repayment_are_found_too():
    found = {declared.app_label: {rule.code for rule in declared.rules} for declared in all_rules(TODAY)}

    assert {"RP-02", "RP-04", "RP-13", "LI-01", "LI-04", "DF-13", "DF-14"} <= found["repayment"]


def test_a_rule_id_means_one_thing_in_the_whole_house():
    apps = [(rule.code, declared.app_label) for declared in declared_rules() for rule in declared.rules]

    assert len({code for code, _ in apps}) == len(set(apps))


def test_what_a_setting_decides_is_a_rule_that_is_shown():
    known = {rule.code for rule in every_rule()}
    named = {rule for setting in KEYS for rule in setting.rules}

    assert {rule for rule in named if rule.startswith(("EX", "LI", "LN", "RS", "QA"))} - known == set()
    assert {"RP-02", "RP-03", "RP-04", "RP-05", "RP-12", "RP-14"} <= known
