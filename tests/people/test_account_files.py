"""Files of bank accounts: checked like at the desk, sealed as soon as they are read."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection

from accounts.enums import Role
from accounts.models import User
from audit.actors import Actor
from jobs.engine import advance
from jobs.importing import undoing
from jobs.importing.kinds import import_kinds
from jobs.importing.staging import counts
from people.bank_accounts import opened_account
from people.enums import AccountUse
from people.models import BankAccount, Person
from tests.jobs.files import NOW, as_csv, checked, committed, reasons, sample, taken_in
from tests.people.builders import a_member_of_staff, an_office

pytestmark = pytest.mark.django_db
NUMBER = "7654321"


@pytest.fixture
def clerk(today: object) -> User:
    cache.clear()
    an_office(code="01")
    user = a_member_of_staff(Role.PREFECTURAL_CLERK)
    taken_in(user, "borrowers", sample("borrowers"))
    return user


def line(**cells: str) -> bytes:
    kind = import_kinds()["bank_accounts"]
    row = dict(zip(kind.columns(), kind.sample[0], strict=True)) | cells
    return as_csv(kind.columns(), [list(row.values())])


def test_accounts_come_in_sealed_and_open_in_their_own_row(clerk: User) -> None:
    assert taken_in(clerk, "bank_accounts", sample("bank_accounts"))["committed"] == 2

    taka, taichi = (Person.objects.get(number=number) for number in ("M0000001", "M0000002"))
    account = BankAccount.objects.get(person=taka, use=AccountUse.TRANSFER)
    assert (opened_account(account).number, account.bank_code) == ("0000123", "9999")
    yucho = opened_account(BankAccount.objects.get(person=taichi)).yucho
    assert yucho is not None and yucho.text.endswith("12345671")


@pytest.mark.django_db(transaction=True)
def test_no_number_is_left_in_the_staged_lines_nor_the_file_nor_the_page(clerk: User, client: Any) -> None:
    own = "1928374"  # in no other file: what tests without a commit leave behind must not be taken for this one
    batch = checked(clerk, "bank_accounts", line(口座番号=own))
    kept = default_storage.listdir("imports/202611")[1]

    assert counts(batch)["new"] == 1
    assert batch.stored_name == "" and not [name for name in kept if name.startswith(batch.sha256[:16])]
    with connection.cursor() as cursor:
        cursor.execute("select string_agg(r::text, '') from jobs_importrow r")
        assert own not in cursor.fetchone()[0]
    client.force_login(clerk)
    assert own not in client.get(f"/jobs/imports/{batch.pk}/").content.decode()
    committed(clerk, batch)
    assert opened_account(BankAccount.objects.get()).number == own


def test_the_same_file_again_changes_nothing_and_another_number_is_a_change(clerk: User) -> None:
    taken_in(clerk, "bank_accounts", sample("bank_accounts"))

    assert counts(checked(clerk, "bank_accounts", sample("bank_accounts")))["unchanged"] == 2
    assert counts(checked(clerk, "bank_accounts", line(口座番号=NUMBER)))["changed"] == 1
    assert BankAccount.objects.count() == 2


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ({"口座名義カナ": "ベツノ ヒト"}, "口座名義カナ", "本人名義の口座だけ"),
        ({"銀行番号": "0000"}, "銀行番号", "銀行が見つかりません"),
        ({"口座番号": "12345678"}, "口座番号", "7桁まで"),
        ({"口座番号": "12a4567"}, "口座番号", "数字で入力"),
        ({"銀行番号": "9900", "支店番号": "", "口座番号": "123"}, "口座番号", "記号は0か1"),
        ({"用途": "貯金"}, "用途", "送金先・引落口座"),
    ],
)
def test_an_account_that_cannot_be_right_is_named_before_anything_is_written(
    clerk: User, cells: dict[str, str], column: str, said: str
) -> None:
    batch = checked(clerk, "bank_accounts", line(**cells))

    ((number, where, reason),) = reasons(batch)
    assert (number, where) == (2, column) and said in reason


def test_accounts_taken_back_are_gone_and_the_one_before_is_in_use_again(clerk: User) -> None:
    taken_in(clerk, "bank_accounts", sample("bank_accounts"))
    before = list(BankAccount.objects.order_by("pk").values())
    batch = checked(clerk, "bank_accounts", line(口座番号=NUMBER, 使用開始日="R6.4.1"))
    committed(clerk, batch)
    assert BankAccount.objects.count() == 3
    second = a_member_of_staff(Role.PREFECTURAL_CLERK)

    undo = undoing.take_back(batch_id=batch.pk, reason="誤り", user=second, by=Actor.person(second), at=NOW)
    assert undo.run is not None and advance(undo.run.pk)

    assert list(BankAccount.objects.order_by("pk").values()) == before
