"""What each role may do, as data. Screens, services and the permission matrix of the tests read this table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from accounts.enums import OfficeKind, Role, Side


class Permission(StrEnum):
    SEE_CASES = "see_cases"
    WRITE_CASES = "write_cases"
    SEE_ALL_OFFICES = "see_all_offices"
    ENTER_EXEMPTIONS = "enter_exemptions"
    REVIEW_EXEMPTIONS = "review_exemptions"
    DECIDE_EXEMPTIONS = "decide_exemptions"
    ENTER_LENDING = "enter_lending"
    REVIEW_LENDING = "review_lending"
    DECIDE_LENDING = "decide_lending"
    MOVE_MONEY = "move_money"
    APPROVE_TRANSFERS = "approve_transfers"
    ENTER_REPAYMENT = "enter_repayment"
    DECIDE_REPAYMENT = "decide_repayment"
    MERGE_PERSONS = "merge_persons"
    EXPORT = "export"
    RECONCILE = "reconcile"
    SEE_LETTERS = "see_letters"
    RUN_LETTERS = "run_letters"
    SIGN_OFF_POSTING = "sign_off_posting"
    REQUEST_REVEAL = "request_reveal"
    APPROVE_REVEAL = "approve_reveal"
    IMPORT = "import"
    SEE_NIGHT = "see_night"
    RUN_NIGHT = "run_night"
    SEE_RULES = "see_rules"
    PROPOSE_SETTINGS = "propose_settings"
    APPROVE_SETTINGS = "approve_settings"
    SEE_AUDIT = "see_audit"
    MANAGE_ACCOUNTS = "manage_accounts"
    SEE_REFERRALS = "see_referrals"


P = Permission


@dataclass(frozen=True, slots=True)
class RoleDefinition:
    """One role: the side it belongs to, where it may be held, one sentence for people, and what it may do."""

    role: Role
    side: Side
    office_kinds: frozenset[OfficeKind]
    sentence: str
    permissions: frozenset[Permission]
    second_factor: bool = False


COUNCILS = frozenset({OfficeKind.PREFECTURAL, OfficeKind.MUNICIPAL})

ROLES: dict[Role, RoleDefinition] = {
    d.role: d
    for d in (
        RoleDefinition(
            Role.MUNICIPAL_CLERK,
            Side.COUNCIL,
            frozenset({OfficeKind.MUNICIPAL}),
            "窓口で借入・免除・償還猶予の申請を受け付け、世帯の話を聞き、決定の結果を確かめます。担当する市区町村の借受人だけが見えます。",
            frozenset(
                {
                    P.SEE_CASES, P.WRITE_CASES, P.ENTER_EXEMPTIONS, P.ENTER_LENDING, P.ENTER_REPAYMENT, P.SEE_LETTERS,
                    P.REQUEST_REVEAL, P.EXPORT, P.SEE_RULES,
                }
            ),
        ),
        RoleDefinition(
            Role.PREFECTURAL_CLERK,
            Side.COUNCIL,
            frozenset({OfficeKind.PREFECTURAL}),
            "県内すべての借受人を扱い、申請を点検し、送金・入金・通知を動かします。",
            frozenset(
                {
                    P.SEE_CASES, P.WRITE_CASES, P.SEE_ALL_OFFICES, P.ENTER_EXEMPTIONS, P.REVIEW_EXEMPTIONS,
                    P.ENTER_LENDING, P.REVIEW_LENDING, P.MOVE_MONEY, P.ENTER_REPAYMENT, P.MERGE_PERSONS, P.EXPORT,
                    P.SEE_LETTERS, P.RUN_LETTERS, P.SIGN_OFF_POSTING, P.REQUEST_REVEAL, P.IMPORT, P.RECONCILE, P.SEE_NIGHT,
                    P.RUN_NIGHT, P.SEE_RULES, P.PROPOSE_SETTINGS,
                }
            ),
        ),
        RoleDefinition(
            Role.SUPERVISOR,
            Side.COUNCIL,
            frozenset({OfficeKind.PREFECTURAL}),
            "貸付・送金・免除・償還猶予などを決裁し、差し戻し、設定の変更を承認します。自分が登録したものは決裁できません。",
            frozenset(
                {
                    P.SEE_CASES, P.WRITE_CASES, P.SEE_ALL_OFFICES, P.REVIEW_EXEMPTIONS, P.DECIDE_EXEMPTIONS,
                    P.REVIEW_LENDING, P.DECIDE_LENDING, P.APPROVE_TRANSFERS, P.DECIDE_REPAYMENT, P.MERGE_PERSONS,
                    P.EXPORT, P.RECONCILE, P.SEE_LETTERS, P.RUN_LETTERS, P.SIGN_OFF_POSTING, P.REQUEST_REVEAL, P.APPROVE_REVEAL,
                    P.SEE_NIGHT, P.RUN_NIGHT, P.SEE_RULES, P.PROPOSE_SETTINGS, P.APPROVE_SETTINGS,
                }
            ),
            second_factor=True,
        ),
        RoleDefinition(
            Role.AGENCY_WORKER,
            Side.AGENCY,
            frozenset({OfficeKind.AGENCY}),
            "社協から引き継がれた相談だけが見えます。借受人や貸付を検索することはできません。",
            frozenset({P.SEE_REFERRALS, P.SEE_RULES}),
        ),
        RoleDefinition(
            Role.AUDITOR,
            Side.AUDIT,
            frozenset({OfficeKind.PREFECTURAL}),
            "すべてを読めますが、何も変えられません。決定や入金を元の書類までたどれます。",
            frozenset(
                {P.SEE_CASES, P.SEE_ALL_OFFICES, P.SEE_LETTERS, P.EXPORT, P.SEE_NIGHT, P.SEE_RULES, P.SEE_AUDIT}
            ),
        ),
        RoleDefinition(
            Role.SYSTEM_ADMINISTRATOR,
            Side.SYSTEM,
            frozenset({OfficeKind.PREFECTURAL}),
            "職員と事業所の登録、処理の監視をします。借受人の情報は見えません。",
            frozenset({P.MANAGE_ACCOUNTS, P.SEE_NIGHT, P.RUN_NIGHT, P.SEE_RULES}),
            second_factor=True,
        ),
    )
}  # fmt: skip


def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """Everything that somebody holding these roles may do."""
    return frozenset().union(*(ROLES[role].permissions for role in roles))
