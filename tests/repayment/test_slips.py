"""Payment slips: for whom, for how much and until when; what is paid on them, late, twice or too much; what is refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache

from accounts.enums import Role
from audit.actors import Actor
from japan.gs1 import SlipCode
from japan.months import month_of
from jobs.engine import advance
from jobs.importing.undoing import take_back
from jobs.nightly import run_step
from loans.models import Loan
from repayment.arrears.holding import dunning_held
from repayment.debit.results import post_result, take_in_result
from repayment.enums import HeldCause, HoldReason, PaymentChannel, RefundCause, SlipCause, SlipState
from repayment.models import LedgerEntry, PaymentSlip, RefundTask
from repayment.selectors import position_of
from repayment.services import place_hold, post_payment
from repayment.slips.night import STEPS
from repayment.slips.refusals import SlipNotAllowed, SlipRefused
from repayment.slips.selecting import slips_of_month
from repayment.slips.services import expire_slips, make_failure_slips, make_month_slips, reissue_slip
from rulebook.models import SettingRow
from tests.jobs.files import as_csv, checked, committed, reasons, taken_in
from tests.people.builders import a_member_of_staff, a_person
from tests.repayment.debits import (
    ANSWERED,
    DEBIT_ON,
    a_debited_loan,
    a_repaying_loan,
    an_originator,
    answer,
    may_be_debited,
    sent,
)
from tests.repayment.money import Desk, a_desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
MACHINE = Actor.machine("test")
NOVEMBER, DECEMBER = month_of(2026, 11), month_of(2026, 12)
HEADER = ("収納番号", "バーコード番号", "収納日", "収納金額", "収納店")


@pytest.fixture
def desk() -> Desk:
    """Who makes slips, in a house with a company code."""
    cache.clear()
    found = a_desk()
    SettingRow.objects.create(
        key="slip_company_code", value="999999", valid_from=date(2026, 4, 1), source="収納代行契約",
        proposed_by=found.clerk, proposed_at=NOW, approved_by=found.supervisor, approved_at=NOW,
    )  # fmt: skip
    return found


def make(desk: Desk, month: int = NOVEMBER) -> list[PaymentSlip]:
    wanted = slips_of_month(month, on=TODAY)
    make_month_slips(month=month, count=wanted.count, total=wanted.total, by=desk.by, at=NOW)
    return list(PaymentSlip.objects.order_by("loan__code", "reissue"))


def paid_up(loan: Loan, instalments: int) -> None:
    post_payment(
        loan=loan, amount=8_330 * instalments, effective_on=date(2026, 11, 1), source_key=f"up:{loan.code}",
        by=MACHINE, at=NOW,
    )  # fmt: skip


def line(slip: PaymentSlip, receipt: str = "R1", on: str = "R8.11.19", amount: int | None = None) -> list[str]:
    return [receipt, slip.code.digits, on, str(slip.amount if amount is None else amount), "見本店"]


def test_a_month_brings_slips_to_who_has_no_account_and_to_nobody_who_is_left_alone(desk):
    plain, ahead, part = a_repaying_loan(), a_repaying_loan(), a_repaying_loan()
    paid_up(ahead, 11)
    paid_up(part, 10)
    post_payment(loan=part, amount=330, effective_on=date(2026, 11, 2), source_key="330", by=MACHINE, at=NOW)
    a_debited_loan()
    waits_for_the_bank = a_repaying_loan()
    may_be_debited(waits_for_the_bank.borrower, registered=False)
    asked_for_relief = a_repaying_loan()
    place_hold(
        loan=asked_for_relief, reason=HoldReason.EXEMPTION_PENDING, since=TODAY, source_key="x", by=MACHINE, at=NOW
    )
    wanted = slips_of_month(NOVEMBER, on=TODAY)
    assert {slip.loan_id: slip.amount for slip in wanted.slips} == {
        plain.pk: 8_330, part.pk: 8_000, waits_for_the_bank.pk: 8_330,
    }  # fmt: skip
    assert wanted.left_out == ((HeldCause.EXEMPTION_PENDING, 1),)
    slips = make(desk)
    assert {(slip.amount, slip.due_on, slip.state) for slip in slips} == {
        (8_330, date(2026, 11, 30), SlipState.ISSUED), (8_000, date(2026, 11, 30), SlipState.ISSUED),
    }  # fmt: skip
    assert slips[0].code == SlipCode("999999", f"{slips[0].pk:021d}", 0, date(2026, 11, 30), slips[0].amount)
    assert slips_of_month(NOVEMBER, on=TODAY).count == 0
    for told, says in (
        ({"month": NOVEMBER, "count": 0, "total": 0}, "作成する払込票がありません"),
        ({"month": DECEMBER, "count": 1, "total": 1}, "対象が変わりました"),
        ({"month": NOVEMBER - 1, "count": 1, "total": 1}, "今月分か来月分"),
        ({"month": NOVEMBER + 2, "count": 1, "total": 1}, "今月分か来月分"),
        ({"month": 0, "count": 1, "total": 1}, "今月分か来月分"),
    ):
        with pytest.raises(SlipRefused, match=says):
            make_month_slips(**told, by=desk.by, at=NOW)
    with pytest.raises(SlipNotAllowed):
        make_month_slips(month=DECEMBER, count=1, total=1, by=desk.second, at=NOW)


def test_without_a_company_code_no_slip_is_made(desk):
    SettingRow.objects.all().delete()
    cache.clear()
    a_repaying_loan()
    with pytest.raises(SlipRefused, match="収納企業コード"):
        make(desk)


def test_a_failed_debit_brings_a_slip_until_the_end_of_the_next_month_once(desk):
    an_originator(desk)
    short, collected, relieved = a_debited_loan(), a_debited_loan(), a_debited_loan()
    run = sent(desk)
    content = answer(run, codes={short.pk: "1", relieved.pk: "1"})
    take_in_result(content=content, by=desk.by, at=ANSWERED)
    on = ANSWERED.date()
    assert dunning_held([short.pk], on) == {}  # the result is later than its days
    on = date(2027, 1, 4)
    assert {held.cause for held in dunning_held([short.pk], on)[short.pk]} == {HeldCause.DEBIT}
    post_result(run_id=run.pk, by=desk.by, at=ANSWERED)
    on = ANSWERED.date()
    place_hold(loan=relieved, reason=HoldReason.DEFERRAL_PENDING, since=on, source_key="x", by=MACHINE, at=ANSWERED)
    assert make_failure_slips(on=on, by=MACHINE, at=ANSWERED) == 1
    assert make_failure_slips(on=on, by=MACHINE, at=ANSWERED) == 0
    slip = PaymentSlip.objects.get()
    assert (slip.loan_id, slip.cause, slip.amount) == (short.pk, SlipCause.FAILED_DEBIT, 8_330)
    assert (slip.month, slip.due_on) == (DECEMBER, date(2027, 1, 31)) and DEBIT_ON == date(2026, 12, 28)
    assert {held.cause for held in dunning_held([short.pk], on)[short.pk]} == {HeldCause.SLIP}
    assert collected.pk not in dunning_held([collected.pk], on)


def test_the_night_makes_and_expires_slips_after_the_days_their_money_needs(desk):
    a_repaying_loan()
    (slip,) = make(desk)
    last = slip.due_on + timedelta(days=10)
    assert expire_slips(on=last, by=MACHINE, at=NOW) == 0
    report = run_step(STEPS[0], business_date=last + timedelta(days=1))
    assert (report.done, report.failed) == (2, 0)
    slip.refresh_from_db()
    assert slip.state == SlipState.EXPIRED


def test_a_reissue_replaces_its_slip_and_counts_up(desk):
    loan = a_repaying_loan()
    (slip,) = make(desk)
    again = reissue_slip(slip_id=slip.pk, by=desk.by, at=NOW)
    slip.refresh_from_db()
    assert (slip.state, again.reissue, again.due_on) == (SlipState.REISSUED, 1, date(2026, 12, 31))
    assert again.code.digits[29] == "1"
    with pytest.raises(SlipRefused, match="再発行済み"):
        reissue_slip(slip_id=slip.pk, by=desk.by, at=NOW)
    paid_up(loan, 24)
    with pytest.raises(SlipRefused, match="未納はありません"):
        reissue_slip(slip_id=again.pk, by=desk.by, at=NOW)


def test_what_the_agent_reports_is_posted_once_and_settles_the_slip(desk):
    loan = a_repaying_loan()
    paid_up(loan, 10)
    (slip,) = make(desk)
    clerk = desk.clerk
    content = as_csv(HEADER, [line(slip, on="R8.11.20")])
    assert taken_in(clerk, "slips", content)["committed"] == 1
    slip.refresh_from_db()
    entry = LedgerEntry.objects.get(source_key="slip:R1")
    assert (slip.state, slip.paid_on, slip.entry, entry.channel) == (SlipState.PAID, TODAY, entry, PaymentChannel.SLIP)
    assert position_of(loan.pk, TODAY).paid == 8_330 * 11
    assert taken_in(clerk, "slips", content, "again.csv")["unchanged"] == 1
    assert LedgerEntry.objects.filter(loan=loan).count() == 2
    assert not RefundTask.objects.exists()


def test_money_on_a_late_slip_counts_and_money_that_comes_twice_opens_a_task(desk):
    loan = a_repaying_loan()
    paid_up(loan, 10)
    (slip,) = make(desk)
    PaymentSlip.objects.update(state=SlipState.EXPIRED)
    lines = [line(slip, "R1", "R8.11.20"), line(slip, "R2", "R8.11.20")]
    assert taken_in(desk.clerk, "slips", as_csv(HEADER, lines))["committed"] == 2
    slip.refresh_from_db()
    assert (slip.state, slip.entry) == (SlipState.PAID, LedgerEntry.objects.get(source_key="slip:R1"))
    assert position_of(loan.pk, TODAY).paid == 8_330 * 12
    task = RefundTask.objects.get()
    second = LedgerEntry.objects.get(source_key="slip:R2")
    assert (task.amount, task.payment, task.cause) == (8_330, second, RefundCause.SURPLUS)


def test_money_beyond_the_loan_is_posted_and_opens_a_task_about_the_surplus(desk):
    loan = a_repaying_loan()
    paid_up(loan, 10)
    (slip,) = make(desk)
    rest = 200_000 - 83_300
    post_payment(loan=loan, amount=rest, effective_on=TODAY, source_key="rest", by=MACHINE, at=NOW)
    taken_in(desk.clerk, "slips", as_csv(HEADER, [line(slip, on="R8.11.20")]))
    task = RefundTask.objects.get()
    assert (task.amount, position_of(loan.pk, TODAY).surplus) == (8_330, 8_330)


def test_lines_that_cannot_be_are_refused_by_name_and_nothing_is_posted(desk):
    a_repaying_loan()
    (slip,) = make(desk)
    digits = slip.code.digits
    strange = SlipCode("999999", f"{slip.pk + 1:021d}", 0, slip.due_on, slip.amount).digits
    other = SlipCode("123456", f"{slip.pk:021d}", 0, slip.due_on, slip.amount).digits
    rows = [
        ["R1", digits[:-1] + str((int(digits[-1]) + 1) % 10), "R8.11.20", "8330", ""],
        ["R2", strange, "R8.11.20", "8330", ""],
        ["R3", other, "R8.11.20", "8330", ""],
        ["R4", digits, "R8.11.20", "8329", ""],
        ["R5", digits, "R18.11.21", "8330", ""],
        ["R6", digits, "R8.11.19", "8330", ""],
        ["R7", digits[:20], "R8.11.20", "0", ""],
        ["R8", digits, "R8.11.20", "8330", ""],
        ["R8", digits, "R8.11.20", "8330", ""],
    ]
    batch = checked(desk.clerk, "slips", as_csv(HEADER, rows))
    found = {number: (column, reason) for number, column, reason in reversed(reasons(batch))}
    assert "検査数字" in found[2][1] and "44桁" in found[8][1]
    assert "作成した記録がありません" in found[3][1] and "作成した記録がありません" in found[4][1]
    assert found[5] == ("収納金額", "払込票の金額と違います。")
    assert found[6][0] == "収納日" and found[7] == ("収納日", "払込票を作成した日より前です。")
    assert "9行目にもあります" in found[10][1] and 9 not in found
    assert not LedgerEntry.objects.exists()


def test_a_file_taken_back_lets_its_slips_wait_again(desk):
    loan = a_repaying_loan()
    (slip,) = make(desk)
    batch = checked(desk.clerk, "slips", as_csv(HEADER, [line(slip, on="R8.11.20")]))
    committed(desk.clerk, batch)
    assert position_of(loan.pk, TODAY).paid == 8_330
    second = desk.other_clerk
    taking = take_back(batch_id=batch.pk, reason="別の月のファイル", user=second, by=Actor.person(second), at=NOW)
    assert taking.run is not None and advance(taking.run.pk)
    slip.refresh_from_db()
    assert (slip.state, slip.entry_id) == (SlipState.ISSUED, None)
    assert position_of(loan.pk, TODAY).paid == 0


def test_only_who_moves_money_reissues(desk):
    a_repaying_loan(a_person())
    (slip,) = make(desk)
    with pytest.raises(SlipNotAllowed):
        reissue_slip(slip_id=slip.pk, by=Actor.person(a_member_of_staff(Role.SUPERVISOR)), at=NOW)
