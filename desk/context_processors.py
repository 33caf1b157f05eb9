"""What the frame around every page needs: the rail this person may use, and who they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission as P


@dataclass(frozen=True, slots=True)
class Room:
    """One line of the rail: its words, where it leads, its symbol, who may go there, and the pages that belong to it.

    ``pages`` are view names (``exemptions:enter``) or whole namespaces (``notices``); without permissions it is for all.
    """

    label: str
    view: str
    icon: str
    permissions: frozenset[P]
    pages: frozenset[str]

    def is_open_to(self, user: User) -> bool:
        return not self.permissions or any(user.can(permission) for permission in self.permissions)


def room(label: str, view: str, icon: str, *permissions: P, pages: tuple[str, ...] = ()) -> Room:
    return Room(label, view, icon, frozenset(permissions), frozenset({view, *pages}))


ROOMS: tuple[Room, ...] = (
    room("今日", "desk:today", "calendar-check"),
    room(
        "さがす",
        "desk:search",
        "search",
        P.SEE_CASES,
        pages=("desk:borrower", "desk:household", "repayment", "people"),
    ),
    room("申請の入力", "exemptions:enter", "file-pen-line", P.ENTER_EXEMPTIONS),
    room(
        "貸付",
        "loans:applications",
        "file-text",
        P.SEE_CASES,
        pages=("loans", "repayment:aftercare", "repayment:payout"),
    ),
    room("免除審査", "exemptions:queue", "scale", P.SEE_CASES, pages=("exemptions",)),
    room(
        "照会",
        "exemptions:inquiries",
        "circle-question-mark",
        P.SEE_CASES,
        pages=("exemptions:inquiry", "exemptions:inquiry_new", "exemptions:inquiry_letter"),
    ),
    room(
        "償還猶予",
        "repayment:deferrals",
        "pause",
        P.SEE_CASES,
        pages=(
            "repayment:deferral",
            "repayment:deferral_new",
            "repayment:deferral_interview",
            "repayment:deferral_end",
            "repayment:deferral_paper",
        ),
    ),
    room(
        "少額返済など",
        "repayment:agreements",
        "arrow-down",
        P.SEE_CASES,
        pages=(
            "repayment:agreement",
            "repayment:agreement_new",
            "repayment:plan_changes",
            "repayment:plan_change",
            "repayment:plan_change_new",
        ),
    ),
    room(
        "督促",
        "repayment:dunning",
        "clock",
        P.SEE_CASES,
        pages=(
            "repayment:arrears",
            "repayment:notices",
            "repayment:limitation",
            "repayment:dunning_loan",
            "repayment:slips",
        ),
    ),
    room("通知", "notices:due", "mail", P.SEE_LETTERS, pages=("notices",)),
    room("印刷便", "notices:runs", "printer", P.RUN_LETTERS, P.SEE_AUDIT, pages=("notices:run", "notices:run_pdf")),
    room(
        "送金",
        "repayment:transfers",
        "banknote",
        P.MOVE_MONEY,
        P.APPROVE_TRANSFERS,
        P.SEE_AUDIT,
        pages=("repayment:transfer", "repayment:sender"),
    ),
    room(
        "口座振替",
        "repayment:debits",
        "building-2",
        P.MOVE_MONEY,
        P.APPROVE_TRANSFERS,
        P.SEE_AUDIT,
        pages=(
            "repayment:debit",
            "repayment:debit_results",
            "repayment:debit_failures",
            "repayment:debit_stops",
            "repayment:debit_settings",
            "repayment:mandates",
            "repayment:suspense",
            "repayment:suspense_item",
            "repayment:refunds",
            "repayment:refund",
        ),
    ),
    room(
        "締め",
        "repayment:closings",
        "check",
        P.MOVE_MONEY,
        P.APPROVE_TRANSFERS,
        P.SEE_AUDIT,
        pages=("repayment:closing", "repayment:closing_rows", "repayment:statistics", "repayment:statistics_rows"),
    ),
    room("書類の送付", "people:transit", "send", P.SEE_CASES, pages=("people:transit_batch",)),
    room(
        "重複の整理",
        "desk:duplicates",
        "copy",
        P.MERGE_PERSONS,
        P.SEE_AUDIT,
        pages=("desk:duplicate", "desk:duplicate_new", "desk:merge"),
    ),
    room(
        "住所の確認", "people:reveal_list", "lock", P.REQUEST_REVEAL, P.APPROVE_REVEAL, pages=("people:reveal_view",)
    ),
    room(
        "取込",
        "jobs:import_list",
        "file-up",
        P.IMPORT,
        pages=(
            "jobs:import_detail",
            "jobs:import_undo_result",
            "jobs:mappings",
            "jobs:mapping",
        ),
    ),
    room(
        "移行の照合",
        "repayment:reconciliations",
        "circle-check",
        P.RECONCILE,
        P.SEE_AUDIT,
        pages=("repayment:reconciliation",),
    ),
    room("出力", "jobs:exports", "download", P.EXPORT, pages=("jobs:export_new", "jobs:export")),
    room("夜間処理", "jobs:night", "moon", P.SEE_NIGHT, pages=("jobs",)),
    room("規則と設定", "rulebook:rules", "scroll-text", P.SEE_RULES, pages=("rulebook", "loans:funds")),
    room("監査", "audit:log", "shield-check", P.SEE_AUDIT, pages=("audit",)),
    room("職員と事業所", "accounts:staff", "users", P.MANAGE_ACCOUNTS, pages=("accounts",)),
)


@dataclass(frozen=True, slots=True)
class RailItem:
    label: str
    url: str
    icon: str
    current: bool
    count: int = 0


def frame(request: HttpRequest) -> dict[str, Any]:
    """``rail``, ``may_search``, ``may_export`` and the words about who is signed in; nothing for who is not."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    here = current_room(request)
    return {
        "rail": [
            RailItem(label=each.label, url=reverse(each.view), icon=each.icon, current=each is here)
            for each in ROOMS
            if each.is_open_to(user)
        ],
        "may_search": user.can(P.SEE_CASES),
        "may_export": user.can(P.EXPORT),
        "office_name": user.office.name,
        "person_name": user.name,
        "role_label": "・".join(str(role.label) for role in sorted(user.roles)),
    }


def current_room(request: HttpRequest) -> Room | None:
    """The room a page belongs to: the one that names the page, else the one that names its namespace."""
    match = request.resolver_match
    if match is None:
        return None
    for name in (match.view_name, match.namespace):
        for each in ROOMS:
            if name and name in each.pages:
                return each
    return None
