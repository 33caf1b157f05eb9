"""The bank's result: accepted only as the answer to a run that was sent, and posted in a few statements, once.

``take_in_result`` compares the file with the run and writes nothing to any ledger; ``post_result`` posts what was taken
in. Both are one transaction: a poster who is killed leaves nothing, and again works. The same file, and the same run, are
taken in once (unique hash, one result for a run), and each line's ledger row is known by the line (``debit:<line>``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.field_keys import seal
from audit.actors import Actor
from audit.services import service
from japan.eras import era_date, era_month
from japan.zengin.checks import differences
from japan.zengin.errors import ZenginError
from japan.zengin.reading import Read, read_debit_instruction, read_debit_result
from japan.zengin.records import DebitFile, mmdd
from repayment.debit.enums import STEP_OF_CODE, DebitState, NextStep
from repayment.debit.refusals import DebitDamaged, DebitMoved, ResultRefused
from repayment.debit.runs import content_of
from repayment.debit.steps import allowed, lock_run_row, step_written
from repayment.debit.stops import Stop, stops_of
from repayment.debit.workflow import DebitMove
from repayment.enums import LedgerKind, PaymentChannel, RefundCause
from repayment.models import DebitLine, DebitOriginator, DebitResult, DebitRun
from repayment.suspense.enums import SuspenseReason

MOST_DIFFERENCES = 20
LARGEST_KEY = 2**63 - 1
NOT_AS_ANSWERED = (
    "記帳した件数・金額が結果ファイルと合いません。何も記帳していません。システム管理者に知らせてください。"
)


@dataclass(frozen=True, slots=True)
class Posted:
    """What the posting of a result wrote: payments, failures, refund tasks, receipts in suspense; yen of the payments."""

    payments: int
    yen: int
    failures: int
    refunds: int
    suspense: int


@service
def take_in_result(*, content: bytes, by: Actor, at: datetime) -> DebitResult:
    """Take in a result file. ``ResultRefused`` says why it is not accepted; then nothing of it is kept."""
    person = allowed(by, DebitMove.TAKE_IN, at=at)
    digest = hashlib.sha256(content).hexdigest()
    before = DebitResult.objects.select_related("run").filter(sha256=digest).first()
    if before is not None:
        raise ResultRefused(
            f"この結果ファイルは、{era_date(before.run.debit_on)}の口座振替の結果としてすでに取り込まれています。"
            "もう一度記帳されることはありません。"
        )
    try:
        read = read_debit_result(content)
    except ZenginError as error:
        raise ResultRefused(str(error)) from None
    run = lock_run_row(_run_of(read.file).pk, DebitMove.TAKE_IN)
    if run.debit_on > timezone.localtime(at).date():
        raise ResultRefused(f"引落日（{era_date(run.debit_on)}）がまだ来ていません。結果ではないファイルです。")
    sent = read_debit_instruction(content_of(run)).file
    found = differences(sent, read.file)
    if found:
        raise ResultRefused(found[0], found[1:MOST_DIFFERENCES])
    result = _kept(run, sent, read, content=content, digest=digest, person_id=person.pk, at=at)
    step_written(run, DebitMove.TAKE_IN, person=person, by=by, at=at)
    return result


@service
def post_result(*, run_id: int, by: Actor, at: datetime) -> Posted:
    """Post the result that was taken in for a run: payments, failures with their next step, and, for what should have
    been stopped, refund tasks. Nothing is posted in part; a run that was posted is a ``DebitMoved``.
    """
    person = allowed(by, DebitMove.POST, at=at)
    run = lock_run_row(run_id, DebitMove.POST)
    result = DebitResult.objects.get(run=run)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_LOANS, {"run": run.pk})
    stops = [stop for stop in stops_of(run) if stop.too_much and result.codes[stop.number - 1] == "0"]
    told: dict[str, Any] = {
        "run": run.pk,
        "codes": result.codes,
        "on": run.debit_on,
        "at": at,
        "by": by.label,
        "paid": LedgerKind.PAID.value,
        "channel": PaymentChannel.DIRECT_DEBIT.value,
        "note": f"口座振替 {era_month(run.month)}分",
        "steps": "".join(sorted(STEP_OF_CODE)),
        "step_names": [str(STEP_OF_CODE[code]) for code in sorted(STEP_OF_CODE)],
        "review": str(NextStep.REVIEW),
        "given_up": str(SuspenseReason.GIVEN_UP),
    }
    with connection.cursor() as cursor:
        try:
            cursor.execute(_POST_PAYMENTS, told)
        except IntegrityError:
            raise DebitDamaged(NOT_AS_ANSWERED) from None
        payments, amount = cursor.fetchone()
        cursor.execute(_POST_FAILURES, told)
        failures = cursor.rowcount
        cursor.execute(_POST_SUSPENSE, told)
        suspense, held = cursor.fetchone()
        cursor.execute(_OPEN_REFUNDS, told | _arrays(stops))
        refunds = cursor.rowcount
    if (payments + suspense, amount + held, failures) != (
        result.collected_count,
        result.collected_total,
        result.failed_count,
    ):
        raise DebitDamaged(NOT_AS_ANSWERED)
    run.posted_at = at
    step_written(run, DebitMove.POST, person=person, by=by, at=at)
    return Posted(payments=payments, yen=amount, failures=failures, refunds=refunds, suspense=suspense)


def _run_of(file: DebitFile) -> DebitRun:
    """The run that a result answers: by originator and day, among several by the customer number of its first line."""
    code, day = file.header.code, file.header.mmdd
    if not DebitOriginator.objects.filter(consignor_code=code).exists():
        raise ResultRefused(
            "委託者コードが登録と違います。ほかの委託者の結果ファイルです。",
        )
    runs = [
        run
        for run in DebitRun.objects.filter(originator__consignor_code=code)
        .exclude(state=DebitState.DISCARDED)
        .order_by("-debit_on", "-sequence")
        if mmdd(run.debit_on) == day
    ]
    if not runs:
        raise ResultRefused(
            f"引落日が{int(day[:2])}月{int(day[2:])}日の口座振替はありません。別の日の結果ファイルです。"
        )
    first = min(file.lines[0].customer, LARGEST_KEY)
    owner = DebitLine.objects.filter(pk=first).values_list("run", flat=True).first()
    named = [run for run in runs if run.pk == owner] or runs
    waiting = next((run for run in named if run.state == DebitState.SENT), None)
    if waiting is not None:
        return waiting
    run = named[0]
    when = era_date(run.debit_on)
    if run.state in (DebitState.RESULTED, DebitState.POSTED, DebitState.CLOSED):
        raise ResultRefused(
            f"{when}の口座振替の結果は、すでに取り込まれています。もう一度記帳されることはありません。"
        )
    raise ResultRefused(f"{when}の口座振替は、まだ送信を記録していません。送信の記録が先です。")


def _kept(
    run: DebitRun, sent: DebitFile, read: Read[DebitFile], *, content: bytes, digest: str, person_id: int, at: datetime
) -> DebitResult:
    answered = {line.customer: line.result for line in read.file.lines}
    try:
        with transaction.atomic():
            return DebitResult.objects.create(
                run=run,
                sha256=digest,
                sealed_content=seal(content.decode("latin-1"), of=f"repayment_debitresult.sealed_content:{run.pk}"),
                codes="".join(answered[line.customer] for line in sent.lines),
                collected_count=len(read.file.collected),
                collected_total=sum(line.amount for line in read.file.collected),
                failed_count=len(read.file.failed),
                failed_total=sum(line.amount for line in read.file.failed),
                warnings=list(read.warnings),
                taken_in_by_id=person_id,
                taken_in_at=at,
            )
    except IntegrityError:
        raise DebitMoved("この結果ファイルは、ほかの人が同時に取り込みました。") from None


def _arrays(stops: list[Stop]) -> dict[str, Any]:
    return {
        "lines": [stop.line_id for stop in stops],
        "amounts": [stop.too_much for stop in stops],
        "labels": [stop.label for stop in stops],
        "cause": RefundCause.LATE_DEBIT.value,
    }


_LOCK_LOANS = """
select count(*) from (
    select n.id from loans_loan n
    where n.id in (select loan_id from repayment_debitline where run_id = %(run)s) order by n.id for update
) as locked
"""

_ANSWERED = """
answered as (
    select l.id, l.loan_id, l.amount, a.code
    from unnest(string_to_array(%(codes)s, null)) with ordinality as a (code, number)
    join repayment_debitline l on l.run_id = %(run)s and l.number = a.number
)"""

_POST_PAYMENTS = f"""
with {_ANSWERED},
posted as (
    insert into repayment_ledgerentry
        (loan_id, kind, amount, effective_on, recorded_at, recorded_by, source_key, channel, note)
    select a.loan_id, %(paid)s, a.amount, %(on)s, %(at)s, %(by)s, 'debit:' || a.id, %(channel)s, %(note)s
    from answered a join loans_loan n on n.id = a.loan_id
    where a.code = '0' and n.state <> 'given_up'
    order by a.loan_id
    returning amount
)
select count(*), coalesce(sum(amount), 0)::bigint from posted
"""

_POST_FAILURES = f"""
with {_ANSWERED}
insert into repayment_debitfailure (line_id, run_id, code, step, failed_on, handled_by, handling)
select a.id, %(run)s, a.code,
       case when a.code = '8' and not exists (select from repayment_debitstop s where s.line_id = a.id) then %(review)s
            else coalesce((%(step_names)s::text[])[nullif(strpos(%(steps)s, a.code), 0)], %(review)s) end,
       %(on)s, '', ''
from answered a where a.code <> '0'
on conflict (line_id) do nothing
"""

_POST_SUSPENSE = f"""
with {_ANSWERED},
held as (
    insert into repayment_suspenseitem
        (source_key, received_on, amount, channel, reason, payer_kana, bank_code, branch_code, number_hash, loan_code,
         note, debit_line_id, state, opened_at, opened_by, settled_reason)
    select 'debit:' || a.id, %(on)s, a.amount, %(channel)s, %(given_up)s, l.holder_kana, b.bank_code, b.branch_code,
           b.number_hash, n.code, %(note)s, a.id, 'open', %(at)s, %(by)s, ''
    from answered a
    join repayment_debitline l on l.id = a.id
    join people_bankaccount b on b.id = l.account_id
    join loans_loan n on n.id = a.loan_id
    where a.code = '0' and n.state = 'given_up'
    on conflict (source_key) do nothing
    returning amount
)
select count(*), coalesce(sum(amount), 0)::bigint from held
"""

_OPEN_REFUNDS = """
insert into repayment_refundtask
    (loan_id, amount, cause, source_key, payment_id, note, state, opened_at, opened_by, answer, reason)
select e.loan_id, least(t.amount, e.amount), %(cause)s, 'late-debit:' || t.line, e.id, t.label, 'open', %(at)s, %(by)s, '', ''
from unnest(%(lines)s::bigint[], %(amounts)s::int[], %(labels)s::text[]) as t (line, amount, label)
join repayment_ledgerentry e on e.source_key = 'debit:' || t.line
on conflict (source_key) do nothing
"""
