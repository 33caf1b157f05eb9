"""Decisions another system had on file: taken in once, in the ledger once, taken back with counter-rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.enums import Role
from accounts.models import User
from audit.actors import Actor
from exemptions.models import PriorDecision
from jobs.engine import advance
from jobs.importing import undoing
from jobs.importing.kinds import import_kinds
from jobs.importing.staging import counts
from jobs.models import ImportBatch, ImportUndo
from loans.models import Loan
from repayment.cutover.reconciling import reconciliation
from repayment.models import LedgerEntry, OpeningBalance
from repayment.selectors import position_of
from tests.jobs.files import NOW, as_csv, checked, committed, reasons, sample, taken_in
from tests.people.builders import a_member_of_staff, an_office

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 1)
FILE = "旧システムの免除台帳"


@pytest.fixture
def clerk(today: object) -> User:
    cache.clear()
    an_office(code="01")
    user = a_member_of_staff(Role.PREFECTURAL_CLERK)
    for kind in ("borrowers", "loans"):
        taken_in(user, kind, sample(kind))
    return user


def file_of(kind: str, *lines: Sequence[Any]) -> bytes:
    return as_csv(import_kinds()[kind].columns(), [list(map(str, line)) for line in lines])


def decision(number: str, code: str, amount: int, day: str = "R5.9.15") -> tuple[Any, ...]:
    return (number, code, "要件①", 2023, "承認" if amount else "不承認", amount, day, day, FILE)


def brought(clerk: User, kind: str, *lines: Sequence[Any]) -> ImportBatch:
    batch = checked(clerk, kind, file_of(kind, *lines))
    committed(clerk, batch)
    return batch


def taken_back(batch: ImportBatch) -> ImportUndo:
    second = a_member_of_staff(Role.PREFECTURAL_CLERK)
    undo = undoing.take_back(batch_id=batch.pk, reason="誤り", user=second, by=Actor.person(second), at=NOW)
    assert undo.run is not None and advance(undo.run.pk)
    return undo


def told(undo: ImportUndo) -> set[str]:
    return set(undo.lines.values_list("outcome", flat=True))


def stands(code: str) -> tuple[int, int, int]:
    at = position_of(Loan.objects.get(code=code).pk, date(2026, 11, 20))
    return at.outstanding, at.exempted, at.ledger.net_paid


def test_a_decision_on_file_is_one_row_of_the_ledger_and_taking_it_back_counters_it(clerk: User, client: Any) -> None:
    batch = brought(clerk, "prior_decisions", *import_kinds()["prior_decisions"].sample)

    approved, refused = PriorDecision.objects.order_by("number")
    assert (approved.amount, approved.fiscal_year, approved.source) == (150_000, 2023, "旧システムの免除台帳 第12冊")
    assert approved.entry is not None
    assert (approved.entry.source_key, approved.entry.effective_on, approved.entry.kind) == (
        f"prior-decision:{batch.pk}:R5-0123", date(2023, 9, 15), "exempted",
    )  # fmt: skip
    assert (refused.outcome, refused.entry, refused.fiscal_year) == ("REFUSED", None, None)
    assert stands("9900001") == (50_000, 150_000, 0)
    assert counts(checked(clerk, "prior_decisions", sample("prior_decisions")))["unchanged"] == 2

    client.force_login(clerk)
    page = client.get(reverse("exemptions:decisions")).content.decode()
    assert "決定 2件" in page and "移行前の決定：旧システムの免除台帳 第12冊" in page and "150,000円" in page
    page = client.get(reverse("exemptions:decisions"), {"outcome": "APPROVED", "until": "R5.9.30"}).content.decode()
    assert "決定 1件" in page and "R5-0124" not in page

    assert told(taken_back(batch)) == {"undone"}
    assert stands("9900001") == (200_000, 0, 0)
    counter = LedgerEntry.objects.get(kind="exemption_revoked")
    assert (counter.reverses, counter.amount) == (approved.entry, 150_000)
    assert not PriorDecision.objects.exists()
    brought(clerk, "prior_decisions", *import_kinds()["prior_decisions"].sample)
    assert stands("9900001") == (50_000, 150_000, 0)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.integers(1, 200_000), more=st.integers(0, 200_000), decided_first=st.booleans())
def test_decisions_and_opening_balance_count_an_exemption_once_in_either_order(
    clerk: User, first: int, more: int, decided_first: bool
) -> None:
    exempted = min(200_000, first + more)
    with transaction.atomic():
        files = [
            ("prior_decisions", decision("A", "9900001", first)),
            ("openings", ("9900001", "R8.4.1", 200_000, 0, exempted, 0)),
        ]
        batches = [brought(clerk, kind, line) for kind, line in (files if decided_first else files[::-1])]
        assert all(counts(batch)["committed"] == 1 for batch in batches)
        assert stands("9900001") == (200_000 - exempted, exempted, 0)
        opening = next(batch for batch in batches if batch.kind == "openings")
        (group,) = reconciliation(opening).groups
        assert group.outstanding_difference == 0
        # What the later file rests on stays until the later file is gone.
        assert told(taken_back(batches[0])) == {"kept"}
        assert told(taken_back(batches[1])) == {"undone"}
        assert told(taken_back(batches[0])) == {"undone"}
        assert stands("9900001") == (200_000, 0, 0)
        assert not PriorDecision.objects.exists() and not OpeningBalance.objects.exists()
        transaction.set_rollback(True)


def test_lines_that_cannot_be_are_named_with_column_and_reason(clerk: User) -> None:
    lines = [
        decision("A", "9999999", 1),
        ("B", "9900001", "要件①", "", "承認", "0", "R5.9.15", "R5.9.1", FILE),
        decision("C", "9900001", 200_001, "R1.5.1"),
        ("D", "9900001", "要件⑨", "", "承認", "1", "R5.9.15", "", ""),
        decision("E", "9900001", 5),
        decision("E", "9900001", 5),
    ]
    batch = checked(clerk, "prior_decisions", file_of("prior_decisions", *lines))
    said = {(line, column) for line, column, _ in reasons(batch)}
    assert said == {
        (2, "貸付コード"), (3, "免除額"), (3, "住民税の年度"), (3, "通知日"), (4, "免除額"), (4, "決定日"), (5, "要件"),
        (5, "出所"), (7, "決定番号"),
    }  # fmt: skip
    other = brought(clerk, "prior_decisions", decision("F", "9900001", 150_000), decision("G", "9900001", 60_000))
    assert reasons(other) == [(3, "免除額", "免除額が残額（50,000円）を超えています。")]
    again = checked(clerk, "prior_decisions", file_of("prior_decisions", decision("F", "9900001", 1)))
    assert "別の内容（9900001、150,000円）で登録されています" in reasons(again)[0][2]


def test_more_than_the_opening_balance_says_was_exempted_is_refused_both_ways(clerk: User) -> None:
    brought(clerk, "openings", ("9900001", "R8.4.1", 200_000, 0, 100_000, 0))
    batch = brought(clerk, "prior_decisions", decision("A", "9900001", 60_000), decision("B", "9900001", 60_000))
    assert reasons(batch) == [
        (3, "免除額", "開始残高の免除済額（残り40,000円）を超えています。開始残高か免除額をお確かめください。")
    ]
    later = brought(clerk, "prior_decisions", decision("C", "9900001", 30_000, "R8.5.1"))
    assert counts(later)["committed"] == 1 and stands("9900001")[1] == 130_000

    brought(clerk, "prior_decisions", decision("D", "9900002", 200_000))
    short = brought(clerk, "openings", ("9900002", "R8.4.1", 600_000, 0, 199_999, 0))
    assert reasons(short)[0][2].startswith("免除済額が、登録済みの移行前の免除決定（200,000円）より少なく")


def test_the_database_refuses_an_approval_that_stands_nowhere(clerk: User) -> None:
    batch = brought(clerk, "prior_decisions", decision("A", "9900001", 0))
    with pytest.raises(IntegrityError, match="prior_approval_stands_in_the_ledger_once"), transaction.atomic():
        PriorDecision.objects.filter(batch=batch).update(outcome="APPROVED", amount=5)
