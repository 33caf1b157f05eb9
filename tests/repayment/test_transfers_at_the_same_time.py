"""Two people at the transfer desk at once, and a writer who is killed: one wins, nothing is half done or done twice."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from audit.actors import Actor
from loans.disbursement.enums import TransferState
from loans.disbursement.files import content_of
from loans.disbursement.refusals import TransferMoved
from loans.models import TransferFile, TransferLine
from repayment import disbursing
from repayment.models import LedgerEntry
from repayment.transfers.selecting import select
from tests.conftest import CHECKOUT
from tests.exemptions.test_at_the_same_time import at_once, of_type
from tests.repayment.money import NOW, PAY_ON, Desk, a_desk, a_sender, an_approved_loan, approved, locked, sent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("today")]


@pytest.fixture
def desk() -> Desk:
    desk = a_desk()
    a_sender(desk)
    return desk


def test_of_two_who_lock_at_once_one_gets_the_tranches(desk: Desk) -> None:
    for _ in range(3):
        an_approved_loan(100_000)
    found = select(PAY_ON)

    def lock(person: Actor) -> TransferFile:
        return disbursing.lock_selection(pay_on=PAY_ON, count=len(found.payable), total=found.total, by=person, at=NOW)

    outcomes = at_once(lambda: lock(desk.by), lambda: lock(Actor.person(desk.other_clerk)))
    assert len(of_type(outcomes, TransferFile)) == 1
    assert len(of_type(outcomes, TransferMoved)) == 1
    assert TransferLine.objects.count() == 3


def test_of_two_who_approve_at_once_one_wins_and_the_other_is_told(desk: Desk) -> None:
    an_approved_loan(100_000)
    file = locked(desk)
    people = [desk.supervisor, desk.other_supervisor]
    outcomes = at_once(
        *(
            lambda person=person: disbursing.approve_selection(file_id=file.pk, by=Actor.person(person), at=NOW)
            for person in people
        )
    )
    (winner,) = of_type(outcomes, TransferFile)
    (loser,) = of_type(outcomes, TransferMoved)
    assert winner.approved_by.name in str(loser)
    assert file.changes.filter(move="approve").count() == 1


def test_of_two_who_reconcile_at_once_one_posts(desk: Desk) -> None:
    for _ in range(3):
        an_approved_loan(100_000)
    file = sent(desk)
    outcomes = at_once(
        *(
            lambda person=person: disbursing.reconcile(
                file_id=file.pk, count=3, total=300_000, by=Actor.person(person), at=NOW
            )
            for person in (desk.clerk, desk.other_clerk)
        )
    )
    assert len(of_type(outcomes, TransferFile)) == 1
    assert len(of_type(outcomes, TransferMoved)) == 1
    assert LedgerEntry.objects.count() == 3


KILLED_AFTER_WRITING = """
import os, signal, sys
import django
django.setup()
from datetime import datetime
from zoneinfo import ZoneInfo
from accounts.models import User
from audit.actors import Actor
from django.db import transaction
from repayment import disbursing
with transaction.atomic():
    disbursing.write_file(
        file_id=int(sys.argv[1]), by=Actor.person(User.objects.get(pk=sys.argv[2])),
        at=datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo")),
    )
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_writer_killed_before_the_commit_leaves_no_file_and_the_next_one_writes_the_only_one(
    desk: Desk, process_environment: dict[str, str]
) -> None:
    an_approved_loan(100_000)
    file = approved(desk)
    command = [sys.executable, "-c", KILLED_AFTER_WRITING, str(file.pk), str(desk.clerk.pk)]
    killed = subprocess.run(command, cwd=CHECKOUT, env=process_environment, capture_output=True, timeout=60)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    file.refresh_from_db()
    assert (file.state, file.sealed_content, file.sha256) == (TransferState.APPROVED, "", "")
    assert not file.changes.filter(move="write").exists()
    disbursing.write_file(file_id=file.pk, by=desk.by, at=NOW)
    file.refresh_from_db()
    assert len(content_of(file)) == 480
    assert file.changes.filter(move="write").count() == 1
