"""Closing a month: counted and kept by one person, signed or sent back by another. Nothing of it is changed later."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Q
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, permissions_of
from accounts.selectors import deputised_supervisor
from audit.actors import Actor
from audit.services import service
from japan.eras import era_month
from japan.months import month_index
from loans.staff import acting_person
from repayment.closing.counting import COLUMNS, MOVEMENTS, PAID, counted
from repayment.closing.tying import ties_of
from repayment.models import ClosingAnswer, LedgerEntry, MonthClosing
from repayment.proposing import acting, day_of
from repayment.refusals import MovedMeanwhile, NotAllowed, OwnWork, RepaymentRefused

PREPARING = frozenset({Permission.MOVE_MONEY})
SIGNING = frozenset({Permission.APPROVE_TRANSFERS})


@service
def prepare_closing(*, month: int, by: Actor, at: datetime) -> MonthClosing:
    """Count a month (index) that is over and keep every figure of every loan. One statement each for loans and totals.

    Months are closed one after another, and one counting waits for its answer at a time.
    """
    person = acting(by, at, PREPARING)
    _may_follow(month, at)
    last = LedgerEntry.objects.aggregate(last=Max("pk"))["last"] or 0
    version = MonthClosing.objects.filter(month=month).count() + 1
    ties = ties_of(month)
    try:
        with transaction.atomic():
            key, loans, sums = _keep_lines(month)
            return MonthClosing.objects.create(
                pk=key,
                month=month,
                version=version,
                counted_at=at,
                last_entry=last,
                loans=loans,
                disbursed_in_month=sums["disbursed_now"],
                paid_in_month=sum(sums[figure.name] for figure in PAID),
                exempted_in_month=sums["exempted_now"],
                arrears=sums["arrears"],
                outstanding=sums["outstanding"],
                difference=sum(abs(tie.difference) for tie in ties),
                ties=[tie.as_json() for tie in ties],
                prepared_by=person,
            )
    except IntegrityError:
        raise MovedMeanwhile(f"{era_month(month)}の締めは、ほかの人が同時に作成しました。") from None


@service
def answer_closing(*, closing_id: int, sign: bool, remark: str = "", by: Actor, at: datetime) -> ClosingAnswer:
    """Sign a counting, or send it back with a reason: somebody else than who prepared it. A difference takes a remark."""
    person = _signing(by, at)
    closing = MonthClosing.objects.filter(pk=closing_id).first()
    if closing is None:
        raise NotAllowed("この締めは見つかりません。")
    if closing.prepared_by_id == person.pk:
        raise OwnWork("作成した人は確認者になれません。ほかの人が確認してください。")
    if ClosingAnswer.objects.filter(closing=closing).exists():
        raise MovedMeanwhile("この締めは、すでに確認または差し戻しが済んでいます。")
    remark = remark.strip()[:400]
    if not sign and not remark:
        raise RepaymentRefused("差し戻す理由を入力してください。", "remark")
    if sign and closing.difference and not remark:
        raise RepaymentRefused("銀行ファイルとの差があります。差の理由を入力してください。", "remark")
    try:
        with transaction.atomic():
            return ClosingAnswer.objects.create(
                closing=closing,
                month=closing.month,
                signed=sign,
                remark=remark,
                prepared_by_id=closing.prepared_by_id,
                answered_by=person,
                answered_at=at,
            )
    except IntegrityError:
        raise MovedMeanwhile("この締めは、ほかの人が同時に確認しました。") from None


def next_month_to_close(at: datetime) -> int | None:
    """The month that is to be closed next: the one after the last signed one, if it is over."""
    last = ClosingAnswer.objects.filter(signed=True).aggregate(last=Max("month"))["last"]
    month = month_index(day_of(at)) - 1 if last is None else last + 1
    return month if month < month_index(day_of(at)) else None


def _may_follow(month: int, at: datetime) -> None:
    if month >= month_index(day_of(at)):
        raise RepaymentRefused("まだ終わっていない月は締められません。", "month")
    if ClosingAnswer.objects.filter(Q(signed=True), month__gte=month).exists():
        raise RepaymentRefused(f"{era_month(month)}は締め済みです。", "month")
    last = ClosingAnswer.objects.filter(signed=True).aggregate(last=Max("month"))["last"]
    if last is not None and month != last + 1:
        raise RepaymentRefused(f"先に{era_month(last + 1)}を締めてください。", "month")
    waiting = MonthClosing.objects.filter(answer__isnull=True).select_related("prepared_by").first()
    if waiting is not None:
        raise RepaymentRefused(
            f"{era_month(waiting.month)}の締め（{waiting.prepared_by.name}さん作成）が確認を待っています。", "month"
        )


def _signing(by: Actor, at: datetime) -> User:
    """Who may sign: who approves money, or a deputy in a supervisor's place (代決)."""
    person = acting_person(by)
    if person is None:
        raise NotAllowed("職員としてログインしてから操作してください。")
    day = timezone.localtime(at).date()
    if not permissions_of(person.roles_on(day)) & SIGNING and deputised_supervisor(person, day) is None:
        raise NotAllowed("この操作をする権限がありません。")
    return person


_SUMMED = ("arrears", "outstanding", *(figure.name for figure in MOVEMENTS))


def _keep_lines(month: int) -> tuple[int, int, dict[str, int]]:
    """Count and keep every loan and sum up what was kept, in one statement: the key to be given to the closing, and sums.

    The lines name a row that is written after them, in the same transaction: the database asks for it at its end.
    """
    statement = counted(month)
    columns = ", ".join(COLUMNS)
    sums = ", ".join(f"coalesce(sum({name}), 0)::bigint" for name in _SUMMED)
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('repayment_monthclosing', 'id'))")
        (key,) = cursor.fetchone()
        cursor.execute(
            f"""
            with kept as (
                insert into repayment_closingline (closing_id, {columns})
                select %(closing)s, {columns} from ({statement.sql}) found order by loan_id
                returning *
            )
            select count(*), {sums} from kept
            """,
            {**statement.params, "closing": key},
        )
        loans, *found = cursor.fetchone()
    return key, loans, dict(zip(_SUMMED, found, strict=True))
