"""Receipts that name no loan: into suspense, proposed with reasons, assigned once."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.enums import Role
from audit.actors import Actor
from jobs.importing.kinds import import_kinds
from repayment.enums import PaymentChannel
from repayment.models import LedgerEntry, SuspenseItem
from repayment.suspense.enums import SuspenseReason, SuspenseState
from repayment.suspense.matching import nearly, proposals
from repayment.suspense.services import SuspenseRefused, assign_suspense, return_suspense, suspense_items
from tests.jobs.files import as_csv, checked, committed, taken_in
from tests.people.builders import a_member_of_staff, a_person
from tests.repayment.debits import NOW, a_repaying_loan, may_be_debited
from tests.repayment.money import a_desk

TODAY = date(2026, 11, 20)


def test_loan_codes_that_a_slip_of_the_pen_makes_of_each_other() -> None:
    assert nearly("0900001", "0900007")
    assert nearly("0900012", "0900021")
    assert not nearly("0900012", "0900012")
    assert not nearly("0900012", "0900034")
    assert not nearly("0900012", "090001")


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_a_statement_is_posted_where_code_and_name_agree_and_waits_otherwise() -> None:
    desk = a_desk()
    mine = a_repaying_loan(a_person("架空 太一", "カクウ タイチ"), code="0900012")
    account = may_be_debited(mine.borrower, number="7654321")
    other = a_repaying_loan(a_person("見本 花", "ミホン ハナ"), code="0900700")
    namesake = a_repaying_loan(a_person("架空 多一", "カクウ タイチ"), code="0955555")
    header = import_kinds()["deposits"].columns()
    lines = [
        ["F-1", "2026-11-10", "8,330", "銀行振込", "カクウ タイチ", "0900012", "", "", "", ""],
        ["F-2", "2026-11-11", "8,330", "銀行振込", "ｶｸｳ ﾀｲﾁ", "0900021", "9999", "999", "7654321", "11月分"],
        ["F-3", "2026-11-11", "5,000", "窓口", "ダレカ", "0900700", "", "", "", ""],
        ["F-4", "2026-11-12", "1,234", "", "", "", "", "", "", ""],
    ]
    counts = taken_in(desk.clerk, "deposits", as_csv(header, lines))
    assert counts["committed"] == 4
    entry = LedgerEntry.objects.get()
    assert (entry.loan, entry.source_key, entry.channel) == (mine, "deposit:F-1", PaymentChannel.TRANSFER)
    items = {item.source_key: item for item in suspense_items()}
    assert {key: item.reason for key, item in items.items()} == {
        "deposit:F-2": SuspenseReason.UNKNOWN_CODE,
        "deposit:F-3": SuspenseReason.OTHER_NAME,
        "deposit:F-4": SuspenseReason.NO_CODE,
    }
    assert items["deposit:F-2"].number_hash == account.number_hash
    again = committed(desk.clerk, checked(desk.clerk, "deposits", as_csv(header, lines)))
    assert again["unchanged"] == 4
    assert (LedgerEntry.objects.count(), SuspenseItem.objects.count()) == (1, 3)

    found = proposals(items["deposit:F-2"], user=desk.clerk, on=TODAY)
    assert [each.loan.code for each in found] == ["0900012", "0955555"]
    assert [each.text for each in found[0].evidence] == [
        "登録された口座からの支払い",
        "支払人の名前が借受人と同じ",
        "書かれていた貸付コードと1か所だけ違う",
        "金額が償還月額と同じ",
    ]
    wrong_name = proposals(items["deposit:F-3"], user=desk.clerk, on=TODAY)
    assert [(each.loan, each.against) for each in wrong_name] == [(other, ["支払人の名前が借受人と違う"])]
    assert proposals(items["deposit:F-4"], user=desk.clerk, on=TODAY) == []
    assert namesake.pk

    item = items["deposit:F-2"]
    with pytest.raises(SuspenseRefused, match="理由"):
        assign_suspense(item_id=item.pk, loan_id=mine.pk, reason=" ", by=desk.by, at=NOW)
    outsider = Actor.person(a_member_of_staff(Role.MUNICIPAL_CLERK))
    with pytest.raises(SuspenseRefused, match="権限"):
        assign_suspense(item_id=item.pk, loan_id=mine.pk, reason="x", by=outsider, at=NOW)
    done = assign_suspense(item_id=item.pk, loan_id=mine.pk, reason="口座が同じ", by=desk.by, at=NOW)
    assert done.entry is not None
    assert (done.state, done.entry.effective_on, done.entry.amount) == (
        SuspenseState.ASSIGNED, date(2026, 11, 11), 8_330,
    )  # fmt: skip
    with pytest.raises(SuspenseRefused, match="貸付に充当"):
        assign_suspense(item_id=item.pk, loan_id=other.pk, reason="x", by=desk.by, at=NOW)
    return_suspense(item_id=items["deposit:F-3"].pk, reason="別人の振込のため返金", by=desk.by, at=NOW)
    assert LedgerEntry.objects.count() == 2
    assert [each.source_key for each in suspense_items()] == ["deposit:F-4"]
