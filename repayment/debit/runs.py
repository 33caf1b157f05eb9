"""A run from its locking to the bank: one function for each step, each in one transaction.

The bytes are kept in the row, sealed: writing the file and saying that it was written are one commit, so that nothing is
left of a writer who was killed, and a second download gives the same bytes.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Max, Sum
from django.utils import timezone

from accounts.field_keys import SealBroken, seal, unseal
from accounts.roles import Permission, permissions_of
from accounts.selectors import deputised_supervisor
from audit.actors import Actor
from audit.services import service
from japan.eras import era_date
from japan.yen import yen
from repayment.debit.bank_file import bank_file
from repayment.debit.calendar import cut_off, month_of_debit
from repayment.debit.enums import DebitState
from repayment.debit.originators import nominal_days, originator_on
from repayment.debit.refusals import DebitDamaged, DebitMoved, DebitNotAllowed, DebitRefused
from repayment.debit.selecting import Asked, selection_statement
from repayment.debit.steps import allowed, lock_run_row, step_written, write_change
from repayment.debit.stops import stops_of
from repayment.debit.workflow import DebitMove
from repayment.models import DebitLine, DebitRun
from rulebook.selectors import settings_on

LONGEST_REASON = 400


def asked_for(on: date) -> Asked:
    """What a selection for a day is about. ``DebitRefused`` where no bank debits on it or nobody is named to debit."""
    originator = originator_on(on)
    if originator is None:
        raise DebitRefused("口座振替の委託者が登録されていません。先に委託者を登録してください。")
    month = month_of_debit(on, nominal_days(on), settings_on(on).holiday_roll)
    if month is None:
        raise DebitRefused(f"{era_date(on)}は、どの銀行の引落日でもありません。引落日の一覧から選んでください。")
    return Asked(on=on, month=month, cut_off_on=cut_off(on, originator.cut_off_bank_days), yucho=originator.yucho)


@service
def lock_run(*, debit_on: date, count: int, total: int, by: Actor, at: datetime) -> DebitRun:
    """Lock everything that may be debited on a day into one run, set-based.

    ``count`` and ``total`` (yen) are what the person saw: where the selection has changed since, nothing is locked.
    """
    person = allowed(by, DebitMove.LOCK, at=at)
    asked = asked_for(debit_on)
    today = timezone.localtime(at).date()
    if today > asked.cut_off_on:
        raise DebitRefused(
            f"{era_date(debit_on)}の引落しは、{era_date(asked.cut_off_on)}にデータを締め切りました。次の引落日を選んでください。"
        )
    originator = originator_on(debit_on)
    if originator is None:
        raise DebitRefused("口座振替の委託者が登録されていません。")
    last = DebitRun.objects.filter(debit_on=debit_on).aggregate(last=Max("sequence"))["last"] or 0
    try:
        with transaction.atomic():
            run = DebitRun.objects.create(
                debit_on=debit_on,
                month=asked.month,
                sequence=last + 1,
                cut_off_on=asked.cut_off_on,
                originator=originator,
                count=max(count, 1),
                total=max(total, 1),
                locked_by=person,
                locked_at=at,
            )
            locked = _insert_lines(run, asked)
    except IntegrityError:
        raise DebitMoved(
            "同じ引落しを、ほかの人が同時に確定しました。何も保存していません。画面を開き直して確かめてください。"
        ) from None
    if locked == (0, 0):
        raise DebitRefused("引き落とせる貸付がありません。")
    if locked != (count, total):
        raise DebitMoved(
            f"引落しの対象が、表示していた{count:,}件 {yen(max(total, 0))}から{locked[0]:,}件 {yen(locked[1])}に"
            "変わりました。確かめてから、もう一度確定してください。"
        )
    write_change(run, DebitMove.LOCK, before="", person=person, by=by, at=at)
    return run


@service
def approve_run(*, run_id: int, by: Actor, at: datetime) -> DebitRun:
    """Approve a locked run as a second person, while every line of it may still be debited."""
    person = allowed(by, DebitMove.APPROVE, at=at)
    run = lock_run_row(run_id, DebitMove.APPROVE)
    supervisor = deputised_supervisor(person, timezone.localtime(at).date())
    if run.locked_by_id == person.pk or (supervisor is not None and supervisor.pk == run.locked_by_id):
        raise DebitNotAllowed("ご自分が確定した口座振替は承認できません。ほかの決裁者に依頼してください。")
    _refuse_late(run, at)
    _refuse_stops(run)
    run.approved_by, run.approved_at = person, at
    return step_written(run, DebitMove.APPROVE, person=person, by=by, at=at)


@service
def write_run(*, run_id: int, by: Actor, at: datetime) -> DebitRun:
    """Write the file of an approved run, once: its bytes and their hash are kept with the row."""
    person = allowed(by, DebitMove.WRITE, at=at)
    run = lock_run_row(run_id, DebitMove.WRITE)
    _refuse_late(run, at)
    _refuse_stops(run)
    content = bank_file(run)
    run.sealed_content = seal(content.decode("latin-1"), of=_seal_of(run))
    run.sha256 = hashlib.sha256(content).hexdigest()
    run.written_by, run.written_at = person, at
    return step_written(run, DebitMove.WRITE, person=person, by=by, at=at)


@service
def send_run(*, run_id: int, bank_receipt: str, by: Actor, at: datetime) -> DebitRun:
    """Write down that the bank has the file, with the number of its receipt."""
    person = allowed(by, DebitMove.SEND, at=at)
    run = lock_run_row(run_id, DebitMove.SEND)
    receipt = bank_receipt.strip()
    if not receipt:
        raise DebitRefused("受付番号を入力してください。")
    if len(receipt) > 40:
        raise DebitRefused("受付番号は40文字までで入力してください。")
    content_of(run)
    run.bank_receipt, run.sent_at = receipt, at
    return step_written(run, DebitMove.SEND, person=person, by=by, at=at)


@service
def discard_run(*, run_id: int, reason: str, by: Actor, at: datetime) -> DebitRun:
    """Give up a run that the bank does not have; its loans may be asked for the month again.

    Once the file is written somebody may have sent it: then only a supervisor other than the writer gives it up.
    """
    person = allowed(by, DebitMove.DISCARD, at=at)
    run = lock_run_row(run_id, DebitMove.DISCARD)
    if not reason.strip():
        raise DebitRefused("取りやめる理由を入力してください。")
    if run.state == DebitState.WRITTEN:
        if Permission.APPROVE_TRANSFERS not in permissions_of(person.roles_on(timezone.localtime(at).date())):
            raise DebitNotAllowed(
                "作成済みの口座振替ファイルの取りやめは、決裁者が行います。銀行に送信していないことを確かめて依頼してください。"
            )
        if run.written_by_id == person.pk:
            raise DebitNotAllowed("ご自分が作成した口座振替ファイルの取りやめは、ほかの決裁者に依頼してください。")
    run.lines.update(released=True)
    return step_written(run, DebitMove.DISCARD, person=person, by=by, at=at, reason=reason.strip()[:LONGEST_REASON])


def content_of(run: DebitRun) -> bytes:
    """The bytes of a written run, exactly as they were written. ``DebitDamaged`` where one of them has changed."""
    if not run.sealed_content:
        raise DebitRefused("口座振替ファイルはまだ作成されていません。")
    try:
        content = unseal(run.sealed_content, of=_seal_of(run)).encode("latin-1")
    except (SealBroken, UnicodeEncodeError):
        raise DebitDamaged(_DAMAGED) from None
    if hashlib.sha256(content).hexdigest() != run.sha256:
        raise DebitDamaged(_DAMAGED)
    return content


def _insert_lines(run: DebitRun, asked: Asked) -> tuple[int, int]:
    """Write the lines of a run in one statement; their count and yen."""
    statement = selection_statement(asked)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            insert into repayment_debitline
                (run_id, number, loan_id, account_id, month, instalment, amount, new_code, holder_kana, released)
            select %(of_run)s, row_number() over (order by bank_code, branch_code, code), loan_id, account_id,
                   %(month)s, instalment, amount, new_code, holder_kana, false
            from ({statement.sql}) as s where reason = ''
            """,
            statement.params | {"of_run": run.pk},
        )
    found = DebitLine.objects.filter(run=run).aggregate(count=Count("pk"), total=Sum("amount"))
    return found["count"], found["total"] or 0


def _refuse_late(run: DebitRun, at: datetime) -> None:
    if timezone.localtime(at).date() >= run.debit_on:
        raise DebitRefused(
            f"引落日（{era_date(run.debit_on)}）になりました。取りやめて、次の引落日で確定してください。"
        )


def _refuse_stops(run: DebitRun) -> None:
    found = stops_of(run)
    if found:
        more = f"ほか{len(found) - 1:,}件あります。" if len(found) > 1 else ""
        raise DebitRefused(
            f"貸付 {found[0].code} は引き落とせなくなりました（{found[0].label}）。{more}"
            "この口座振替を取りやめて、確定し直してください。"
        )


def _seal_of(run: DebitRun) -> str:
    return f"repayment_debitrun.sealed_content:{run.pk}"


_DAMAGED = "保管している口座振替ファイルが、作成したときの内容と一致しません。銀行に送らず、システム管理者に知らせてください。"
