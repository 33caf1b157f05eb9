"""Bank accounts: sealed for their own row, found by number, one for each use at a time, in the person's own name."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.utils import decrypt
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from pytest_django import Settings

from accounts.field_keys import SealBroken, current_key_id
from audit.actors import Actor
from audit.models import AccessLog, AuditRow
from people.account_sealing import accounts_by_number, masked_number, opened_account
from people.bank_accounts import (
    AccountRefused,
    account_on,
    discard_account,
    end_account,
    open_number,
    register_account,
    register_yucho_account,
    reseal_accounts,
)
from people.enums import AccountKind, AccountUse
from people.models import BankAccount, Person
from tests.people.builders import a_member_of_staff, a_person, an_office

pytestmark = pytest.mark.django_db

CLERK = Actor(label="clerk")
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
SINCE = date(2026, 11, 1)


def an_account(person: Person, number: str = "1234567", *, since: date = SINCE, **told: object) -> BankAccount:
    details = {
        "use": AccountUse.TRANSFER,
        "bank_code": "9999",
        "branch_code": "999",
        "holder_kana": person.kana,
    } | told
    return register_account(person=person, number=number, since=since, by=CLERK, at=NOW, **details)  # type: ignore[arg-type]


def a_yucho_account(person: Person, symbol: str, number: str, **told: object) -> BankAccount:
    return register_yucho_account(
        person=person,
        use=AccountUse.DEBIT,
        symbol=symbol,
        number=number,
        holder_kana=person.kana,
        since=SINCE,
        by=CLERK,
        at=NOW,
        **told,  # type: ignore[arg-type]
    )


def raw(account: BankAccount) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select to_jsonb(a)::text from people_bankaccount a where id = %s", [account.pk])
        return str(cursor.fetchone()[0])


def test_the_number_is_not_in_the_database_but_comes_back() -> None:
    account = an_account(a_person(), "7654321")
    assert "7654321" not in raw(account)
    opened = opened_account(BankAccount.objects.get(pk=account.pk))
    assert (opened.bank_code, opened.branch_code, opened.kind, opened.number) == ("9999", "999", "1", "7654321")
    assert opened.holder_kana == "ｶｸｳ ﾊﾅｺ"
    assert masked_number(account) == "****321"


def test_a_value_copied_to_another_row_does_not_open_there() -> None:
    mine, theirs = an_account(a_person(), "1111111"), an_account(a_person(), "2222222")
    BankAccount.objects.filter(pk=theirs.pk).update(
        sealed_number=mine.sealed_number, number_hash=mine.number_hash, key_id=mine.key_id
    )
    theirs.refresh_from_db()
    with pytest.raises(SealBroken):
        opened_account(theirs)


def test_a_value_moved_to_another_column_does_not_open_either() -> None:
    account = a_yucho_account(a_person(), "10530", "12345671")
    BankAccount.objects.filter(pk=account.pk).update(sealed_number=account.sealed_yucho)
    account.refresh_from_db()
    with pytest.raises(SealBroken):
        opened_account(account)


@pytest.mark.parametrize(
    ("symbol", "number", "branch", "kind", "transferred"),
    [
        ("10530", "12345671", "058", AccountKind.ORDINARY, "1234567"),
        ("１２３４５", "12345671", "238", AccountKind.ORDINARY, "1234567"),
        ("01940-1", "123456", "019", AccountKind.CURRENT, "0123456"),
    ],
)
def test_a_yucho_account_is_kept_as_entered_and_as_transferred(
    symbol: str, number: str, branch: str, kind: AccountKind, transferred: str
) -> None:
    if symbol.startswith("0"):
        branch = "199"
    account = a_yucho_account(a_person(), symbol, number)
    opened = opened_account(account)
    assert (opened.bank_code, opened.branch_code, opened.kind, opened.number) == ("9900", branch, kind, transferred)
    assert opened.yucho is not None
    assert number not in raw(account)
    assert opened.yucho.number == number


def test_one_account_for_a_use_at_a_time() -> None:
    person = a_person()
    before = an_account(person, "1111111", since=date(2025, 4, 1))
    now = an_account(person, "2222222", since=SINCE)
    debit = an_account(person, "3333333", use=AccountUse.DEBIT)
    before.refresh_from_db()
    assert before.until == SINCE - timedelta(days=1)
    assert account_on(person, AccountUse.TRANSFER, SINCE - timedelta(days=1)) == before
    assert account_on(person, AccountUse.TRANSFER, SINCE) == now
    assert account_on(person, AccountUse.DEBIT, SINCE) == debit
    with pytest.raises(IntegrityError), transaction.atomic():
        BankAccount.objects.filter(pk=before.pk).update(until=SINCE)


def test_the_same_account_again_gives_the_row_that_is_there() -> None:
    person = a_person()
    assert an_account(person, "0123456") == an_account(person, "123456", since=SINCE + timedelta(days=3))
    assert BankAccount.objects.count() == 1


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"number": "12345678"}, "口座番号は7桁までです（8桁あります）。通帳でお確かめください。"),
        ({"number": "12-34A"}, "口座番号は数字で入力してください。"),
        ({"number": "　"}, "口座番号を入力してください。"),
        ({"number": "0000000"}, "口座番号が0だけになっています。通帳でお確かめください。"),
        ({"bank_code": "9998"}, "銀行番号「9998」の銀行が見つかりません。通帳でお確かめください。"),
        ({"bank_code": "9900", "branch_code": "058"}, "ゆうちょ銀行の口座は、記号と番号で登録してください。"),
        (
            {"branch_code": "001"},
            "支店番号「001」の支店がこの銀行にありません。統廃合で番号が変わっていないかお確かめください。",
        ),
        (
            {"holder_kana": "ｶｸｳ ﾀﾛｳ"},
            "口座名義「ｶｸｳ ﾀﾛｳ」が借受人のカナ氏名と違います。本人名義の口座だけを使えます。"
            "改姓などで違うときは、先に氏名の登録を直してください。",
        ),
        (
            {"holder_kana": "架空 花子"},
            "「架空 花子」の「架」は銀行のデータに使えない文字です。通帳に印字されたカナで入力してください。",
        ),
    ],
)
def test_an_account_that_cannot_be_right_is_refused_in_words_and_nothing_is_saved(
    told: dict[str, str], sentence: str
) -> None:
    with pytest.raises(AccountRefused) as refused:
        an_account(a_person(), **told)  # type: ignore[arg-type]
    assert str(refused.value) == sentence
    assert not BankAccount.objects.exists()


def test_the_practice_bank_is_refused_where_real_money_moves(settings: Settings) -> None:
    settings.PRACTICE_BANK = False
    with pytest.raises(AccountRefused, match="練習用"):
        an_account(a_person())


@pytest.mark.parametrize("holder", ["ｶｸｳ ﾊﾅｺ", "カクウハナコ", "かくう　はなこ", "カクウ  ハナコ"])
def test_the_own_name_in_any_writing_is_the_own_name(holder: str) -> None:
    assert an_account(a_person(), holder_kana=holder).pk


def test_accounts_are_found_by_their_number_without_opening_any() -> None:
    office = an_office()
    user = a_member_of_staff(office=office)
    mine, foreign = a_person(office=office), a_person(office=an_office())
    account = an_account(mine, "1234567")
    passbook = a_yucho_account(mine, "10530", "76543211")
    an_account(foreign, "1234567")
    assert accounts_by_number("１２３－４５６７", user=user) == [account]
    assert accounts_by_number("76543211", user=user) == [passbook]
    assert accounts_by_number("1234567", user=user, bank_code="0001") == []
    assert accounts_by_number("234567", user=user) == []
    assert accounts_by_number("山田", user=user) == []


def test_an_account_ends_with_its_last_day_and_is_not_prolonged() -> None:
    account = an_account(a_person())
    ended = end_account(account=account, until=date(2026, 11, 30), by=CLERK, at=NOW)
    assert ended.until == date(2026, 11, 30)
    with pytest.raises(AccountRefused, match="すでに終わっています"):
        end_account(account=account, until=date(2026, 12, 31), by=CLERK, at=NOW)
    with pytest.raises(AccountRefused, match="開始日より前"):
        end_account(account=account, until=SINCE - timedelta(days=1), by=CLERK, at=NOW)


def test_a_slip_is_removed_and_the_log_keeps_that_it_was_there() -> None:
    account = an_account(a_person())
    discard_account(account=account, by=CLERK, at=NOW)
    assert not BankAccount.objects.exists()
    removed = AuditRow.objects.get(table="people_bankaccount", operation="D")
    assert (removed.row, removed.actor) == (str(account.pk), "clerk")


def test_opening_a_number_takes_a_reason_and_leaves_an_access_row() -> None:
    account = an_account(a_person(), "7654321")
    with pytest.raises(AccountRefused, match="理由"):
        open_number(account=account, reason="　", by=CLERK, at=NOW)
    assert open_number(account=account, reason="通帳と照合", by=CLERK, at=NOW).number == "7654321"
    row = AccessLog.objects.get()
    assert (row.subject, row.ids, row.reason) == ("bank_account", [account.person_id], "通帳と照合")


# --- keys ---


def test_after_a_new_key_everything_opens_and_is_found_before_and_after_resealing(settings: Settings) -> None:
    office = an_office()
    user = a_member_of_staff(office=office)
    accounts = [an_account(a_person(office=office), f"10000{n:02d}") for n in range(5)]
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = (b"n" * 32, *old)
    assert accounts_by_number("1000003", user=user) == [accounts[3]]
    assert reseal_accounts(limit=2, by=CLERK, at=NOW) == 2
    assert list(BankAccount.objects.filter(key_id=current_key_id()).order_by("pk")) == accounts[:2]
    assert accounts_by_number("1000003", user=user) == [accounts[3]]
    call_command("reseal", batch=2, stdout=StringIO())
    settings.FIELD_KEYS = (b"n" * 32,)
    assert [opened_account(row).number for row in BankAccount.objects.order_by("pk")] == [
        f"10000{n:02d}" for n in range(5)
    ]
    assert accounts_by_number("1000003", user=user) == [accounts[3]]


def test_without_its_key_nothing_opens(settings: Settings) -> None:
    account = an_account(a_person())
    settings.FIELD_KEYS = (b"n" * 32,)
    with pytest.raises(SealBroken):
        opened_account(account)


def test_a_command_killed_in_the_middle_goes_on_where_it_was(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = [an_account(a_person(), f"20000{n:02d}") for n in range(6)]
    settings.FIELD_KEYS = (b"n" * 32, *settings.FIELD_KEYS)
    updates = iter([True, False])
    real = type(BankAccount.objects.all()).bulk_update

    def killed(rows: QuerySet[BankAccount], *args: Any) -> int:
        done = real(rows, *args)
        if not next(updates):
            raise KeyboardInterrupt
        return done

    with monkeypatch.context() as patch:
        patch.setattr(type(BankAccount.objects.all()), "bulk_update", killed)
        with pytest.raises(KeyboardInterrupt):
            call_command("reseal", batch=2, stdout=StringIO())
    assert BankAccount.objects.filter(key_id=current_key_id()).count() == 2
    said = StringIO()
    call_command("reseal", batch=2, stdout=said)
    assert "4 bank accounts and 0 second factors sealed again, nothing left" in said.getvalue()
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert [opened_account(row).number for row in BankAccount.objects.order_by("pk")] == [
        f"20000{n:02d}" for n in range(6)
    ]
    assert len(accounts) == 6


def test_second_factors_are_sealed_again_too(settings: Settings) -> None:
    clerk = a_member_of_staff()
    secret = generate_totp_secret()
    TOTP.activate(clerk, secret)
    settings.FIELD_KEYS = (b"n" * 32, *settings.FIELD_KEYS)
    call_command("reseal", stdout=StringIO())
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    stored = Authenticator.objects.get(user=clerk)
    assert decrypt(stored.data["secret"]) == secret


# --- what must not be written anywhere ---


def test_no_number_stands_in_the_audit_log_or_the_access_log() -> None:
    person = a_person()
    account = an_account(person, "7654321")
    passbook = a_yucho_account(person, "10530", "76543211")
    open_number(account=account, reason="通帳と照合", by=CLERK, at=NOW)
    end_account(account=passbook, until=SINCE, by=CLERK, at=NOW)
    accounts_by_number("7654321", user=a_member_of_staff())
    with connection.cursor() as cursor:
        cursor.execute(
            "select (select jsonb_agg(a) from audit_auditrow a)::text || (select jsonb_agg(l) from audit_accesslog l)::text"
        )
        written = cursor.fetchone()[0]
    assert "people_bankaccount" in written
    for told in ("7654321", "76543211", "10530", account.number_hash, account.sealed_number):
        assert told not in written
