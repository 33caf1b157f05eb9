"""From the ``lending`` block of a case file to the facts of an application; described in ``docs/case-files.md``."""

from __future__ import annotations

from desk.casefiles.strict import Node
from loans.enums import FundKind
from loans.lending.enums import LendingPurpose, SmallLoanGround
from loans.lending.facts import LendingFacts, PriorLoan

_OPTIONAL = (
    "household_size",
    "monthly_amount",
    "months",
    "amount",
    "income_before",
    "income_after",
    "small_loan_grounds",
    "purpose",
    "on_public_assistance",
    "agency_consulted_on",
    "agency_support_consent",
    "prior",
)


def lending_facts(node: Node) -> LendingFacts:
    """Read a ``lending`` block. An absent purpose is living costs, absent public assistance is none."""
    members = node.members(required=["fund", "applied_on"], optional=_OPTIONAL)
    said = {name: members[name] for name in _OPTIONAL if name in members and not members[name].is_null}

    def yen(name: str) -> int | None:
        return said[name].yen() if name in said else None

    def number(name: str, low: int) -> int | None:
        return said[name].whole(low, 999) if name in said else None

    def items(name: str) -> list[Node]:
        return said[name].items() if name in said else []

    return LendingFacts(
        fund=members["fund"].word(FundKind),
        applied_on=members["applied_on"].day(),
        household_size=number("household_size", 1),
        amount=yen("amount"),
        monthly_amount=yen("monthly_amount"),
        months=number("months", 0),
        income_before=yen("income_before"),
        income_after=yen("income_after"),
        grounds=frozenset(item.word(SmallLoanGround) for item in items("small_loan_grounds")),
        purpose=said["purpose"].word(LendingPurpose) if "purpose" in said else LendingPurpose.LIVING,
        on_public_assistance="on_public_assistance" in said and said["on_public_assistance"].yes_or_no(),
        agency_consulted_on=said["agency_consulted_on"].day() if "agency_consulted_on" in said else None,
        agency_support_consent=(
            said["agency_support_consent"].yes_or_no() if "agency_support_consent" in said else None
        ),
        prior=tuple(_prior(item) for item in items("prior")),
    )


def _prior(node: Node) -> PriorLoan:
    members = node.members(required=["fund", "applied_on", "last_month"])
    last_month = members["last_month"].maybe(Node.month)
    return PriorLoan(members["fund"].word(FundKind), members["applied_on"].day(), last_month)
