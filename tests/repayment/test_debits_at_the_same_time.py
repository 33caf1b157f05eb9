"""Two people with the same result at once, two who lock at once, and a poster who is killed: once, or not at all."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from audit.actors import Actor
from repayment.debit.enums import DebitState
from repayment.debit.refusals import DebitMoved, DebitRefused
from repayment.debit.results import Posted, post_result, take_in_result
from repayment.debit.runs import approve_run, asked_for, lock_run, send_run, write_run
from repayment.debit.selecting import groups
from repayment.models import DebitFailure, DebitLine, DebitResult, DebitRun, LedgerEntry
from tests.conftest import CHECKOUT
from tests.exemptions.test_at_the_same_time import at_once, of_type
from tests.repayment.debits import ANSWERED, DEBIT_ON, NOW, a_debited_loan, an_originator, answer
from tests.repayment.money import a_desk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("today")]

KILLED_WHILE_POSTING = """
import os, signal, sys
import django
django.setup()
from datetime import datetime
from zoneinfo import ZoneInfo
from accounts.models import User
from audit.actors import Actor
from django.db import transaction
from repayment.debit.results import post_result
with transaction.atomic():
    post_result(
        run_id=int(sys.argv[1]), by=Actor.person(User.objects.get(pk=sys.argv[2])),
        at=datetime(2027, 1, 5, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo")),
    )
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_one_of_two_wins_and_a_killed_poster_leaves_nothing(process_environment: dict[str, str]) -> None:
    desk = a_desk()
    an_originator(desk)
    loans = [a_debited_loan(f"架空 {number}", "カクウ タロウ") for number in range(3)]
    people = [desk.by, Actor.person(desk.other_clerk)]
    chosen = next(group for group in groups(asked_for(DEBIT_ON)) if not group.reason)

    locked = at_once(
        *(
            lambda by=by: lock_run(debit_on=DEBIT_ON, count=chosen.count, total=chosen.total, by=by, at=NOW)
            for by in people
        )
    )
    assert len(of_type(locked, DebitRun)) == 1
    assert len([each for each in locked if isinstance(each, DebitRefused)]) == 1
    assert DebitLine.objects.count() == 3
    (run,) = of_type(locked, DebitRun)
    approve_run(run_id=run.pk, by=desk.second, at=NOW)
    write_run(run_id=run.pk, by=desk.by, at=NOW)
    run = send_run(run_id=run.pk, bank_receipt="K-1", by=desk.by, at=NOW)

    content = answer(run, codes={loans[0].pk: "1"})
    taken = at_once(*(lambda by=by: take_in_result(content=content, by=by, at=ANSWERED) for by in people))
    assert len(of_type(taken, DebitResult)) == 1
    (told,) = [each for each in taken if isinstance(each, DebitRefused)]
    assert "結果" in str(told)

    command = [sys.executable, "-c", KILLED_WHILE_POSTING, str(run.pk), str(desk.clerk.pk)]
    killed = subprocess.run(command, cwd=CHECKOUT, env=process_environment, capture_output=True, timeout=60)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    run.refresh_from_db()
    assert run.state == DebitState.RESULTED
    assert not LedgerEntry.objects.exists() and not DebitFailure.objects.exists()

    posted = at_once(*(lambda by=by: post_result(run_id=run.pk, by=by, at=ANSWERED) for by in people))
    assert [(each.payments, each.failures) for each in of_type(posted, Posted)] == [(2, 1)]
    assert len(of_type(posted, DebitMoved)) == 1
    assert LedgerEntry.objects.count() == 2
