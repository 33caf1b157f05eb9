"""The choices of the intake form, in the words of the paper."""

from __future__ import annotations

from loans.enums import FundKind

YES_NO = [("", "未確認"), ("yes", "はい"), ("no", "いいえ")]
NOT_CHOSEN = ("", "選んでください")

SMALL_FUNDS = (FundKind.SP_SMALL, FundKind.REG_SMALL)
GENERAL_FUNDS = (FundKind.SP_GS_INITIAL, FundKind.SP_GS_EXTENSION, FundKind.SP_GS_RELOAN)
SPECIAL_FUNDS = (FundKind.SP_SMALL, *GENERAL_FUNDS)

ONLY_FOR: dict[str, tuple[FundKind, ...]] = {
    "amount_asked": SMALL_FUNDS,
    "monthly_amount": GENERAL_FUNDS,
    "months": GENERAL_FUNDS,
    "household_size_before": SPECIAL_FUNDS,
    "grounds": (FundKind.SP_SMALL,),
    "other_ground": (FundKind.SP_SMALL,),
    "child_absence": (FundKind.SP_SMALL,),
    "income_proof": SPECIAL_FUNDS,
    "burdens": SPECIAL_FUNDS,
    "contract_changed": (FundKind.SP_SMALL, FundKind.SP_GS_INITIAL),
    "agency_consent_on": GENERAL_FUNDS,
    "agency_support_consent": GENERAL_FUNDS,
    "cause": (FundKind.REG_SMALL,),
    "cause_on": (FundKind.REG_SMALL,),
    "cause_note": (FundKind.REG_SMALL,),
    "bridge_to": (FundKind.REG_SMALL,),
    "bridge_held_months": (FundKind.REG_SMALL,),
    "bridge_left_on": (FundKind.REG_SMALL,),
    "bridge_hired_on": (FundKind.REG_SMALL,),
    "bridge_expected_months": (FundKind.REG_SMALL,),
    "exemption_was_special": (FundKind.REG_SMALL,),
    "urgent_appliance": (FundKind.REG_SMALL,),
    "lives_in_prefecture": (FundKind.REG_SMALL,),
}
"""Fields that only some funds ask for; all others are asked for by every fund."""

PREFIXED: dict[str, tuple[FundKind, ...]] = {
    "condition_": (FundKind.REG_SMALL,),
    "exclusion_": (FundKind.REG_SMALL,),
}


def asks(fund: FundKind, name: str) -> bool:
    """Whether the form of a fund has a field."""
    for prefix, funds in PREFIXED.items():
        if name.startswith(prefix):
            return fund in funds
    return fund in ONLY_FOR.get(name, tuple(FundKind))
