"""貸付コード: two digits for the fund and a running number, never given twice."""

from __future__ import annotations

from loans.enums import FundKind
from loans.models import Loan, LoanCodeCounter

PREFIX: dict[str, str] = {
    FundKind.SP_SMALL: "01",
    FundKind.SP_GS_INITIAL: "02",
    FundKind.SP_GS_EXTENSION: "03",
    FundKind.SP_GS_RELOAN: "04",
    FundKind.REG_SMALL: "05",
}


def next_code(fund: str) -> str:
    """The next free code of a fund, such as ``0500012``; called inside a service, two at once wait for each other.

    Numbers that came in from elsewhere are stepped over. The number has five digits, and more once those are used up.
    """
    LoanCodeCounter.objects.get_or_create(fund=fund)
    counter = LoanCodeCounter.objects.select_for_update().get(fund=fund)
    number = counter.last_number + 1
    while Loan.objects.filter(code=f"{PREFIX[fund]}{number:05d}").exists():
        number += 1
    counter.last_number = number
    counter.save(update_fields=["last_number"])
    return f"{PREFIX[fund]}{number:05d}"
