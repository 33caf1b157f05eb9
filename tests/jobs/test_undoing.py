"""A committed import can be taken back by a second person: rows go, values return, money is countered, the rest is told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.enums import Role
from accounts.models import User
from audit.actors import Actor
from audit.models import AuditRow
from jobs.engine import advance, work_batch
from jobs.enums import ImportState
from jobs.importing import undoing
from jobs.importing.kinds import import_kinds
from jobs.importing.services import ImportRefused
from jobs.importing.staging import counts
from jobs.models import ImportBatch, ImportEffect, ImportUndo
from loans.enums import LoanState
from loans.models import Loan
from people.corrections import correct_person
from people.models import FormerName, Household, HouseholdMember, Person, PersonCorrection
from repayment.models import LedgerEntry
from repayment.selectors import positions_of
from repayment.services import reverse_payment
from tests.desk.builders import an_exemption
from tests.jobs.files import NOW, as_csv, checked, committed, sample, taken_in
from tests.people.builders import a_household, a_member_of_staff, an_office
from tests.repayment.histories import FIGURES

pytestmark = pytest.mark.django_db

KINDS = ["borrowers", "households", "tax_certificates", "loans", "payments"]
TOLD_OF_PEOPLE = [
    "people_person", "people_caseload", "people_phone", "people_address", "people_household",
    "people_householdmember", "people_paper", "people_taxcertificate",
]  # fmt: skip


@pytest.fixture
def clerk(today: object) -> User:
    cache.clear()
    an_office(code="01")
    return a_member_of_staff(Role.PREFECTURAL_CLERK)


@pytest.fixture
def second(clerk: User) -> User:
    return a_member_of_staff(Role.PREFECTURAL_CLERK, office=clerk.office)


def content() -> dict[str, list[str]]:
    """Every row of the tables about people, whole."""
    found = {}
    for table in TOLD_OF_PEOPLE:
        with connection.cursor() as cursor:
            cursor.execute(f"select t::text from {table} t order by id")
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


def batch_of(clerk: User, kind: str, content: bytes) -> ImportBatch:
    batch = checked(clerk, kind, content)
    committed(clerk, batch)
    return batch


def asked_back(second: User, batch: ImportBatch, reason: str = "別の年度のファイルだったため") -> ImportUndo:
    return undoing.take_back(batch_id=batch.pk, reason=reason, user=second, by=Actor.person(second), at=NOW)


def taken_back(second: User, batch: ImportBatch) -> ImportUndo:
    undo = asked_back(second, batch)
    assert undo.run is not None
    assert advance(undo.run.pk)
    batch.refresh_from_db()
    return undo


def told(undo: ImportUndo) -> list[tuple[int, str, str]]:
    return list(undo.lines.order_by("line").values_list("line", "outcome", "reason"))


def changed_file(kind: str, **cells: tuple[int, str]) -> bytes:
    header, rows = import_kinds()[kind].columns(), [list(row) for row in import_kinds()[kind].sample]
    for column, (row, text) in cells.items():
        rows[row][header.index(column)] = text
    return as_csv(header, rows)


def test_what_a_file_registered_is_gone_afterwards_and_can_be_taken_in_again(clerk: User, second: User) -> None:
    empty = content()
    batches = [batch_of(clerk, kind, sample(kind)) for kind in ("borrowers", "households", "tax_certificates")]
    full = content()

    for batch in reversed(batches):
        undo = taken_back(second, batch)
        assert batch.state == ImportState.UNDONE
        assert [outcome for _, outcome, _ in told(undo)] == ["undone", "undone"]
    assert content() == empty

    for kind in ("borrowers", "households", "tax_certificates"):
        assert taken_in(clerk, kind, sample(kind))["committed"] == 2
    assert {table: len(rows) for table, rows in content().items()} == {t: len(rows) for t, rows in full.items()}


def test_what_a_file_changed_has_its_former_values_again(clerk: User, second: User) -> None:
    taken_in(clerk, "borrowers", sample("borrowers"))
    before = content()
    header, rows = import_kinds()["borrowers"].columns(), [list(row) for row in import_kinds()["borrowers"].sample]
    rows[0][header.index("氏名")] = "架空 髙子"
    rows[0][header.index("電話番号")] = "090-0000-0099"
    rows[1][header.index("町名番地")] = "引越町9-9"
    rows[1][header.index("住み始めた日")] = "2026-10-01"
    batch = batch_of(clerk, "borrowers", as_csv(header, rows))
    assert content() != before

    taken_back(second, batch)

    assert content() == before
    assert Person.objects.get(number="M0000001").name_key == "見本高子"
    corrections = PersonCorrection.objects.order_by("pk").values_list("name_before", "reason")
    assert list(corrections) == [
        ("見本 髙子", "取込で届いた氏名"), ("架空 髙子", "取込の取消し：別の年度のファイルだったため"),
    ]  # fmt: skip
    assert not FormerName.objects.exists()


def test_no_address_is_kept_beside_the_table_of_addresses(clerk: User) -> None:
    taken_in(clerk, "borrowers", sample("borrowers"))
    taken_in(clerk, "borrowers", changed_file("borrowers", 町名番地=(0, "引越町9-9"), 住み始めた日=(0, "2026-10-01")))

    kept = "".join(str(effect.before) for effect in ImportEffect.objects.all())
    assert "'until': None" in kept
    assert "架空町" not in kept and "引越町" not in kept and "raw_" not in kept


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_undo_restores_every_household_whatever_the_file_moved(clerk: User, second: User, data: st.DataObject) -> None:
    """Random moves, changes of head and new records: after the undo every row is as it was."""
    with transaction.atomic():
        office = clerk.office
        people = [
            Person.objects.create(number=f"H{n}", name="架空 一", kana="カクウ イチ", birth_date=date(1980, 1, 1))
            for n in range(5)
        ]
        assert office is not None
        a_household(people[0], people[1], since=date(2020, 1, 1))
        Household.objects.update(number="HX")
        before = content()
        lines = data.draw(
            st.lists(
                st.tuples(
                    st.sampled_from(["HX", "HY", "HZ"]),
                    st.integers(0, 4),
                    st.booleans(),
                    st.integers(0, 900),
                ),
                min_size=1,
                max_size=8,
            )
        )
        rows = [
            [
                house,
                f"H{who}",
                "世帯員",
                "はい" if head else "いいえ",
                (date(2021, 1, 1) + timedelta(days)).isoformat(),
            ]
            for house, who, head, days in lines
        ]
        batch = batch_of(clerk, "households", as_csv(import_kinds()["households"].columns(), rows))
        if ImportEffect.objects.filter(batch=batch).exists():
            undo = taken_back(second, batch)
            assert {outcome for _, outcome, _ in told(undo)} == {"undone"}
        assert content() == before
        transaction.set_rollback(True)


def stood(loans: list[Loan], day: date) -> dict[int, list[Any]]:
    return {key: [getattr(at, name) for name in FIGURES] for key, at in positions_of(loans, day).items()}


def test_a_payment_is_countered_by_a_row_of_its_own_and_the_loan_stands_as_before(clerk: User, second: User) -> None:
    for kind in ("borrowers", "loans"):
        taken_in(clerk, kind, sample(kind))
    loans = list(Loan.objects.all())
    days = [date(2022, 12, 31), date(2023, 1, 26), date(2023, 6, 1), date(2026, 11, 20)]
    before = [stood(loans, day) for day in days]
    batch = batch_of(clerk, "payments", sample("payments"))
    assert before != [stood(loans, day) for day in days]
    paid = LedgerEntry.objects.get(loan__code="9900001")

    undo = taken_back(second, batch)

    assert before == [stood(loans, day) for day in days]
    counter = LedgerEntry.objects.get(reverses=paid)
    assert (counter.kind, counter.amount, counter.source_key) == ("paid_reversed", 8_330, f"undo:{undo.pk}:{paid.pk}")
    assert counter.recorded_by == second.username
    assert LedgerEntry.objects.filter(pk=paid.pk, amount=8_330).exists()


def test_payments_taken_back_can_be_taken_in_again_and_again(clerk: User, second: User) -> None:
    for kind in ("borrowers", "loans"):
        taken_in(clerk, kind, sample(kind))
    for times in (1, 2, 3):
        batch = batch_of(clerk, "payments", sample("payments"))
        assert LedgerEntry.objects.filter(kind="paid").count() == 2 * times
        again = counts(checked(clerk, "payments", sample("payments")))
        assert (again["unchanged"], again["new"]) == (2, 0)
        other = checked(clerk, "payments", changed_file("payments", 金額=(0, "9,999")))
        assert counts(other)["error"] == 1
        taken_back(second, batch)
    assert LedgerEntry.objects.filter(kind="paid_reversed").count() == 6
    assert LedgerEntry.objects.filter(source_key="import:2023-0001#3").exists()


def test_a_payment_reversed_at_the_desk_is_not_countered_twice_nor_taken_in_again(clerk: User, second: User) -> None:
    for kind in ("borrowers", "loans"):
        taken_in(clerk, kind, sample(kind))
    batch = batch_of(clerk, "payments", sample("payments"))
    paid = LedgerEntry.objects.get(source_key="import:2023-0001")
    reverse_payment(entry=paid, reason="入金なし", effective_on=date(2023, 2, 1), by=Actor.person(clerk), at=NOW)

    again = counts(checked(clerk, "payments", sample("payments")))
    assert again["unchanged"] == 2
    taken_back(second, batch)
    assert LedgerEntry.objects.filter(reverses=paid).count() == 1
    assert LedgerEntry.objects.filter(kind="paid_reversed").count() == 2


def test_a_loan_is_given_up_with_its_plan_and_its_code_is_free(clerk: User, second: User) -> None:
    taken_in(clerk, "borrowers", sample("borrowers"))
    batch = batch_of(clerk, "loans", sample("loans"))
    first = Loan.objects.get(code="9900001")

    taken_back(second, batch)

    first.refresh_from_db()
    assert (first.state, first.code) == (LoanState.GIVEN_UP, f"取消-{first.pk}")
    assert positions_of([first], date(2026, 11, 20)) == {}
    corrected = taken_in(clerk, "loans", changed_file("loans", 貸付金額=(0, "150,000")))
    assert corrected["committed"] == 2
    loan = Loan.objects.get(code="9900001")
    assert (loan.principal, loan.plans.get().principal) == (150_000, 150_000)
    assert positions_of([loan], date(2026, 11, 20))[loan.pk].principal == 150_000


def test_a_loan_goes_once_its_payments_were_taken_back(clerk: User, second: User) -> None:
    taken_in(clerk, "borrowers", sample("borrowers"))
    loans = batch_of(clerk, "loans", sample("loans"))
    payments = batch_of(clerk, "payments", sample("payments"))
    assert {outcome for _, outcome, _ in told(taken_back(second, loans))} == {"kept"}
    taken_back(second, payments)

    assert {outcome for _, outcome, _ in told(taken_back(second, loans))} == {"undone"}
    assert set(Loan.objects.values_list("state", flat=True)) == {LoanState.GIVEN_UP}


def test_lines_that_something_rests_on_are_kept_with_the_reason_and_the_others_go(clerk: User, second: User) -> None:
    people = batch_of(clerk, "borrowers", sample("borrowers"))
    header, rows = import_kinds()["loans"].columns(), [list(row) for row in import_kinds()["loans"].sample]
    loans = batch_of(clerk, "loans", as_csv(header, rows[:1]))

    undo = taken_back(second, people)

    assert people.state == ImportState.PARTLY_UNDONE
    assert told(undo) == [(2, "kept", "貸付が登録されています。"), (3, "undone", "")]
    assert list(Person.objects.values_list("number", flat=True)) == ["M0000001"]
    assert Person.objects.get().addresses.count() == 1

    payments = import_kinds()["payments"]
    taken_in(clerk, "payments", as_csv(payments.columns(), payments.sample[:1]))
    assert told(taken_back(second, loans)) == [(2, "kept", "この貸付に台帳の記帳があります。")]


def test_a_line_kept_before_goes_once_its_reason_is_gone(clerk: User, second: User) -> None:
    people = batch_of(clerk, "borrowers", sample("borrowers"))
    homes = batch_of(clerk, "households", sample("households"))
    assert {outcome for _, outcome, _ in told(taken_back(second, people))} == {"kept"}
    taken_back(second, homes)

    undo = taken_back(second, people)

    assert (people.state, Person.objects.count()) == (ImportState.UNDONE, 0)
    assert [outcome for _, outcome, _ in told(undo)] == ["undone", "undone"]


def test_a_row_somebody_worked_on_since_is_kept(clerk: User, second: User) -> None:
    batch = batch_of(clerk, "borrowers", sample("borrowers"))
    taka = Person.objects.get(number="M0000001")
    correct_person(
        person=taka, name="見本 高子", kana="ミホン タカコ", birth_date=taka.birth_date, reason="婚姻", by=Actor.person(clerk),
        at=NOW,
    )  # fmt: skip

    undo = taken_back(second, batch)

    assert told(undo) == [(2, "kept", "取込の後に内容が変更されています。"), (3, "undone", "")]
    assert Person.objects.get().name == "見本 高子"


def test_a_payment_that_an_exemption_counted_with_is_kept(clerk: User, second: User) -> None:
    for kind in ("borrowers", "loans"):
        taken_in(clerk, kind, sample(kind))
    batch = batch_of(clerk, "payments", sample("payments"))
    loan = Loan.objects.get(code="9900001")
    an_exemption(loan, loan.plans.get(), 191_670, date(2026, 11, 1), first_no=2, last_no=24)

    assert told(taken_back(second, batch)) == [
        (2, "kept", "この入金の後に免除が記帳されています。"), (3, "undone", ""),
    ]  # fmt: skip


def test_only_a_second_person_may_and_the_database_says_so_too(clerk: User, second: User) -> None:
    batch = batch_of(clerk, "borrowers", sample("borrowers"))

    with pytest.raises(ImportRefused, match="登録した人は取り消せません"):
        asked_back(clerk, batch)
    with pytest.raises(ImportRefused, match="理由を入力"):
        asked_back(second, batch, reason="　")
    with pytest.raises(IntegrityError, match="undo_by_a_second_person"), transaction.atomic():
        ImportUndo.objects.create(batch=batch, handed_in_by=clerk, asked_by=clerk, asked_at=NOW, reason="x")
    taken_back(second, batch)
    with pytest.raises(ImportRefused, match="取消済み"):
        asked_back(second, batch)


def test_whoever_had_it_committed_may_not_take_it_back(clerk: User, second: User) -> None:
    batch = checked(clerk, "borrowers", sample("borrowers"))
    committed(second, batch)

    with pytest.raises(ImportRefused, match="反映した人は取り消せません"):
        asked_back(second, batch)


def test_an_undo_that_is_interrupted_anywhere_goes_on_to_the_same_end(
    clerk: User, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chunk after chunk by another worker; one of them dies in the middle of its transaction."""
    header, one = import_kinds()["borrowers"].columns(), list(import_kinds()["borrowers"].sample[0])
    rows = [[f"M{n:07d}", *one[1:]] for n in range(25)]
    empty = content()
    batch = batch_of(clerk, "borrowers", as_csv(header, rows))
    monkeypatch.setattr(undoing, "TAKEN_TOGETHER", 10)
    undo = asked_back(second, batch)
    assert undo.run is not None
    assert not advance(undo.run.pk, seconds=-1)
    work_batch(undo.run)
    assert Person.objects.count() == 15
    before = content()

    def dies(*args: Any) -> None:
        real(*args)
        raise KeyboardInterrupt

    real = undoing.undo_effects
    monkeypatch.setattr(undoing, "undo_effects", dies)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        work_batch(undo.run)
    assert content() == before
    monkeypatch.setattr(undoing, "undo_effects", real)

    assert advance(undo.run.pk)
    batch.refresh_from_db()
    assert (batch.state, content()) == (ImportState.UNDONE, empty)
    assert undo.lines.count() == 25


def test_an_undo_that_breaks_off_says_so_and_can_be_asked_for_again(
    clerk: User, second: User, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = batch_of(clerk, "borrowers", sample("borrowers"))
    with monkeypatch.context() as broken:
        broken.setattr(undoing, "undo_effects", lambda *args: 1 / 0)
        taken_back(second, batch)
    client.force_login(second)
    page = client.get(f"/jobs/imports/{batch.pk}/").content.decode()
    assert "取消が途中で止まりました" in page and "一部の行を残しました" not in page and Person.objects.count() == 2

    taken_back(second, batch)
    page = client.get(f"/jobs/imports/{batch.pk}/").content.decode()
    assert "すべて取り消しました" in page and not Person.objects.exists()


def test_what_an_import_wrote_cannot_be_rewritten_and_the_removal_is_in_the_audit_log(
    clerk: User, second: User
) -> None:
    batch = batch_of(clerk, "borrowers", sample("borrowers"))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ImportEffect.objects.update(line=1)

    taken_back(second, batch)

    gone = AuditRow.objects.filter(table="people_person", operation="D")
    assert set(gone.values_list("actor", flat=True)) == {second.username} and gone.count() == 2
    assert HouseholdMember.objects.count() == 0


def test_the_page_says_what_the_undo_will_do_and_what_it_did(clerk: User, second: User, client: Any) -> None:
    batch = batch_of(clerk, "borrowers", sample("borrowers"))
    client.force_login(clerk)
    page = client.get(f"/jobs/imports/{batch.pk}/").content.decode()
    assert "登録した人は取り消せません" in page and 'data-open-dialog="undo"' not in page

    client.force_login(second)
    page = client.get(f"/jobs/imports/{batch.pk}/").content.decode()
    assert 'data-open-dialog="undo"' in page
    assert "住所2件、担当2件、人2件、電話1件を削除します。" in page
    answer = client.post(f"/jobs/imports/{batch.pk}/undo/", {"reason": ""}, follow=True)
    assert "取り消す理由を入力してください。" in answer.content.decode()
    client.post(f"/jobs/imports/{batch.pk}/undo/", {"reason": "重複"})
    undo = ImportUndo.objects.get()
    assert undo.run is not None and advance(undo.run.pk)
    page = client.get(f"/jobs/imports/{batch.pk}/").content.decode()
    assert "すべて取り消しました" in page
    answer = client.get(f"/jobs/imports/{batch.pk}/undo/result/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines() == ["行番号,照合キー,結果,残した理由", "2,M0000001,取り消した,", "3,M0000002,取り消した,"]
