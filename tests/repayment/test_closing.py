"""Closing a month: what is kept is right, ties to the yen, is signed by a second person, and never changes again."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from itertools import count
from random import Random
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.urls import reverse

from accounts.models import User
from japan.months import first_day, last_day, month_index, month_of
from repayment.closing.corrections import causes_of, corrections_of, later_in_month, touched_loans
from repayment.closing.counting import BUCKETS, MOVEMENTS, PAID_NOW, POSITION
from repayment.closing.selectors import Chosen, Source, cells, entry_rows, loan_rows, ties_with_statistics
from repayment.closing.services import answer_closing, next_month_to_close, prepare_closing
from repayment.closing.taking_out import CLOSING_CELLS, CLOSING_LOANS
from repayment.closing.tying import untied_lines
from repayment.debit.results import post_result, take_in_result
from repayment.enums import PaymentChannel
from repayment.models import ClosingAnswer, ClosingLine, Deferral, LedgerEntry, MonthClosing
from repayment.refusals import MovedMeanwhile, NotAllowed, OwnWork, RepaymentRefused
from repayment.services import post_payment
from repayment.status import standings_of
from tests.people.builders import a_person
from tests.repayment import debits
from tests.repayment.histories import random_history
from tests.repayment.money import TOKYO, Desk, a_desk
from tests.repayment.stored import store

pytestmark = pytest.mark.django_db

MONTH = month_of(2025, 3)
CLOSED = datetime(2026, 1, 10, 9, 0, tzinfo=TOKYO)
LATER = datetime(2026, 2, 3, 9, 0, tzinfo=TOKYO)
_number = count(1)


def closed(desk: Desk, month: int = MONTH, at: datetime = CLOSED) -> MonthClosing:
    return prepare_closing(month=month, by=desk.by, at=at)


def signed(desk: Desk, closing: MonthClosing, at: datetime = CLOSED) -> ClosingAnswer:
    return answer_closing(closing_id=closing.pk, sign=True, by=desk.second, at=at)


def lives(seed: int, times: int) -> list[int]:
    return store([random_history(Random(f"{seed}/{number}")) for number in range(times)], a_person())


def test_a_closing_keeps_for_every_loan_the_position_of_the_last_day_and_the_movements_of_the_month():
    ids = lives(1, 60)
    days = LedgerEntry.objects.filter(kind="paid", effective_on__lt=date(2025, 12, 1)).values_list("effective_on")
    ((month, _),) = Counter(month_index(day) for (day,) in days).most_common(1)
    closing = closed(a_desk(), month)
    lines = {line.loan_id: line for line in ClosingLine.objects.filter(closing=closing)}
    standings = standings_of(ids, last_day(month))
    assert lines.keys() == standings.keys() == set(ids)
    for loan_id, standing in standings.items():
        line, at = lines[loan_id], standing.position
        assert (line.state, line.months) == (standing.status, at.months_in_arrears)
        for figure in POSITION:
            assert getattr(line, figure.name) == getattr(at, figure.name), (figure, at)
    moved = Counter[str]()
    for entry in LedgerEntry.objects.filter(effective_on__range=(first_day(month), last_day(month))):
        moved[f"{entry.loan_id}:{entry.kind}"] += entry.amount
    for loan_id, line in lines.items():
        assert line.paid_other == moved[f"{loan_id}:paid"]
        assert line.reversed_now == moved[f"{loan_id}:paid_reversed"]
        assert line.exempted_now == moved[f"{loan_id}:exempted"]
    assert len({line.state for line in lines.values()}) >= 3
    assert sum(line.paid_other for line in lines.values()) == closing.paid_in_month > 0


def random_later_events(random: Random, ids: list[int]) -> None:
    """Things recorded after the closing: some count for the month, some before it, some after."""
    for loan_id in random.sample(ids, len(ids) // 2):
        told: dict[str, Any] = {"loan_id": loan_id, "recorded_at": LATER, "recorded_by": "test"}
        day = date(2025, random.choice((1, 2, 3, 3, 3, 4)), random.randrange(1, 29))
        match random.randrange(4):
            case 0 | 1:
                LedgerEntry.objects.create(
                    **told, kind="paid", amount=random.randrange(1, 30_000), effective_on=day,
                    channel=random.choice(("", "slip", "direct_debit")), source_key=f"later:{next(_number)}",
                )  # fmt: skip
            case 2:
                paid = LedgerEntry.objects.filter(loan=loan_id, kind="paid", reversed_by__isnull=True).first()
                if paid is not None:
                    LedgerEntry.objects.create(
                        **told, kind="paid_reversed", amount=paid.amount, effective_on=max(day, paid.effective_on),
                        reverses=paid, source_key=f"later:{next(_number)}",
                    )  # fmt: skip
            case 3:
                Deferral.objects.create(
                    **told, from_month=MONTH + random.randrange(-6, 3), months=random.randrange(1, 13),
                    granted_on=day, source_key=f"later:{next(_number)}",
                )  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_what_was_kept_is_the_month_counted_anew_less_the_corrections_whatever_came_later(seed):
    ids = lives(seed, 40)
    closing = closed(a_desk())
    assert corrections_of(closing) == []
    random_later_events(Random(seed), ids)

    found = corrections_of(closing)
    assert found and corrections_of(closing, loans=touched_loans(closing)) == found
    causes = causes_of(closing, [each.loan_id for each in found])
    assert all(causes[each.loan_id] for each in found)

    kept, now = (cells(source, "cell") for source in (Source.kept(closing), Source.now(MONTH)))
    for name in [figure.name for figure in (*POSITION, *MOVEMENTS)]:
        anew = Counter({(cell.fund, cell.office_id, cell.state): cell.sums[name] for cell in now})
        for each in found:
            for figures, sign in ((each.now, -1), (each.kept, 1)):
                if figures:
                    anew[figures["fund"], figures["office_id"], figures["state"]] += sign * figures[name]
        assert +anew == +Counter({(cell.fund, cell.office_id, cell.state): cell.sums[name] for cell in kept}), name
    whole, later = cells(Source.now(MONTH), "all")[0], Counter[str]()
    for entry in later_in_month(closing):
        later[next(f.name for f in MOVEMENTS if entry.kind in f.kinds and f.channel in (None, entry.channel))] += (
            entry.amount
        )
    before = cells(Source.kept(closing), "all")[0]
    for figure in MOVEMENTS:
        assert whole.sums[figure.name] - later[figure.name] == before.sums[figure.name]


def test_every_number_leads_to_rows_that_add_up_to_it():
    lives(5, 40)
    desk = a_desk()
    closing = closed(desk)
    source = Source.kept(closing)
    LedgerEntry.objects.create(
        loan_id=ClosingLine.objects.values_list("loan_id", flat=True)[0], kind="paid", amount=77, effective_on=first_day(MONTH),
        recorded_at=LATER, recorded_by="test", source_key="later",
    )  # fmt: skip
    for by in ("fund", "office", "state", "cell"):
        groups = cells(source, by)
        assert sum(cell.loans for cell in groups) == closing.loans
        assert sum(cell.sums["outstanding"] for cell in groups) == closing.outstanding
    for cell in cells(source, "state"):
        part = Chosen(state=cell.state)
        rows = list(loan_rows(source, part, user=desk.clerk))
        assert (len(rows), sum(row.sums["arrears"] for row in rows)) == (cell.loans, cell.sums["arrears"])
        paid = entry_rows(source, part, PAID_NOW, user=desk.clerk)
        assert sum(entry.amount for entry in paid) == cell.paid_now
        for figure in MOVEMENTS:
            entries = entry_rows(source, part, figure, user=desk.clerk)
            assert sum(entry.amount for entry in entries) == cell.sums[figure.name], figure
    (whole,) = cells(source, "all")
    assert sum(loans for loans, _ in whole.buckets) <= whole.in_arrears
    assert sum(amount for _, amount in whole.buckets) <= whole.sums["arrears"]
    for number in range(len(BUCKETS)):
        assert len(list(loan_rows(source, Chosen(bucket=number), user=desk.clerk))) == whole.buckets[number][0]
    query = QueryDict(f"closing={closing.pk}")
    lines = list(CLOSING_CELLS.rows(desk.clerk, query, LATER))
    at = CLOSING_CELLS.columns.index("残額")
    assert sum(int(line.cells[at] or 0) for line in lines) == closing.outstanding
    assert len(list(CLOSING_LOANS.rows(desk.clerk, query, LATER))) == closing.loans
    assert all(len(line.cells) == len(CLOSING_CELLS.columns) for line in lines)


def test_the_ledger_ties_to_the_banks_files_and_to_the_statistics_to_the_yen():
    desk = a_desk()
    debits.an_originator(desk)
    paid, failed, given_up = (debits.a_debited_loan(f"架空 {name}", "カクウ ハナコ") for name in "一二三")
    run = debits.sent(desk)
    result = debits.answer(run, codes={failed.pk: "1"})
    take_in_result(content=result, by=desk.by, at=debits.ANSWERED)
    type(given_up).objects.filter(pk=given_up.pk).update(state="given_up")
    post_result(run_id=run.pk, by=desk.by, at=debits.ANSWERED)
    post_payment(
        loan=failed, amount=5_000, effective_on=date(2026, 12, 29), source_key="slip:1", channel=PaymentChannel.SLIP,
        by=desk.by, at=debits.ANSWERED,
    )  # fmt: skip
    post_payment(
        loan=paid, amount=700, effective_on=date(2026, 12, 3), source_key="elsewhere:1", channel=PaymentChannel.DIRECT_DEBIT,
        by=desk.by, at=debits.ANSWERED,
    )  # fmt: skip

    closing = closed(desk, month_of(2026, 12), debits.ANSWERED)

    (debit, transfer), tied = ties_with_statistics(closing)
    assert (debit.files, debit.bank_count, debit.bank) == (1, 2, 16_660)
    assert (debit.ledger_count, debit.ledger, debit.held, debit.difference) == (1, 8_330, 8_330, 0)
    assert (debit.without_file_count, debit.without_file) == (1, 700)
    assert (transfer.bank, transfer.difference) == (0, 0)
    assert all(row.difference == 0 for row in tied)
    sums = {row.figure.name: row.ledger for row in tied}
    assert (sums["paid_debit"], sums["paid_slip"]) == (9_030, 5_000)
    assert (closing.paid_in_month, closing.difference) == (14_030, 0)
    assert untied_lines(closing.month) == []


def test_what_the_bank_collected_and_the_ledger_does_not_have_is_a_difference_with_its_lines():
    desk = a_desk()
    debits.an_originator(desk)
    collected, failed = debits.a_debited_loan(), debits.a_debited_loan("架空 二", "カクウ フタツ")
    run = debits.sent(desk)
    take_in_result(content=debits.answer(run, codes={failed.pk: "1"}), by=desk.by, at=debits.ANSWERED)
    type(run).objects.filter(pk=run.pk).update(state="posted", posted_at=debits.ANSWERED)

    closing = closed(desk, month_of(2026, 12), debits.ANSWERED)

    (debit, _), _ = ties_with_statistics(closing)
    assert (debit.bank, debit.ledger, debit.difference, closing.difference) == (8_330, 0, 8_330, 8_330)
    (line,) = untied_lines(closing.month)
    assert (line.loan_code, line.bank, line.ledger) == (collected.code, 8_330, 0)
    with pytest.raises(RepaymentRefused, match="差の理由"):
        signed(desk, closing, debits.ANSWERED)


def test_one_counts_another_signs_months_follow_each_other_and_nothing_is_changed():
    lives(9, 3)
    desk = a_desk()
    now = datetime(2025, 5, 10, 9, 0, tzinfo=TOKYO)
    april = month_of(2025, 4)
    assert next_month_to_close(now) == april
    with pytest.raises(RepaymentRefused, match="まだ終わっていない月"):
        closed(desk, april + 1, now)
    with pytest.raises(NotAllowed, match="権限がありません"):
        prepare_closing(month=MONTH, by=desk.second, at=now)
    first = closed(desk, MONTH, now)
    with pytest.raises(RepaymentRefused, match="確認を待っています"):
        closed(desk, april, now)
    with pytest.raises(RepaymentRefused, match="差し戻す理由"):
        answer_closing(closing_id=first.pk, sign=False, by=desk.second, at=now)
    answer_closing(closing_id=first.pk, sign=False, remark="入金の取込を待つため", by=desk.second, at=now)
    second = closed(desk, MONTH, now)
    assert second.version == 2
    signed(desk, second, now)
    with pytest.raises(MovedMeanwhile, match="すでに確認"):
        signed(desk, second, now)
    with pytest.raises(RepaymentRefused, match="締め済み"):
        closed(desk, MONTH, now)
    assert next_month_to_close(now) == april
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        MonthClosing.objects.update(arrears=0)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ClosingLine.objects.update(arrears=0)
    differing = prepared(desk.clerk, now)
    with pytest.raises(OwnWork, match="作成した人は確認者になれません"):
        answer_closing(closing_id=prepared(desk.supervisor, now).pk, sign=True, by=desk.second, at=now)
    with pytest.raises(IntegrityError, match="closing_answered_by_a_second_person"), transaction.atomic():
        ClosingAnswer.objects.create(
            closing=differing, month=differing.month, signed=True, prepared_by=desk.clerk, answered_by=desk.clerk,
            answered_at=now,
        )  # fmt: skip


def prepared(by: User, now: datetime) -> MonthClosing:
    """A counting of nothing, of a month of long ago."""
    return MonthClosing.objects.create(
        month=month_of(2001, 1), version=next(_number), counted_at=now, last_entry=0, loans=0, disbursed_in_month=0,
        paid_in_month=0, exempted_in_month=0, arrears=0, outstanding=0, difference=0, ties=[], prepared_by=by,
    )  # fmt: skip


def test_a_month_is_closed_signed_and_read_on_its_pages(client, today):
    lives(11, 12)
    desk = a_desk()
    client.force_login(desk.clerk)
    answer = client.post(reverse("repayment:closing_prepare"), {"month": "令和7年3月"}, follow=True)
    closing = MonthClosing.objects.get()
    page = answer.content.decode()
    assert "令和7年3月の締めを作成しました" in page and "ほかの人が確認してください" in page
    assert client.post(reverse("repayment:closing_answer", args=[closing.pk, "sign"])).status_code == 403

    client.force_login(desk.supervisor)
    assert "確認待ち" in client.get(reverse("repayment:closings")).content.decode()
    assert "確認を待っている月の締め" in client.get(reverse("desk:today")).content.decode()
    refused = client.post(reverse("repayment:closing_answer", args=[closing.pk, "send-back"]), follow=True)
    assert "差し戻す理由を入力してください" in refused.content.decode()
    signed_page = client.post(reverse("repayment:closing_answer", args=[closing.pk, "sign"]), follow=True)
    assert "令和7年3月を締め済みにしました" in signed_page.content.decode()

    LedgerEntry.objects.create(
        loan_id=ClosingLine.objects.values_list("loan_id", flat=True)[0], kind="paid", amount=4_321,
        effective_on=date(2025, 3, 7), recorded_at=LATER, recorded_by="test", source_key="later",
    )  # fmt: skip
    page = client.get(
        reverse("repayment:closing", args=[closing.pk]), {"by": "cell", "recount": "all"}
    ).content.decode()
    assert "締めた後の訂正（1件）" in page and "4,321円" in page
    statistics = client.get(reverse("repayment:statistics"), {"of": "1", "month": "R7.3"}, follow=True)
    assert "締め済みの月です" in statistics.content.decode()
    assert "まだ締めていない月" in client.get(reverse("repayment:statistics"), {"month": "2025-04"}).content.decode()
    rows = client.get(reverse("repayment:closing_rows", args=[closing.pk]), {"figure": "outstanding"}).content.decode()
    assert f"合計{closing.outstanding:,}円" in rows
    now = client.get(
        reverse("repayment:statistics_rows"), {"month": "2025-03", "figure": "paid_other"}
    ).content.decode()
    assert "4,321円" not in now
