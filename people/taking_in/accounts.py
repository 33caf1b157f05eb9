"""Bank accounts. The number is sealed as soon as it is read: neither the staged line nor a page holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from import_export import resources
from import_export.fields import Field

from accounts.field_keys import seal, unseal
from audit.actors import Actor
from japan.zengin.yucho import YUCHO_BANK, YuchoError, read_yucho
from jobs.enums import RowOutcome
from jobs.importing.columns import Choice, Code, Day, Text
from jobs.importing.effects import RowRefused, Watched, Writing
from jobs.importing.staging import mark
from jobs.models import ImportBatch, ImportRow
from people.bank_accounts import (
    AccountRefused,
    accounts_on,
    opened_account,
    own_name,
    refuse_unknown_branch,
    register_account,
    register_yucho_account,
    seven_digits,
)
from people.enums import AccountKind, AccountUse
from people.models import BankAccount, Person
from people.taking_in.checks import find_persons, people_of

CHUNK = 500
SEALED_FOR = "jobs_importrow.account_number"
USES = {str(label): value for value, label in AccountUse.choices}
KINDS = {str(label): value for value, label in AccountKind.choices}


class SealedNumber(Text):
    """An account number, or 記号-番号 of ゆうちょ銀行; what comes out opens with the house's keys only."""

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> str:
        text = super().clean(value, row)
        bank = str((row or {}).get("銀行番号", "")).strip()
        try:
            if bank == YUCHO_BANK:
                symbol, _, number = text.partition("-")
                read_yucho(symbol, number)
            else:
                text = seven_digits(text)
        except (AccountRefused, YuchoError) as problem:
            raise ValueError(str(problem)) from None
        return seal(text, of=SEALED_FOR)


class AccountResource(resources.Resource):
    number = Field(column_name="借受人番号", widget=Code(longest=12))
    use = Field(column_name="用途", widget=Choice(USES))
    bank = Field(column_name="銀行番号", widget=Code(longest=4))
    branch = Field(column_name="支店番号", widget=Text(longest=3, required=False))
    kind = Field(column_name="預金種目", widget=Choice(KINDS, default=AccountKind.ORDINARY.value))
    account = Field(column_name="口座番号", widget=SealedNumber(longest=20))
    holder = Field(column_name="口座名義カナ", widget=Text(longest=60))
    since = Field(column_name="使用開始日", widget=Day())


def account_key(values: Mapping[str, Any]) -> str:
    return f"{values['number']}:{values['use']}"


def check_accounts(batch: ImportBatch) -> None:
    """Bank, branch and name are looked at line by line: what decides on them is code, not a table."""
    find_persons(batch, doubles="用途")
    rows = batch.rows.filter(outcome=RowOutcome.UNCHECKED).order_by("pk").iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        people = people_of(chunk)
        for use in AccountUse:
            of_use = [row for row in chunk if row.values["use"] == use]
            judge(
                of_use,
                people,
                accounts_on([people[row.values["number"]].pk for row in of_use], use, batch.uploaded_at.date()),
            )
        ImportRow.objects.bulk_update(chunk, ["outcome", "problems"])
    mark(batch, RowOutcome.NEW)


def judge(rows: Sequence[ImportRow], people: Mapping[str, Person], known: Mapping[int, BankAccount]) -> None:
    for row in rows:
        person = people[row.values["number"]]
        column = "銀行番号"
        try:
            if row.values["bank"] != YUCHO_BANK:
                refuse_unknown_branch(row.values["bank"], row.values["branch"])
            column = "口座名義カナ"
            own_name(person, row.values["holder"])
        except AccountRefused as refusal:
            row.outcome, row.problems = RowOutcome.ERROR, [{"column": column, "reason": str(refusal)}]
            continue
        account = known.get(person.pk)
        if account is not None:
            row.outcome = RowOutcome.UNCHANGED if is_same(row.values, account) else RowOutcome.CHANGED


def is_same(values: Mapping[str, Any], account: BankAccount) -> bool:
    """Whether a line names the account that is in use already."""
    opened, number = opened_account(account), unseal(values["account"], of=SEALED_FOR)
    if values["bank"] == YUCHO_BANK:
        symbol, _, rest = number.partition("-")
        return opened.yucho == read_yucho(symbol, rest)
    return (opened.bank_code, opened.branch_code, opened.kind, opened.number) == (
        values["bank"], values["branch"], values["kind"], number,
    )  # fmt: skip


def commit_accounts(rows: Sequence[ImportRow], writing: Writing) -> None:
    people = people_of(rows)

    def write(row: ImportRow) -> None:
        person = people[row.values["number"]]
        with writing.effects.watching({person.pk: row.line}, Watched(BankAccount, "person_id")):
            register(person, row.values, by=writing.by, at=writing.at)

    writing.one_by_one(rows, write)


def register(person: Person, values: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    number, since = unseal(values["account"], of=SEALED_FOR), date.fromisoformat(values["since"])
    common: dict[str, Any] = {
        "person": person, "use": AccountUse(values["use"]), "holder_kana": values["holder"], "since": since, "by": by,
        "at": at,
    }  # fmt: skip
    try:
        if values["bank"] == YUCHO_BANK:
            symbol, _, rest = number.partition("-")
            register_yucho_account(symbol=symbol, number=rest, savings=values["kind"] == AccountKind.SAVINGS, **common)
        else:
            register_account(
                bank_code=values["bank"],
                branch_code=values["branch"],
                number=number,
                kind=AccountKind(values["kind"]),
                **common,
            )
    except AccountRefused as refusal:
        raise RowRefused("行全体", str(refusal)) from refusal
