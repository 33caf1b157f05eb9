"""The page that describes case files names what the program reads and answers."""

import re
from pathlib import Path

from desk.casefiles import answers, parse
from desk.management.commands.case import QUESTIONS
from exemptions.enums import CertificateKind, Composition, EventKind, Result
from loans.enums import FundKind
from loans.lending.enums import Acceptable, LendingPurpose, SmallLoanGround
from rulebook.setting_keys import KEYS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "case-files.md").read_text(encoding="utf-8")
CODE = set(re.findall(r"`([A-Za-z0-9_]+)`", PAGE))


def test_every_word_a_case_may_use_is_on_the_page():
    words = {*FundKind.values, *CertificateKind.values, *EventKind.values, *Composition.values, *Result.values}
    words |= {*LendingPurpose.values, *SmallLoanGround.values, *Acceptable.values}

    assert words - CODE == set()


def test_every_setting_a_case_may_override_is_on_the_page_and_no_other():
    mine = {setting.key for setting in KEYS if setting.case_may_override}

    assert mine - CODE == set()
    assert CODE & {setting.key for setting in KEYS if not setting.case_may_override} == set()


def test_every_question_is_on_the_page():
    assert all(f"manage.py case {question}" in PAGE for question in QUESTIONS)


def test_every_key_of_an_answer_is_on_the_page():
    case = parse.parse((Path(__file__).parent / "cases" / "ex-b.json").read_bytes())

    application = parse.parse((Path(__file__).parent / "cases" / "lend-reloan.json").read_bytes(), "lending")
    answer = answers.lending(application)
    assert {*answer, *answer["checks"][0]} - CODE == set()
    for answer in (answers.exemption(case), answers.schedule_and_position(case)):
        loan = answer["loans"][0]
        inner = loan["checks"][0] if "checks" in loan else loan["instalments"][0]
        assert {*loan, *inner} - CODE == set()
