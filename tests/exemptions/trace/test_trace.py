"""N-1: the trace of 67 cases, the flip test over all rules and grounds, and where every value and citation comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from exemptions.enums import Ground
from exemptions.rules import RULEBOOK
from exemptions.snapshot import check_to_json
from exemptions.trace.completing import completed, decisive, exempts
from exemptions.trace.inputs import input_words, settings_of
from exemptions.trace.lines import finding_line, stored_line
from exemptions.trace.questions import Question
from exemptions.trace.turning import turn_of, turned_finding
from rulebook.findings import Finding
from rulebook.rules import Check
from rulebook.sources import document
from tests.exemptions.trace.gold import CASES

SIGNS = {Finding.MET: "+", Finding.NOT_MET: "-", Finding.UNKNOWN: "?"}
EXPECTED = [line.split(" | ") for line in Path(__file__).with_name("gold.txt").read_text("utf-8").splitlines()]


@pytest.mark.parametrize(("name", "ground", "conditions", "answer"), EXPECTED)
def test_n_1_a_trace_shows_exactly_the_conditions_that_were_looked_at(name, ground, conditions, answer):
    found = CASES[name].answered()
    whole_form = [check for check in found.checks if check.rule.code in ("EX-36", "EX-60")]
    (outcome,) = (outcome for outcome in found.grounds if outcome.ground == ground)

    shown = " ".join(f"{check.rule.code}{SIGNS[check.finding]}" for check in (*outcome.checks, *whole_form))
    assert (shown, f"{found.result.value} {found.amount}") == (conditions, answer)


def test_every_case_is_in_the_table():
    assert [name for name, *_ in EXPECTED] == list(CASES)
    assert len(CASES) == 67


# --- the flip test ----------------------------------------------------------------------------------

ALWAYS_MET = {"EX-15", "EX-21", "EX-22", "EX-25", "EX-36"}
"""Rules that say how, not whether: what turns is their value, or that they are asked at all."""


def flips(question: Question) -> set[tuple[str, str, str]]:
    """Turn every input the trace names; assert that its finding turns, and return ground, rule and what it was."""
    turned = set()
    for check in question.answered().checks:
        turn = turn_of(check, question)
        if turn is None:
            continue
        assert turn.sentence.endswith("。")
        after = turned_finding(check, turn.question.answered().checks)
        assert is_other(check, after), (check, turn.sentence, after)
        turned.add((check.subject, check.rule.code, SIGNS[check.finding]))
    return turned


def is_other(check: Check, after: Check | None) -> bool:
    """Whether a finding turned; of rules that say how, the value, and a look that is no longer called for is gone."""
    if check.rule.code in {*ALWAYS_MET, "EX-42"}:
        return after is None or after.value != check.value
    assert after is not None, check
    if check.rule.code == "EX-12" and check.finding is Finding.MET:
        return after.value != check.value
    return after.finding is (Finding.NOT_MET if check.rule.code != "EX-10" else Finding.UNKNOWN) or (
        check.finding is not Finding.MET and after.finding is Finding.MET
    )


@pytest.fixture(scope="module")
def turned() -> set[tuple[str, str, str]]:
    return set().union(*(flips(question) for question in CASES.values()))


def test_n_1_turning_the_one_named_input_flips_every_rule_on_every_ground(turned):
    expected = set(Path(__file__).with_name("flips.txt").read_text("utf-8").splitlines())

    assert {" ".join(key).strip() for key in turned} == expected


def test_every_rule_that_an_answer_can_rest_on_is_turned_both_ways(turned):
    asked = {check.rule.code for question in CASES.values() for check in question.answered().checks}
    ways = {code: {sign for _, rule, sign in turned if rule == code} for code in asked}

    one_way = {code for code, signs in ways.items() if not ("+" in signs and signs & {"-", "?"})}
    assert one_way == {
        *ALWAYS_MET,
        "EX-17",
        "EX-42",
    }  # EX-17 is EX-16 under another setting, EX-42 is only ever against


def test_what_is_called_decisive_turns_the_whole_answer_and_hopeless_cases_have_nothing_decisive():
    found = {name: decisive(question) for name, question in CASES.items()}

    for name, items in found.items():
        before = CASES[name].answered()
        assert all(exempts(item.answer) is not exempts(before) for item in items)
    both_taxed = {(item.fact, item.answer_ja) for item in found["both judgement years taxed"]}
    assert ("residence_tax:borrower:2022", "免除できる（600,000円）") in both_taxed
    assert ("residence_tax:borrower:2021", "免除できる（600,000円）") in both_taxed
    assert {item.rule for item in found["consent 3 is missing"]} >= {"EX-60"}
    assert not any(item.fact.startswith("residence_tax") for item in found["everything repaid"])


# --- where it comes from ----------------------------------------------------------------------------


def test_every_leaf_cites_a_rule_of_the_library_that_stands_on_a_document_of_it():
    for question in CASES.values():
        for check in question.answered().checks:
            assert RULEBOOK.on(check.rule.code, question.as_of) == check.rule
            assert check.rule.wording_ja.endswith("。")
            assert document(check.rule.source.code).title == check.rule.source.title
            assert check.rule.source.where


def test_every_input_of_a_leaf_has_a_name_in_words():
    names = {name for question in CASES.values() for check in question.answered().checks for name in check.facts}

    assert names
    assert not [name for name in names if input_words(name) == name]


CHOICES = {
    "late_application_policy": "ALL_UNPAID",
    "late_application_cutoff": "DECISION",
    "later_year_anniversary_inclusive": False,
    "exemption_window": {"opens": "07-01", "closes": "09-30"},
    "accept_intellectual_severe": False,
    "req4_months": 3,
    "req4_growth_window_months": 6,
    "public_assistance_before_disbursement_excluded": False,
    "other_grounds_wait_for_start": False,
}
FOLLOW = {"EX-03", "EX-08", "EX-22", "EX-23", "EX-35", "EX-41"}
"""What is looked at, or comes to another amount, because a finding before it moved; ④ is looked at where ② and ③ fail."""


@pytest.mark.parametrize("key", CHOICES)
def test_a_setting_moves_only_findings_that_say_they_rest_on_it(key):
    moved = set()
    for question in CASES.values():
        before, after = told(question), told(question.with_setting(key, CHOICES[key]))
        moved |= {look[0] for look in before.keys() & after.keys() if before[look] != after[look]}
        moved |= {rule for rule, ground, _ in before.keys() ^ after.keys() if ground != Ground.LONG_ARREARS}

    rest_on_it = {code for code in moved if key in {setting.key for setting in settings_of(code)}}
    assert rest_on_it
    assert moved - rest_on_it <= FOLLOW


def told(question: Question) -> dict[tuple[str, str, tuple[str, ...]], str]:
    """What was found at every look, by rule, ground and the facts it rests on."""
    checks = question.answered().checks
    return {(check.rule.code, check.subject, check.facts): f"{check.finding} {check.value}" for check in checks}


def test_a_line_tells_value_origin_setting_version_source_and_what_would_change_it():
    question = CASES["EX-B late, arrears stay"]
    origins = {
        "residence_tax:borrower:2022": "課税（非課税）証明書（借受人、令和5年5月1日発行、令和5年5月10日受領、書類12）",
        "setting:exemption_window": "令和4年4月1日から（要綱第5条、設定第3版）",
    }
    checks = completed(question.answered(), question).checks
    lines = [finding_line(check, origins, question.settings) for check in checks]
    tax = next(line for line in lines if line.code == "EX-11" and line.finding == "met")
    window = next(line for line in lines if line.code == "EX-15")
    amount = next(line for line in lines if line.code == "EX-16")

    assert tax.inputs[0].words == tax.change == "借受人の令和4年度の住民税"
    assert tax.inputs[0].origin.endswith("令和5年5月10日受領、書類12）")
    assert (tax.version, tax.since) == ("EX-11@2020-03-25", "令和2年3月25日")
    origin_of = {setting.key: setting.origin for setting in window.settings}
    assert origin_of["exemption_window"] == "令和4年4月1日から（要綱第5条、設定第3版）"
    assert origin_of["late_application_policy"].startswith("既定値（生活福祉資金貸付制度における")
    assert (amount.change, amount.would_change) == (
        "入出金の台帳",
        "対象の金額がすべて返済済みであれば、免除できる金額がなくなる。",
    )
    stored = stored_line(check_to_json(checks[3]), origins, question.settings.as_json())
    assert stored == lines[3]
