"""Control totals: what a list printed by the other system itself says the file must come to, to the yen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from accounts.models import User
from audit.actors import Actor
from audit.services import service
from jobs.models import ImportBatch
from repayment.cutover.batches import ReconciliationRefused, lock
from repayment.models import CutoverControl

if TYPE_CHECKING:
    from repayment.cutover.reconciling import Reconciliation


@dataclass(frozen=True, slots=True)
class ControlLine:
    """One figure in three places: the other system's own list, the file as it was taken in, and ours."""

    label: str
    unit: str
    told: int
    filed: int
    ours: int

    @property
    def missing(self) -> int:
        """How far the file is from the list: not nought means that lines are missing, doubled or altered."""
        return self.filed - self.told


def latest_control(batch: ImportBatch) -> CutoverControl | None:
    """The control totals that hold for a file: the last ones written down."""
    return CutoverControl.objects.filter(batch=batch).select_related("entered_by").order_by("-pk").first()


def control_lines(found: Reconciliation, control: CutoverControl) -> list[ControlLine]:
    """Count, balances and arrears of the other system's list beside the file and our position of the day."""
    return [
        ControlLine("貸付の件数", "件", control.loans, found.loans + found.left_out, found.loans),
        ControlLine("残額", "円", control.outstanding, found.total("old_outstanding"), found.total("our_outstanding")),
        ControlLine("滞納額", "円", control.arrears, found.total("old_arrears"), found.total("our_arrears")),
    ]


@service
def enter_control(
    *, batch_id: int, loans: int, outstanding: int, arrears: int, source: str, user: User, by: Actor, at: datetime
) -> CutoverControl:
    """Write down what the other system's own list says (loans, yen, yen) and which list it is; later ones replace it."""
    batch = lock(batch_id)
    if not source.strip():
        raise ReconciliationRefused("合計を確かめた帳票の名前を入力してください。")
    return CutoverControl.objects.create(
        batch=batch,
        loans=loans,
        outstanding=outstanding,
        arrears=arrears,
        source=source.strip()[:120],
        entered_by=user,
        entered_at=at,
    )
