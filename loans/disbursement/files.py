"""A transfer file from its locking to the bank: one function for each step, all in one transaction each.

The bytes are kept in the row, sealed: writing the file and saying that it was written are one commit, so that nothing is
left of a writer who was killed, and a second download gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Count, Max
from django.utils import timezone

from accounts.field_keys import SealBroken, seal, unseal
from accounts.models import User
from accounts.roles import Permission, permissions_of
from accounts.selectors import deputised_supervisor
from audit.actors import Actor
from audit.services import service
from japan.bankdays import is_bank_day
from japan.eras import era_date
from loans.disbursement.bank_file import bank_file
from loans.disbursement.enums import LineOutcome, TransferState
from loans.disbursement.refusals import FileDamaged, TransferMoved, TransferNotAllowed, TransferRefused
from loans.disbursement.workflow import EDGES, TransferMove
from loans.models import Tranche, TransferChange, TransferFile, TransferLine
from loans.senders import sender_on
from loans.staff import acting_person
from people.models import BankAccount

LONGEST_REASON = 400
MOST_DAYS_AHEAD = 30


@dataclass(frozen=True, slots=True)
class Payable:
    """One tranche that may go out now, with the account it goes to and the payee's name as banks write it."""

    tranche: Tranche
    account: BankAccount
    payee_kana: str


@service
def lock_transfers(*, payable: Sequence[Payable], pay_on: date, by: Actor, at: datetime) -> TransferFile:
    """Make one file of tranches; the caller has selected and locked them. From here on nobody else can take them."""
    person = allowed(by, TransferMove.LOCK, at=at)
    today = timezone.localtime(at).date()
    check_pay_day(pay_on, today=today)
    if not payable:
        raise TransferRefused("送金できる貸付がありません。")
    sender = sender_on(pay_on)
    if sender is None:
        raise TransferRefused("送金元（委託者コードと口座）が登録されていません。先に送金元を登録してください。")
    last = TransferFile.objects.filter(pay_on=pay_on).aggregate(last=Max("sequence"))["last"] or 0
    try:
        with transaction.atomic():
            file = TransferFile.objects.create(
                pay_on=pay_on,
                sequence=last + 1,
                sender=sender,
                count=len(payable),
                total=sum(item.tranche.amount for item in payable),
                locked_by=person,
                locked_at=at,
            )
            attempts = _attempts([item.tranche.pk for item in payable])
            TransferLine.objects.bulk_create(
                TransferLine(
                    file=file,
                    number=number,
                    tranche=item.tranche,
                    loan_id=item.tranche.loan_id,
                    attempt=attempts.get(item.tranche.pk, 0) + 1,
                    account=item.account,
                    payee_kana=item.payee_kana,
                    amount=item.tranche.amount,
                )
                for number, item in enumerate(payable, start=1)
            )
    except IntegrityError as error:
        raise _taken(error) from None
    _write_change(file, TransferMove.LOCK, before="", person=person, by=by, at=at)
    return file


@service
def approve_transfers(*, file_id: int, by: Actor, at: datetime) -> TransferFile:
    """A second person agrees to a locked list. The caller has looked whether every line may still go out."""
    person = allowed(by, TransferMove.APPROVE, at=at)
    file = lock_file(file_id, TransferMove.APPROVE)
    supervisor = deputised_supervisor(person, timezone.localtime(at).date())
    if file.locked_by_id == person.pk or (supervisor is not None and supervisor.pk == file.locked_by_id):
        raise TransferNotAllowed("ご自分が確定した送金は承認できません。ほかの決裁者に依頼してください。")
    check_pay_day(file.pay_on, today=timezone.localtime(at).date())
    file.approved_by, file.approved_at = person, at
    return step_written(file, TransferMove.APPROVE, person=person, by=by, at=at)


@service
def write_transfers(*, file_id: int, by: Actor, at: datetime) -> TransferFile:
    """Write the file of an approved list, once: its bytes and their hash are kept with the row."""
    person = allowed(by, TransferMove.WRITE, at=at)
    file = lock_file(file_id, TransferMove.WRITE)
    check_pay_day(file.pay_on, today=timezone.localtime(at).date())
    content = bank_file(file)
    file.sealed_content = seal(content.decode("latin-1"), of=_seal_of(file))
    file.sha256 = hashlib.sha256(content).hexdigest()
    file.written_by, file.written_at = person, at
    return step_written(file, TransferMove.WRITE, person=person, by=by, at=at)


@service
def send_transfers(*, file_id: int, bank_receipt: str, by: Actor, at: datetime) -> TransferFile:
    """Write down that the bank has the file, with the number of its receipt."""
    person = allowed(by, TransferMove.SEND, at=at)
    file = lock_file(file_id, TransferMove.SEND)
    receipt = bank_receipt.strip()
    if not receipt:
        raise TransferRefused("銀行の受付番号を入力してください。")
    if len(receipt) > 40:
        raise TransferRefused("銀行の受付番号は40文字までで入力してください。")
    content_of(file)
    file.bank_receipt, file.sent_at = receipt, at
    return step_written(file, TransferMove.SEND, person=person, by=by, at=at)


@service
def discard_transfers(*, file_id: int, reason: str, by: Actor, at: datetime) -> TransferFile:
    """Give up a file that the bank does not have; its tranches are free again.

    Once the file is written somebody may have sent it: then only a supervisor other than the writer gives it up.
    """
    person = allowed(by, TransferMove.DISCARD, at=at)
    file = lock_file(file_id, TransferMove.DISCARD)
    if not reason.strip():
        raise TransferRefused("取りやめる理由を入力してください。")
    if file.state == TransferState.WRITTEN:
        if Permission.APPROVE_TRANSFERS not in permissions_of(person.roles_on(timezone.localtime(at).date())):
            raise TransferNotAllowed(
                "作成済みの送金ファイルの取りやめは、決裁者が行います。銀行に送信していないことを確かめて依頼してください。"
            )
        if file.written_by_id == person.pk:
            raise TransferNotAllowed("ご自分が作成した送金ファイルの取りやめは、ほかの決裁者に依頼してください。")
    file.lines.update(outcome=LineOutcome.RELEASED, outcome_on=timezone.localtime(at).date())
    return step_written(
        file, TransferMove.DISCARD, person=person, by=by, at=at, reason=reason.strip()[:LONGEST_REASON]
    )


def content_of(file: TransferFile) -> bytes:
    """The bytes of a written file, exactly as they were written. ``FileDamaged`` where one of them has changed."""
    if not file.sealed_content:
        raise TransferRefused("送金ファイルはまだ作成されていません。")
    try:
        content = unseal(file.sealed_content, of=_seal_of(file)).encode("latin-1")
    except (SealBroken, UnicodeEncodeError):
        raise FileDamaged(_DAMAGED) from None
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise FileDamaged(_DAMAGED)
    return content


# --- shared by the steps ----------------------------------------------------------------------------


def allowed(by: Actor, move: TransferMove, *, at: datetime) -> User:
    """The person behind an actor, if they may take such a step that day."""
    person = acting_person(by)
    if person is None:
        raise TransferNotAllowed("職員としてログインしてから操作してください。")
    day = timezone.localtime(at).date()
    edge = EDGES[move]
    may = permissions_of(person.roles_on(day)) & edge.permissions
    if not may and not (edge.second_person and deputised_supervisor(person, day) is not None):
        raise TransferNotAllowed(f"「{move.label}」権限がありません。")
    return person


def lock_file(file_id: int, move: TransferMove) -> TransferFile:
    """The file, locked, if it stands where the step begins. ``TransferMoved`` says how it stands otherwise."""
    file = TransferFile.objects.select_for_update(of=("self",)).filter(pk=file_id).first()
    if file is None:
        raise TransferNotAllowed("この送金は見つかりません。")
    if file.state not in EDGES[move].sources:
        last = file.changes.select_related("by_user").order_by("-pk").first()
        who = f"（{last.by_user.name}さん、{era_date(timezone.localtime(last.at).date())}）" if last else ""
        raise TransferMoved(
            f"この送金は「{file.get_state_display()}」になっています{who}。そのため「{move.label}」はできません。"
        )
    return file


def check_pay_day(pay_on: date, *, today: date) -> None:
    """Refuse a day on which the bank transfers nothing."""
    if not is_bank_day(pay_on):
        raise TransferRefused(f"{era_date(pay_on)}は銀行の休業日です。振込指定日には銀行の営業日を選んでください。")
    if pay_on < today:
        raise TransferRefused(
            f"振込指定日（{era_date(pay_on)}）を過ぎています。取りやめて、新しい日で確定してください。"
        )
    if (pay_on - today).days > MOST_DAYS_AHEAD:
        raise TransferRefused(f"振込指定日は{MOST_DAYS_AHEAD}日以内の日を選んでください。")


def step_written(
    file: TransferFile, move: TransferMove, *, person: User, by: Actor, at: datetime, reason: str = ""
) -> TransferFile:
    """Save a file where a step leads, with the row of its timeline."""
    before = file.state
    file.state = EDGES[move].target
    file.save()
    _write_change(file, move, before=before, person=person, by=by, at=at, reason=reason)
    return file


def _write_change(
    file: TransferFile, move: TransferMove, *, before: str, person: User, by: Actor, at: datetime, reason: str = ""
) -> None:
    TransferChange.objects.create(
        file=file, move=move, from_state=before, to_state=file.state, reason=reason, by=by.label, by_user=person, at=at
    )


def _attempts(tranches: Sequence[int]) -> dict[int, int]:
    counted = TransferLine.objects.filter(tranche__in=tranches).values("tranche").annotate(tries=Count("pk"))
    return {row["tranche"]: row["tries"] for row in counted}


def _taken(error: IntegrityError) -> TransferRefused:
    if "one_line_per_file_and_loan" in str(error):
        return TransferRefused("1つの送金ファイルに同じ貸付の送金を2つ入れることはできません（問答集 問8-4）。")
    return TransferMoved(
        "同じ送金を、ほかの人が同時に確定しました。何も保存していません。画面を開き直して確かめてください。"
    )


def _seal_of(file: TransferFile) -> str:
    return f"loans_transferfile.sealed_content:{file.pk}"


_DAMAGED = (
    "保管している送金ファイルが、作成したときの内容と一致しません。銀行に送らず、システム管理者に知らせてください。"
)
