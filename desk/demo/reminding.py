"""What the dunning desk has to do with: slips that wait, were paid or expired, promises kept and broken, a dispute, an
acknowledgement, and the letters about repayment that the coming night will write.

Written through the services where there are some, for a few loans in arrears whatever the size of the prefecture.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import User
from audit.actors import Actor
from japan.bankdays import add_bank_days
from japan.months import last_day, month_index
from loans.enums import LoanState
from loans.models import Loan
from repayment.arrears.holding import dunning_held
from repayment.arrears.holds import hold_by_hand
from repayment.arrears.listing import list_notices
from repayment.arrears.promises import take_promise
from repayment.arrears.unpaid import Unpaid, unpaid_loans
from repayment.enums import PaymentChannel, PromiseWay, SlipCause, SlipState
from repayment.limitation.services import record_acknowledgement
from repayment.models import PaymentSlip
from repayment.selectors import policy_on
from repayment.services import post_payment
from rulebook.services import approve_setting, propose_setting

TOKYO = ZoneInfo("Asia/Tokyo")
DEMO = Actor.machine("demo")
COMPANY_CODE = "999999"
LOOKED_AT = 400


def agree_with_an_agent(as_of: date) -> None:
    """A contract with an agent who collects what is paid in stores, so that slips carry bars. Before anything is judged."""
    clerk, supervisor = (User.objects.get(username=name) for name in ("ken01", "kessai01"))
    since = date(as_of.year - 1, 4, 1)
    at = datetime.combine(add_bank_days(since, -3), time(11), tzinfo=TOKYO)
    code = propose_setting(
        key="slip_company_code", value=COMPANY_CODE, valid_from=since, source="架瀬県社会福祉協議会 収納代行契約書",
        by=Actor.person(clerk), at=at,
    )  # fmt: skip
    approve_setting(row_id=code.pk, by=Actor.person(supervisor), at=at)


def remind_people(as_of: date) -> None:
    """Fill the dunning desk. Called inside ``make``, after the borrowers are there."""
    by = Actor.person(User.objects.get(username="ken01"))
    waiting = in_arrears(as_of)
    for number, row in enumerate(waiting[:12]):
        _slip(row, number, as_of)
    for number, row in enumerate(waiting[12:19]):
        _promise(row, number, as_of, by)
    for row in waiting[19:21]:
        hold_by_hand(
            loan=Loan.objects.get(pk=row.loan_id), reason="dispute", since=as_of - timedelta(days=6),
            note="入金したはずとの申出。振込の控えを確認中", by=by, at=_at(as_of, 6),
        )  # fmt: skip
    for row in [row for row in waiting[21:] if row.last_paid_on is None][:3]:
        record_acknowledgement(
            loan=Loan.objects.get(pk=row.loan_id), kind="written", acknowledged_on=as_of - timedelta(days=30),
            evidence="債務承認書（債権管理ファイル）", by=by, at=_at(as_of, 29),
        )  # fmt: skip
    list_notices(on=as_of, by=DEMO, at=_at(as_of, 0))


def in_arrears(as_of: date) -> list[Unpaid]:
    """Some loans in arrears that nothing keeps from being asked for, in the order of their codes."""
    some = Loan.objects.filter(state=LoanState.LENT).order_by("code").values_list("pk", flat=True)[:LOOKED_AT]
    rows = {row.loan_id: row for row in unpaid_loans(as_of=as_of, policy=policy_on(as_of), loans=list(some))}
    held = dunning_held(rows, as_of)
    return [rows[pk] for pk in some if pk in rows and pk not in held and rows[pk].arrears >= 3_000]


def _slip(row: Unpaid, number: int, as_of: date) -> None:
    """One slip in three is two months old and expired, one waits, one was paid a week ago."""
    loan = Loan.objects.get(pk=row.loan_id)
    kind = number % 3
    month = month_index(as_of) - (2 if kind == 0 else 0)
    issued_on = as_of - timedelta(days=70 if kind == 0 else 8)
    slip = PaymentSlip.objects.create(
        loan=loan,
        month=month,
        cause=SlipCause.NO_ACCOUNT if number % 2 else SlipCause.FAILED_DEBIT,
        amount=min(row.arrears, 5_000),
        company_code=COMPANY_CODE,
        issued_on=issued_on,
        due_on=last_day(month_index(issued_on)) if kind == 0 else last_day(month_index(as_of)),
        state=SlipState.EXPIRED if kind == 0 else SlipState.ISSUED,
        created_at=_at(issued_on, 0),
        created_by=DEMO.label,
    )
    if kind == 2:
        paid_on = as_of - timedelta(days=5)
        entry = post_payment(
            loan=loan, amount=slip.amount, effective_on=paid_on, source_key=f"slip:R{number:07d}",
            channel=PaymentChannel.SLIP, note=f"払込票 {slip}", by=DEMO, at=_at(as_of, 1),
        )  # fmt: skip
        PaymentSlip.objects.filter(pk=slip.pk).update(state=SlipState.PAID, paid_on=paid_on, entry=entry)


def _promise(row: Unpaid, number: int, as_of: date, by: Actor) -> None:
    """Promises for the coming days, one of them paid already, and some that were not kept."""
    taken_on = as_of - timedelta(days=40 if number % 3 == 2 else 4)
    amount = min(row.outstanding, 2_000)
    loan = Loan.objects.get(pk=row.loan_id)
    take_promise(
        loan=loan, amount=amount, due_on=taken_on + timedelta(days=10), taken_on=taken_on, way=PromiseWay.PHONE,
        note="給料日の後に支払うとのこと", by=by, at=datetime.combine(taken_on, time(11), tzinfo=TOKYO),
    )  # fmt: skip
    if number == 1:
        post_payment(
            loan=loan, amount=amount, effective_on=as_of - timedelta(days=1), source_key=f"promised:{loan.code}",
            channel=PaymentChannel.TRANSFER, note="銀行振込", by=DEMO, at=_at(as_of, 0),
        )  # fmt: skip


def _at(day: date, days_before: int) -> datetime:
    return datetime.combine(day - timedelta(days=days_before), time(9), tzinfo=TOKYO)
