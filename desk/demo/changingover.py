"""Some loans taken over from another system: their opening balances with one yen of difference, as a file that was taken in
and can be taken back, the other system's totals beside it, and a mapping of that system's columns ready for the next file.

Nothing had been paid or exempted on these loans by then, so no ledger row comes of it. A demonstration too small to hold
such loans goes without.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef

from accounts.models import User
from audit.actors import Actor
from desk.demo.rows import at_hour
from jobs.enums import ImportState, RowOutcome
from jobs.importing.effects import Writing
from jobs.importing.kinds import ImportKind, import_kinds
from jobs.importing.mappings import finish_mapping
from jobs.models import ColumnMapping, ImportBatch, ImportRow
from loans.enums import LoanState
from loans.models import Loan
from repayment.cutover.controls import enter_control
from repayment.enums import LedgerKind
from repayment.models import LedgerEntry, RepaymentPlan
from repayment.selectors import positions_of

LENT_BEFORE: Final = date(2022, 10, 1)
LOANS: Final = 12
CHANGED_ON: Final = date(2022, 12, 31)
"""The day before the first special loans fell due: nothing was in arrears, in no system."""
CLERK, SECOND = "ken01", "ken02"
FILE, LIST = "kaishi-zandaka.csv", "旧システム 貸付残高合計表"
THEIRS: Final = {
    "入金番号": "伝票No", "貸付コード": "貸付番号", "入金日": "入金年月日", "金額": "入金額", "摘要": "入金区分",
}  # fmt: skip
WAYS: Final = {"1": "口座振替", "2": "払込票", "3": "窓口"}


def change_over(as_of: date) -> None:
    """Take the opening balances of some loans over. Called inside ``make``, after the borrowers are there."""
    at = at_hour(as_of - timedelta(days=3), 11)
    clerk, second = User.objects.get(username=CLERK), User.objects.get(username=SECOND)
    make_a_mapping(clerk, at=at)
    posted = LedgerEntry.objects.filter(
        loan=OuterRef("pk"), kind__in=[LedgerKind.PAID, LedgerKind.EXEMPTED], effective_on__lte=CHANGED_ON
    )
    planned = RepaymentPlan.objects.filter(loan=OuterRef("pk"))
    lent = Loan.objects.filter(~Exists(posted), Exists(planned), state=LoanState.LENT, applied_on__lt=LENT_BEFORE)
    loans = list(lent.order_by("code")[:LOANS])
    if not loans:
        return
    arrears = {key: position.arrears for key, position in positions_of(loans, CHANGED_ON).items()}
    wrong = loans[-1]
    batch = take_in(
        [
            [loan.code, CHANGED_ON.isoformat(), str(loan.principal), "0", "0", str(arrears[loan.pk] + (loan == wrong))]
            for loan in loans
        ],
        clerk=clerk,
        at=at,
    )
    enter_control(
        batch_id=batch.pk,
        loans=len(loans),
        outstanding=sum(loan.principal for loan in loans),
        arrears=sum(arrears[loan.pk] for loan in loans) + 1,
        source=LIST,
        user=second,
        by=Actor.person(second),
        at=at,
    )


def take_in(lines: list[list[str]], *, clerk: User, at: datetime) -> ImportBatch:
    """What a worker does with a file whose lines are all good, at the moment the story gives."""
    kind = import_kinds()["openings"]
    batch = ImportBatch.objects.create(
        kind=kind.code,
        state=ImportState.COMMITTED,
        file_name=FILE,
        sha256=hashlib.sha256(repr(lines).encode()).hexdigest(),
        encoding="UTF-8",
        columns=kind.columns(),
        uploaded_by=clerk,
        uploaded_at=at,
    )
    rows = ImportRow.objects.bulk_create(
        ImportRow(batch=batch, line=line, cells=cells, **understood(kind, cells), outcome=RowOutcome.COMMITTED)
        for line, cells in enumerate(lines, 2)
    )
    writing = Writing(batch.pk, by=Actor.person(clerk), at=at)
    kind.commit(rows, writing)
    writing.effects.write()
    return batch


def understood(kind: ImportKind, cells: list[str]) -> dict[str, Any]:
    texts = dict(zip(kind.columns(), cells, strict=True))
    values = {name: field.clean(texts) for name, field in kind.resource.fields.items()}
    return {"values": values, "key": kind.key(values)}


def make_a_mapping(clerk: User, *, at: datetime) -> ColumnMapping:
    """How payments of the other system are read."""
    draft = ColumnMapping.objects.create(
        name="旧システムの入金",
        kind="payments",
        encoding="cp932",
        headers=list(THEIRS.values()),
        made_by=clerk,
        made_at=at,
    )
    columns: dict[str, dict[str, Any]] = {ours: {"source": theirs} for ours, theirs in THEIRS.items()}
    columns["摘要"] |= {"default": "旧システム", "values": WAYS}
    return finish_mapping(mapping_id=draft.pk, columns=columns, by=Actor.person(clerk), at=at)
