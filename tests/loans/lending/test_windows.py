"""The windows of the special funds: both sides of every edge, and what a moved closing day changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from loans.enums import FundKind
from loans.lending.windows import WINDOWS, Window, window_of
from rulebook.findings import Finding
from rulebook.sources import DOCUMENTS
from tests.loans.lending.situations import assessed, day, findings, general

EDGES = [
    ("SP_SMALL", "2020-03-25", "2022-09-30"),
    ("SP_GS_INITIAL", "2020-03-25", "2022-09-30"),
    ("SP_GS_EXTENSION", "2020-07-02", "2021-06-30"),
    ("SP_GS_RELOAN", "2021-02-19", "2021-12-31"),
]


@pytest.mark.parametrize(("fund", "opens", "closes"), EDGES)
def test_both_edges_of_a_window_belong_to_it(fund, opens, closes):
    inside = [day(opens), day(closes)]
    outside = [day(closes) + timedelta(days=1)] + ([day(opens) - timedelta(days=1)] if opens > "2020-04" else [])

    for applied_on in inside:
        assert findings(assessed(replace(general(fund), applied_on=applied_on)), "LA-01") == {Finding.MET}
    for applied_on in outside:
        assert findings(assessed(replace(general(fund), applied_on=applied_on)), "LA-01") == {Finding.NOT_MET}


def test_the_small_loan_was_moved_ten_times():
    window = window_of(FundKind.SP_SMALL)
    assert window is not None

    assert [closing.closes_on.isoformat()[:7] for closing in window.closings] == [
        "2020-07", "2020-09", "2020-12", "2021-03", "2021-06", "2021-08", "2021-11", "2022-03", "2022-06", "2022-08",
        "2022-09",
    ]  # fmt: skip


@pytest.mark.parametrize("window", WINDOWS, ids=lambda it: it.funds[0].value)
def test_closing_days_only_move_forward_and_each_has_its_document(window: Window):
    days = [closing.closes_on for closing in window.closings]

    assert days == sorted(set(days))
    assert window.opens_on <= days[0]
    titles = {document.title for document in DOCUMENTS}
    assert {closing.source.title for closing in window.closings} <= titles


@pytest.mark.parametrize("window", WINDOWS, ids=lambda it: it.funds[0].value)
def test_the_same_application_is_taken_or_refused_as_the_row_of_the_window_says(window: Window):
    for index, closing in enumerate(window.closings):
        until_then = [replace(window, closings=window.closings[: index + 1])]
        facts = replace(general(window.funds[0].value), applied_on=closing.closes_on)
        later = replace(facts, applied_on=closing.closes_on + timedelta(days=1))

        assert findings(assessed(facts, windows_in_force=until_then), "LA-01") == {Finding.MET}
        assert findings(assessed(later, windows_in_force=until_then), "LA-01") == {Finding.NOT_MET}


def test_the_regular_loan_is_lent_today():
    assert window_of(FundKind.REG_SMALL) is None
