"""Opening balances from another system: ledger rows of their own, compared to the yen, signed by a second person."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.enums import Role
from accounts.models import Office, User
from audit.actors import Actor
from jobs.engine import advance
from jobs.importing import undoing
from jobs.importing.kinds import import_kinds
from jobs.importing.staging import counts
from jobs.models import ImportBatch
from loans.models import Loan
from repayment.cutover.batches import ReconciliationRefused
from repayment.cutover.controls import enter_control
from repayment.cutover.reconciling import (
    differing_loans,
    explain,
    reconciliation,
    sign_off,
)
from repayment.models import CutoverControl, CutoverSignOff, LedgerEntry, OpeningBalance
from repayment.selectors import position_of
from repayment.services import post_payment
from tests.jobs.files import NOW, as_csv, checked, committed, reasons, sample, taken_in
from tests.people.builders import a_member_of_staff, an_office

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 1)


@pytest.fixture
def clerk(today: object) -> User:
    cache.clear()
    an_office(code="01")
    user = a_member_of_staff(Role.PREFECTURAL_CLERK)
    for kind in ("borrowers", "loans"):
        taken_in(user, kind, sample(kind))
    return user


@pytest.fixture
def supervisor(clerk: User) -> User:
    return a_member_of_staff(Role.SUPERVISOR)


def opened(clerk: User, *lines: tuple[str, str, int, int, int, int]) -> ImportBatch:
    batch = checked(
        clerk, "openings", as_csv(import_kinds()["openings"].columns(), [list(map(str, x)) for x in lines])
    )
    committed(clerk, batch)
    return batch


def told(
    batch: ImportBatch, by: User, *, loans: int = 0, outstanding: int = 0, arrears: int = 0, source: str = "残高合計表"
) -> None:
    """The other system's list, which says what the file says but for what is added here."""
    found = reconciliation(batch)
    enter_control(
        batch_id=batch.pk,
        loans=found.loans + found.left_out + loans,
        outstanding=found.total("old_outstanding") + outstanding,
        arrears=found.total("old_arrears") + arrears,
        source=source,
        user=by,
        by=Actor.person(by),
        at=NOW,
    )


def agreeing(code: str, paid: int, exempted: int) -> tuple[str, str, int, int, int, int]:
    """A line that says of a loan just what we would say on that day."""
    loan = Loan.objects.get(code=code)
    with transaction.atomic():
        batch = opened(a_member_of_staff(Role.PREFECTURAL_CLERK), (code, "R8.4.1", loan.principal, paid, exempted, 0))
        assert OpeningBalance.objects.filter(batch=batch).exists()
        arrears = position_of(loan.pk, DAY).arrears
        transaction.set_rollback(True)
    return (code, "R8.4.1", loan.principal, paid, exempted, arrears)


def test_an_opening_balance_is_ledger_rows_of_the_day_of_the_change(clerk: User) -> None:
    batch = opened(clerk, ("9900002", "R8.4.1", 600_000, 60_000, 100_000, 0))
    loan = Loan.objects.get(code="9900002")

    rows = LedgerEntry.objects.filter(loan=loan).order_by("source_key")
    assert [(row.source_key, row.amount, row.effective_on) for row in rows] == [
        (f"opening:{batch.pk}:9900002:exempted", 100_000, DAY),
        (f"opening:{batch.pk}:9900002:paid", 60_000, DAY),
    ]
    at = position_of(loan.pk, DAY)
    assert (at.outstanding, at.exempted, at.ledger.net_paid) == (440_000, 100_000, 60_000)
    assert position_of(loan.pk, date(2026, 3, 31)).outstanding == 600_000


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paid=st.integers(0, 600_000), share=st.floats(0, 1))
def test_whatever_was_paid_and_exempted_the_balance_agrees_to_the_yen(clerk: User, paid: int, share: float) -> None:
    exempted = int((600_000 - paid) * share)
    with transaction.atomic():
        batch = opened(clerk, agreeing("9900002", paid, exempted))
        (group,) = reconciliation(batch).groups
        assert (group.old_outstanding, group.our_outstanding) == (600_000 - paid - exempted,) * 2
        assert not group.differs
        transaction.set_rollback(True)


def test_the_same_file_again_changes_nothing_and_other_amounts_are_an_error(clerk: User) -> None:
    line = ("9900002", "R8.4.1", 600_000, 60_000, 0, 0)
    opened(clerk, line)
    header = import_kinds()["openings"].columns()

    again = checked(clerk, "openings", as_csv(header, [list(map(str, line))]))
    assert counts(again)["unchanged"] == 1
    other = checked(clerk, "openings", as_csv(header, [["9900002", "R8.4.1", "600,000", "70,000", "0", "0"]]))
    assert reasons(other) == [
        (2, "貸付コード", "この貸付の開始残高は、別の内容（入金済 60,000円）で登録されています。")
    ]
    assert LedgerEntry.objects.count() == 1


def test_lines_that_cannot_be_are_named_with_column_and_reason(clerk: User) -> None:
    header = import_kinds()["openings"].columns()
    lines = [
        ["9900002", "R8.4.1", "500,000", "0", "0", "0"],
        ["9900001", "R8.4.1", "200,000", "150,000", "60,000", "0"],
        ["9999999", "R8.4.1", "1", "0", "0", "0"],
        ["9900001", "R9.4.1", "200,000", "", "0", "0"],
    ]
    batch = checked(clerk, "openings", as_csv(header, lines))

    said = {(line, column) for line, column, _ in reasons(batch)}
    assert said >= {(2, "元金"), (3, "入金済額"), (3, "滞納額"), (4, "貸付コード"), (5, "入金済額")}
    assert "登録済みの貸付金額（600,000円）" in reasons(batch)[0][2]


def test_a_loan_with_payments_already_posted_is_not_opened_twice_over(clerk: User) -> None:
    loan = Loan.objects.get(code="9900002")
    post_payment(
        loan=loan, amount=5_000, effective_on=date(2023, 1, 26), source_key="bank:1", by=Actor.person(clerk), at=NOW
    )
    batch = opened(clerk, ("9900002", "R8.4.1", 600_000, 60_000, 0, 0))

    assert counts(batch)["error"] == 1
    assert "二重になります" in reasons(batch)[0][2]
    assert not OpeningBalance.objects.exists()


def test_an_opening_taken_back_leaves_the_loan_as_it_was_and_can_come_again(clerk: User, supervisor: User) -> None:
    loan = Loan.objects.get(code="9900002")
    before = position_of(loan.pk, DAY)
    second = a_member_of_staff(Role.PREFECTURAL_CLERK)
    for _ in range(2):
        batch = opened(clerk, ("9900002", "R8.4.1", 600_000, 60_000, 100_000, 0))
        undo = undoing.take_back(batch_id=batch.pk, reason="誤り", user=second, by=Actor.person(second), at=NOW)
        assert undo.run is not None and advance(undo.run.pk)
        assert {outcome for (outcome,) in undo.lines.values_list("outcome")} == {"undone"}
        after = position_of(loan.pk, DAY)
        assert (after.outstanding, after.arrears, after.exempted) == (before.outstanding, before.arrears, 0)
    assert not OpeningBalance.objects.exists()
    assert opened(clerk, agreeing("9900002", 60_000, 0)).rows.filter(outcome="committed").count() == 1


# --- the comparison ---------------------------------------------------------------------------------


def test_every_difference_is_found_to_the_yen_with_its_loan(clerk: User) -> None:
    right, wrong = agreeing("9900001", 24_990, 0), agreeing("9900002", 60_000, 0)
    batch = opened(clerk, right, (*wrong[:5], wrong[5] + 1))
    found = reconciliation(batch)

    assert [(g.fund, g.loans, g.differing, g.outstanding_difference, g.arrears_difference) for g in found.groups] == [
        ("SP_GS_INITIAL", 1, 1, 0, -1),
        ("SP_SMALL", 1, 0, 0, 0),
    ]
    office = Office.objects.get(code="01")
    (loan,) = differing_loans(batch, fund="SP_GS_INITIAL", office_id=office.pk)
    assert (loan.code, loan.our_arrears - loan.old_arrears) == ("9900002", -1)
    assert differing_loans(batch, fund="SP_SMALL", office_id=office.pk) == []


def test_two_loans_that_differ_by_opposite_amounts_are_no_agreement(clerk: User) -> None:
    header = import_kinds()["loans"].columns()
    row = ["9900003", *import_kinds()["loans"].sample[1][1:]]
    taken_in(clerk, "loans", as_csv(header, [row]))
    one, other = agreeing("9900002", 60_000, 0), agreeing("9900003", 60_000, 0)
    batch = opened(clerk, (*one[:5], one[5] + 500), (*other[:5], other[5] - 500))

    (group,) = reconciliation(batch).groups
    assert (group.arrears_difference, group.differing, group.differs) == (0, 2, True)


def test_only_a_second_person_signs_and_only_once_nothing_is_open(clerk: User, supervisor: User) -> None:
    line = agreeing("9900002", 60_000, 0)
    batch = opened(clerk, (*line[:5], line[5] + 1))
    office = Office.objects.get(code="01")

    def signed(user: User) -> CutoverSignOff:
        return sign_off(batch_id=batch.pk, user=user, by=Actor.person(user), at=NOW)

    def said(text: str) -> Any:
        return explain(
            batch_id=batch.pk, fund="SP_GS_INITIAL", office_id=office.pk, text=text, user=clerk, by=Actor.person(clerk),
            at=NOW,
        )  # fmt: skip

    with pytest.raises(ReconciliationRefused, match="理由のない差が1区分"):
        signed(supervisor)
    with pytest.raises(ReconciliationRefused, match="理由を入力"):
        said(" ")
    said("元のシステムは引落日の翌日に滞納とするため")
    with pytest.raises(ReconciliationRefused, match="登録した人は確認者になれません"):
        signed(clerk)
    with pytest.raises(ReconciliationRefused, match="元のシステムの合計が登録されていません"):
        signed(supervisor)
    with pytest.raises(ReconciliationRefused, match="帳票の名前"):
        told(batch, clerk, source="　")
    for loans, outstanding, arrears in ((1, 0, 0), (0, -1, 0), (0, 0, 1)):
        told(batch, clerk, loans=loans, outstanding=outstanding, arrears=arrears)
        assert [line.missing for line in reconciliation(batch).control_lines if line.missing] == [
            -(loans + outstanding + arrears)
        ]
        with pytest.raises(ReconciliationRefused, match="元のシステムの合計と違います"):
            signed(supervisor)
    told(batch, clerk)
    row = signed(supervisor)
    assert (row.loans, row.outstanding, row.differing) == (1, 540_000, 1)
    with pytest.raises(ReconciliationRefused, match="確認済み"):
        signed(supervisor)
    with pytest.raises(ReconciliationRefused, match="確認済み"):
        told(batch, clerk)
    for model in (CutoverSignOff, CutoverControl):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            model._default_manager.update(loans=2)


def test_an_explanation_holds_for_the_difference_it_was_written_for(clerk: User, supervisor: User) -> None:
    line = agreeing("9900002", 60_000, 0)
    batch = opened(clerk, (*line[:5], line[5] + 1))
    office = Office.objects.get(code="01")
    explain(
        batch_id=batch.pk, fund="SP_GS_INITIAL", office_id=office.pk, text="1円の端数", user=clerk,
        by=Actor.person(clerk), at=NOW,
    )  # fmt: skip
    assert reconciliation(batch).open == 0
    loan = Loan.objects.get(code="9900002")
    post_payment(loan=loan, amount=5_000, effective_on=DAY, source_key="bank:2", by=Actor.person(clerk), at=NOW)

    assert reconciliation(batch).open == 1
    with pytest.raises(ReconciliationRefused, match="理由のない差"):
        sign_off(batch_id=batch.pk, user=supervisor, by=Actor.person(supervisor), at=NOW)


def test_lines_left_out_stand_in_the_way_of_the_signature(clerk: User, supervisor: User) -> None:
    batch = opened(clerk, agreeing("9900002", 60_000, 0), ("9999999", "R8.4.1", 100, 0, 0, 0))

    with pytest.raises(ReconciliationRefused, match="取り込めなかった行が1行"):
        sign_off(batch_id=batch.pk, user=supervisor, by=Actor.person(supervisor), at=NOW)


def test_the_database_refuses_the_uploader_as_second_person(clerk: User) -> None:
    batch = opened(clerk, agreeing("9900002", 60_000, 0))
    with pytest.raises(IntegrityError, match="cutover_signed_by_a_second_person"), transaction.atomic():
        CutoverSignOff.objects.create(
            batch=batch, handed_in_by=clerk, signed_by=clerk, signed_at=NOW, loans=1, outstanding=1, differing=0
        )


def test_from_the_list_to_the_signature_in_the_browser(clerk: User, supervisor: User, client: Any) -> None:
    line = agreeing("9900002", 60_000, 0)
    batch = opened(clerk, (*line[:5], line[5] + 1))
    office = Office.objects.get(code="01")
    url = reverse("repayment:reconciliation", args=[batch.pk])
    client.force_login(supervisor)

    assert url in client.get(reverse("repayment:reconciliations")).content.decode()
    page = client.get(url).content.decode()
    assert "理由のない差があります" in page and "差のある貸付 1件" in page
    page = client.get(url, {"fund": "SP_GS_INITIAL", "office": office.pk}).content.decode()
    assert "9900002" in page and "差の理由を登録する" in page
    said = {"fund": "SP_GS_INITIAL", "office": office.pk, "text": "端数の扱い"}
    client.post(reverse("repayment:settle", args=[batch.pk, "explain"]), said)
    page = client.get(url).content.decode()
    assert "元のシステムの合計が登録されていません" in page and "照合を確認済みにする" not in page
    totals = {"loans": "1", "outstanding": "540,001円", "arrears": line[5] + 1, "source": "残高合計表（R8.4.1）"}
    client.post(reverse("repayment:settle", args=[batch.pk, "control"]), totals)
    page = client.get(url).content.decode()
    assert "元のシステムの合計と違います" in page and "-1円" in page and "540,001円" in page
    client.post(reverse("repayment:settle", args=[batch.pk, "control"]), totals | {"outstanding": "540,000"})
    assert "照合を確認済みにする" in client.get(url).content.decode()
    client.post(reverse("repayment:settle", args=[batch.pk, "sign"]))
    assert "この照合は確認済みです" in client.get(url).content.decode()
