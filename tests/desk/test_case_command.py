"""``manage.py case``: answers about case files, refusals that name file and key, and no database anywhere."""

from __future__ import annotations

import copy
import io
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from desk.casefiles import answers
from desk.casefiles.parse import parse
from desk.casefiles.strict import CaseFileError
from rulebook.sources import DOCUMENTS

CASES = Path(__file__).parent / "cases"
CHECKOUT = Path(__file__).resolve().parents[2]
EXPECTED = sorted(CASES.glob("*.expected.json"))


def differences(wanted: Any, found: Any, path: str = "") -> list[str]:
    """What is promised and not there; other keys may be there as well."""
    if isinstance(wanted, dict):
        lacking = [f"{path}.{key}: missing" for key in wanted if key not in found]
        return lacking + [
            line for key in wanted if key in found for line in differences(wanted[key], found[key], f"{path}.{key}")
        ]
    if isinstance(wanted, list) and isinstance(found, list):
        if path.endswith(".missing") or len(wanted) != len(found):
            return [] if wanted == found else [f"{path}: {wanted} is not {found}"]
        return [
            line
            for i, pair in enumerate(zip(wanted, found, strict=True))
            for line in differences(*pair, f"{path}[{i}]")
        ]
    return [] if wanted == found else [f"{path}: {wanted!r} is not {found!r}"]


def run(question: str, *files: Path | str, **options: Any) -> str:
    out = io.StringIO()
    call_command("case", question, *map(str, files), stdout=out, **options)
    return out.getvalue()


def refused(question: str, *files: Path | str) -> str:
    """Return the one line on standard error of files that are refused."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("case", question, *map(str, files), stdout=out, stderr=err)
    assert stopped.value.code == 2
    assert out.getvalue() == ""
    assert err.getvalue().endswith("\n")
    assert err.getvalue().count("\n") == 1
    return err.getvalue().rstrip("\n")


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.name.removesuffix(".expected.json"))
def test_a_case_is_answered_as_its_file_beside_it_says(expected: Path):
    name, question, *_ = expected.name.split(".")

    answer = json.loads(run(question, CASES / f"{name}.json"))

    assert differences(json.loads(expected.read_text()), answer) == []


def test_every_case_has_an_expectation():
    asked = {path.name.split(".")[0] for path in EXPECTED}

    assert {path.stem for path in CASES.glob("*.json") if "." not in path.stem} == asked


def test_the_answers_come_a_line_a_file_in_order_with_sorted_keys_in_utf_8():
    lines = run("exemption", CASES / "ex-c.json", CASES / "ex-a.json").splitlines()

    assert [json.loads(line)["as_of"] for line in lines] == ["2023-09-15", "2022-10-03"]
    for line in lines:
        assert line == json.dumps(json.loads(line), ensure_ascii=False, sort_keys=True)
    assert "借受人" in lines[0]


def test_indent_is_for_people():
    text = run("exemption", CASES / "ex-a.json", indent=2)

    assert text.startswith('{\n  "as_of": "2022-10-03"')


def test_every_check_has_its_rule_its_finding_and_a_document_it_rests_on():
    answer = json.loads(run("exemption", CASES / "ex-k.json"))
    titles = {document.title for document in DOCUMENTS}

    for loan in answer["loans"]:
        assert loan["checks"]
        for check in loan["checks"]:
            assert re.fullmatch(r"EX-\d\d", check["rule"])
            assert check["finding"] in ("met", "not_met", "unknown")
            assert any(check["source"].startswith(f"{title} ") for title in titles)
            assert check["because"].endswith("。")


def test_the_schedule_of_a_deferred_loan_shows_months_and_collection_dates():
    loan = json.loads(run("position", CASES / "df-b.json"))["loans"][0]

    assert len(loan["instalments"]) == 24
    assert loan["instalments"][2] == {
        "seq": 3,
        "due_month": "2023-03",
        "collection_date": "2023-03-27",
        "amount": 8330,
    }
    assert [line["due_month"] for line in loan["instalments"][5:7]] == ["2023-06", "2024-07"]
    assert loan["instalments"][23] == {
        "seq": 24,
        "due_month": "2025-12",
        "collection_date": "2025-12-26",
        "amount": 8410,
    }


def test_no_connection_is_made_while_a_case_is_answered(monkeypatch):
    def no_connection(*args: object) -> None:
        raise AssertionError("a case file needs no server")

    monkeypatch.setattr(socket.socket, "connect", no_connection)

    assert json.loads(run("exemption", CASES / "ex-a.json"))["loans"]
    assert json.loads(run("position", CASES / "li-a.json"))["loans"]
    assert json.loads(run("lending", CASES / "lend-reloan.json"))["checks"]


def started(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a person does, in a process of its own that has neither database nor broker."""
    keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    nowhere = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    command = [sys.executable, "manage.py", "case", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, env=keep | nowhere | environment, capture_output=True, timeout=60)


def test_neither_database_nor_broker_has_to_be_there():
    done = started("exemption", str(CASES / "ex-b.json"))

    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["loans"][0]["amount"] == 166_680


def test_the_output_is_utf_8_whatever_the_locale(tmp_path):
    bad = tmp_path / "貸付.json"
    bad.write_text('{"as_of": "２０２３-01-01", "loans": []}', encoding="utf-8")

    good = started("exemption", str(CASES / "ex-a.json"), PYTHONIOENCODING="ascii", LC_ALL="C")
    no_good = started("exemption", str(bad), PYTHONIOENCODING="ascii", PYTHONUTF8="1")

    assert "借受人" in good.stdout.decode("utf-8")
    assert (no_good.returncode, no_good.stdout) == (2, b"")
    assert 'as_of: expected YYYY-MM-DD, got "２０２３-01-01"' in no_good.stderr.decode("utf-8")


@pytest.mark.parametrize(
    "arguments", [["loan", "x.json"], ["exemption"], ["exemption", "x.json", "--indent", "-1"], []]
)
def test_a_question_that_does_not_exist_or_lacks_its_file_is_refused(arguments):
    done = started(*arguments)

    assert (done.returncode, done.stdout) == (2, b"")


GOOD = json.loads((CASES / "with-lending.json").read_text()) | {
    "settings": {"debit_day": 26, "exemption_window": {"opens": "06-01", "closes": "07-31"}},
    "public_assistance_from": "2022-01-01",
    "exemption_application": {"received_on": "2022-08-10", "consents": [1, 2, 3, 4, 5, 6]},
    "certificates": [{"kind": "PHYSICAL", "grade": "3級", "issued_on": "1985-04-01"}],
    "events": [{"kind": "DEATH", "on": "2030-01-01"}],
}
GOOD["loans"][0] |= {
    "payments": [{"on": "2023-01-26", "amount": 5000}],
    "deferrals": [{"from": "2023-07", "months": 12}],
}


def with_change(path: str, value: Any) -> dict[str, Any]:
    """Return the good case with one value put at a path such as ``loans[0].first_due``."""
    case = copy.deepcopy(GOOD)
    *way, last = [int(part) if part.isdigit() else part for part in re.findall(r"[^\[\].]+", path)]
    place: Any = case
    for step in way:
        place = place[step]
    place[last] = value
    return case


def without(path: str) -> dict[str, Any]:
    case = copy.deepcopy(GOOD)
    *way, last = [int(part) if part.isdigit() else part for part in re.findall(r"[^\[\].]+", path)]
    place: Any = case
    for step in way:
        place = place[step]
    del place[last]
    return case


def error_of(case: Any) -> CaseFileError:
    with pytest.raises(CaseFileError) as error:
        parse(json.dumps(case).encode())
    return error.value


def test_the_good_case_is_good():
    case = parse(json.dumps(GOOD).encode())

    assert [facts.loan.code for facts in case.loans] == ["0200001"]


HUGE = 10**16
BAD_VALUES: list[tuple[str, list[Any]]] = [
    ("as_of", ["2023-13-01", "2023-02-29", "20230915", "2023-9-15", "2023-W01-1", "２０２３-09-15", 20230915, None, "",
               "2023-09-15T00:00:00", "9999-12-31", "0001-01-01", True, ["2023-09-15"]]),
    ("settings", ["FUTURE_ONLY", [], 1]),
    ("settings.debit_day", [0, 29, "26", 26.0, True, None]),
    ("settings.elderly_age", [65]),
    ("settings.no_such_key", [1]),
    ("settings.exemption_window.opens", ["6-1", "02-30", None]),
    ("settings.exemption_window.ends", ["07-31"]),
    ("household", ["BORROWER_IS_HEAD", [], 1]),
    ("household.borrower_is_head", ["true", 1, 0, "はい"]),
    ("household.head_is_separate", [True]),
    ("household.composition", ["single parent", "SINGLE_PARENT", "", 1, True]),
    ("residence_tax", [{}, "none"]),
    ("residence_tax[0]", [None, [], "borrower"]),
    ("residence_tax[0].person", ["spouse", "BORROWER", None, 1]),
    ("residence_tax[0].fiscal_year", ["2022", 2022.0, True, None, 22, -2022, 10**30]),
    ("residence_tax[0].per_capita_levy", [0, "false", "no"]),
    ("residence_tax[0].income_tax", [False]),
    ("public_assistance_from", ["2022-02-30", True, 2022]),
    ("certificates", [{}, "PHYSICAL"]),
    ("certificates[0].kind", ["physical", None]),
    ("certificates[0].grade", [2, None, "", "  ", "2\n級", "\x00"]),
    ("certificates[0].issued_on", ["1985-04-31", None]),
    ("events[0].kind", ["DEAD"]),
    ("events[0].on", ["2024-02-30"]),
    ("exemption_application", ["2022-08-10", []]),
    ("exemption_application.received_on", ["2022-08-32", None]),
    ("exemption_application.consents", [None, 6, "123456", {"1": True}]),
    ("exemption_application.consents[0]", [0, 7, "1", True, 1.0, None]),
    ("loans", [None, {}, []]),
    ("loans[0]", [None, [], "0200001"]),
    ("loans[0].code", [200001, "", None, "02\n00001"]),
    ("loans[0].fund", ["SP_LARGE", "sp_small", None]),
    ("loans[0].applied_on", ["2020-06-31"]),
    ("loans[0].household_size", [0, -1, "2", 1.5, True, None]),
    ("loans[0].principal", ["600000", 600000.0, 1.5, -1, True, None, HUGE]),
    ("loans[0].instalments", [0, -1, 601, "120", 120.0, True, None]),
    ("loans[0].first_due", ["2023-13", "2023-1", "2023-01-26", "2023/01", 202301, None, "1899-12", "2201-01"]),
    ("loans[0].payments", [{}, 5000, "none"]),
    ("loans[0].payments[0].on", ["2023-01-32", None]),
    ("loans[0].payments[0].amount", ["5000", 5000.5, 5000.0, -5000, True, None, HUGE]),
    ("loans[0].payments[0].paid", [5000]),
    ("loans[0].deferrals[0].from", ["2023-07-01", 202307, None]),
    ("loans[0].deferrals[0].months", [0, -1, 601, "12", 1.5, True, None]),
    ("loans[0].late_interest", [0]),
    ("lending", ["SP_SMALL", []]),
    ("lending.fund", ["SP_LARGE"]),
    ("lending.amount", [-1, "100000", 0.5]),
    ("lending.purpose", ["RENT"]),
    ("lending.small_loan_grounds[0]", ["POOR"]),
    ("lending.agency_support_consent", [1]),
    ("lending.prior[0].fund", ["X"]),
    ("lending.prior[0].last_month", ["2020-06-01"]),
    ("lending.prior[0].last_month", ["2020-13", 202006]),
    ("lending.prior[0].by", ["spouse"]),
    ("lending.priors", [[]]),
    ("lending.nationality", ["JP", None]),
    ("lending.applied_on", ["2021-07-32", None]),
    ("lending.months", ["3", -1, 3.0]),
    ("lending.household_size", [0, "2"]),
    ("lending.income_after", [-1, 0.5, "180000"]),
    ("loan", [[]]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value"), [(path, value) for path, values in BAD_VALUES for value in values])
def test_a_value_that_does_not_fit_is_refused_by_its_path(path, value):
    error = error_of(with_change(path, value))

    assert error.path == path
    assert error.message


REQUIRED = [
    "as_of",
    "loans",
    "residence_tax[0].person",
    "residence_tax[0].fiscal_year",
    "certificates[0].kind",
    "certificates[0].grade",
    "certificates[0].issued_on",
    "events[0].kind",
    "events[0].on",
    "exemption_application.received_on",
    "exemption_application.consents",
    "loans[0].code",
    "loans[0].fund",
    "loans[0].applied_on",
    "loans[0].household_size",
    "loans[0].principal",
    "loans[0].instalments",
    "loans[0].first_due",
    "loans[0].payments[0].on",
    "loans[0].payments[0].amount",
    "loans[0].deferrals[0].from",
    "loans[0].deferrals[0].months",
    "lending.prior[0].fund",
    "lending.prior[0].applied_on",
    "lending.prior[0].last_month",
    "lending.fund",
    "lending.applied_on",
]


@pytest.mark.parametrize("path", REQUIRED)
def test_what_is_needed_and_missing_is_named(path):
    assert error_of(without(path)).path == path


OPTIONAL = [
    "settings",
    "household",
    "household.borrower_is_head",
    "residence_tax",
    "residence_tax[0].per_capita_levy",
    "public_assistance_from",
    "certificates",
    "events",
    "exemption_application",
    "loans[0].payments",
    "loans[0].deferrals",
    "lending",
    "lending.amount",
    "lending.income_before",
    "lending.purpose",
    "lending.on_public_assistance",
    "lending.small_loan_grounds",
    "lending.prior",
]


@pytest.mark.parametrize("path", OPTIONAL)
def test_what_may_be_absent_may_also_be_null(path):
    absent = json.dumps(without(path)).encode()
    null = json.dumps(with_change(path, None)).encode()

    assert parse(absent) == parse(null)


def test_a_question_about_lending_needs_the_application_and_no_loans():
    only = {key: GOOD[key] for key in ("as_of", "lending")}

    case = parse(json.dumps(only).encode(), "lending")

    assert (case.loans, case.lending is not None) == ((), True)
    with pytest.raises(CaseFileError) as error:
        parse(json.dumps({key: GOOD[key] for key in ("as_of", "loans")}).encode(), "lending")
    assert error.value.path == "lending"


def test_an_application_that_does_not_fit_is_refused_by_file_and_key(tmp_path):
    bad = tmp_path / "lend.json"
    bad.write_text('{"as_of": "2021-07-01", "lending": {"fund": "SP_SMALL", "applied_on": "2021-07-01", "amont": 1}}')

    assert refused("lending", bad) == f"{bad}: lending.amont: unknown key"


def test_the_same_person_and_year_twice_is_refused():
    rows = [
        {"person": "borrower", "fiscal_year": 2022, "per_capita_levy": False, "income_levy": False},
        {"person": "borrower", "fiscal_year": 2022, "per_capita_levy": True, "income_levy": True},
    ]

    error = error_of(with_change("residence_tax", rows))

    assert str(error) == "residence_tax[1]: borrower 2022 is given twice"


def test_the_same_loan_code_twice_is_refused():
    error = error_of(with_change("loans", [GOOD["loans"][0], GOOD["loans"][0]]))

    assert str(error) == 'loans[1].code: "0200001" is given twice'


def test_plans_that_would_never_end_are_refused():
    deferrals = [{"from": "2023-07", "months": 600} for _ in range(200)]

    assert error_of(with_change("loans[0].deferrals", deferrals)).path == "loans[0].deferrals"
    assert error_of(with_change("loans[0].first_due", "2199-12") | {"events": []}).path.startswith("loans[0]")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "expected an object, got []"),
        (b"null", "expected an object, got null"),
        (b'"2023"', "expected an object"),
        (b'{"as_of": NaN}', "NaN is not a JSON value"),
        (b'{"as_of": "2023-01-01", "loans": -Infinity}', "-Infinity is not a JSON value"),
        (b'{"as_of": "2023-01-01", "as_of": "2024-01-01"}', "as_of: key occurs twice"),
        (b'{"a": [{"b": {"c": 1, "c": 1}}]}', "a[0].b.c: key occurs twice"),
        (b'{"as_of": "2023-01-01" "loans": []}', "not JSON"),
        (b"{'as_of': '2023-01-01'}", "not JSON"),
        (b'{"as_of": "2023-01-01",}', "not JSON"),
        (b'{"x": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        ("{}".encode("utf-16"), "not UTF-8"),
        ('{"as_of": "２０２３年"}'.encode("cp932"), "not UTF-8"),
        (b'{"as_of": "2023-01-01", "b\\nc": 1}', '"b\\nc": unknown key'),
        (b'{"as_of": "\\ud800", "loans": []}', "as_of: expected YYYY-MM-DD"),
    ],
)
def test_what_is_no_json_is_refused(text, said):
    with pytest.raises(CaseFileError) as error:
        parse(text)

    assert said in str(error.value)


def test_a_byte_order_mark_does_no_harm():
    assert parse(b"\xef\xbb\xbf" + json.dumps(GOOD).encode()) == parse(json.dumps(GOOD).encode())


def test_the_refusal_is_one_line_with_file_and_key(tmp_path):
    bad = tmp_path / "ex-b.json"
    bad.write_text(json.dumps(with_change("loans[0].first_due", "2023-13")))

    assert refused("exemption", bad) == f'{bad}: loans[0].first_due: expected YYYY-MM, got "2023-13"'


def test_one_bad_file_leaves_nothing_on_standard_output(tmp_path):
    bad = tmp_path / "bad.json"
    bad.write_text('{"as_of": "2023-01-01"}')

    line = refused("exemption", CASES / "ex-a.json", bad, CASES / "ex-b.json")

    assert line == f"{bad}: loans: required, but missing"


def test_line_breaks_and_broken_characters_stay_on_the_one_line(tmp_path):
    bad = tmp_path / "two\nlines.json"
    bad.write_text('{"as_of": "2023\\n\\ud800", "loans": []}')

    assert "expected YYYY-MM-DD" in refused("position", bad)


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir], ids=["no file", "a folder"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, make: Callable[[Path], None]):
    path = tmp_path / "case.json"
    make(path)

    assert refused("exemption", path).startswith(f"{path}: cannot be read: ")


def test_a_file_name_that_is_none_is_refused():
    assert "cannot be read" in refused("exemption", "a\0b")


def test_a_message_about_a_long_value_is_cut_short():
    assert len(str(error_of(with_change("loans[0].fund", "x" * 5000)))) < 250


def test_facts_of_a_later_day_are_ignored():
    later = GOOD | {
        "as_of": "2022-10-03",
        "residence_tax": [
            *GOOD["residence_tax"],
            {"person": "borrower", "fiscal_year": 2023, "per_capita_levy": True, "income_levy": True},
        ],
        "certificates": [{"kind": "PHYSICAL", "grade": "1", "issued_on": "2022-10-04"}],
        "exemption_application": {"received_on": "2022-10-04", "consents": []},
        "public_assistance_from": "2022-10-04",
    }

    loan = answers.exemption(parse(json.dumps(later).encode()))["loans"][0]

    assert (loan["result"], loan["ground"], loan["amount"]) == ("eligible", "RESIDENCE_TAX", 600_000)
    assert {
        check["ground"] for check in loan["checks"] if check["finding"] == "met" and check["rule"] == "EX-03"
    } == set()


EXTREMES = [
    {"as_of": "1900-01-01"},
    {"as_of": "2200-12-31"},
    {"as_of": "1900-01-01", "first_due": "1900-01", "instalments": 1},
    {"as_of": "2200-12-31", "first_due": "1900-01", "instalments": 600},
    {"as_of": "2200-12-31", "first_due": "2200-12", "instalments": 1},
    {"as_of": "2150-06-30", "first_due": "2140-01", "instalments": 600, "principal": 1},
    {"as_of": "2023-02-28", "principal": 1, "instalments": 600},
    {"as_of": "2024-02-29", "principal": 10**15, "instalments": 7},
    {"as_of": "2024-03-31", "principal": 9, "instalments": 2},
]


@pytest.mark.parametrize("extreme", EXTREMES, ids=str)
@pytest.mark.parametrize("settings", [{}, {"debit_day": 1}, {"debit_day": 28, "remainder_position": "FIRST"}], ids=str)
def test_the_edges_of_what_is_accepted_are_answered(extreme, settings):
    loan = {key: value for key, value in GOOD["loans"][0].items() if key not in ("payments", "deferrals")}
    loan |= {key: value for key, value in extreme.items() if key != "as_of"}
    case = parse(json.dumps({"as_of": extreme["as_of"], "settings": settings, "loans": [loan]}).encode())

    assert answers.exemption(case)["loans"][0]["remaining"] == loan["principal"]
    standing = answers.schedule_and_position(case)["loans"][0]
    assert sum(line["amount"] for line in standing["instalments"]) == loan["principal"]
