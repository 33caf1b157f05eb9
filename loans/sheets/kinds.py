"""The closed list of sheets: what each is called, for which funds, in which version of its wording.

A changed wording is a new version with a template beside the old one, as with letters.
"""

from __future__ import annotations

from dataclasses import dataclass

from loans.enums import FundKind
from loans.sheets import facts
from rulebook.sources import QA_VOL17, REGULAR_LOAN_GUIDE, Source

SMALL = frozenset({FundKind.SP_SMALL})
GENERAL = frozenset({FundKind.SP_GS_INITIAL, FundKind.SP_GS_EXTENSION, FundKind.SP_GS_RELOAN})
LATER = frozenset({FundKind.SP_GS_EXTENSION, FundKind.SP_GS_RELOAN})
SPECIAL = SMALL | GENERAL
REGULAR = frozenset({FundKind.REG_SMALL})
EVERY = SPECIAL | REGULAR


@dataclass(frozen=True, slots=True)
class SheetKind:
    """One kind of sheet in one version. ``returns``: the person fills it in and hands it back."""

    code: str
    label_ja: str
    version: int
    facts_type: type[facts.SheetFacts]
    funds: frozenset[FundKind]
    returns: bool
    what_for_ja: str
    source: Source
    form_number: str = ""

    @property
    def template(self) -> str:
        return f"loans/sheets/{self.code}/v{self.version}.html"


DECLARATION_SMALL = SheetKind(
    "income_declaration",
    "収入の減少状況に関する申立書",
    1,
    facts.DeclarationFacts,
    SMALL,
    True,
    "給与明細などで示しにくいときに、収入の減少をご本人が申し立てる書類です。",
    QA_VOL17.at("参考1-1"),
    "参考1-1",
)
DECLARATION_GENERAL = SheetKind(
    "income_declaration_general",
    "収入の減少状況に関する申立書",
    1,
    facts.GeneralDeclarationFacts,
    GENERAL,
    True,
    "収入の減少と、利用中の公的給付をご本人が申し立てる書類です。",
    QA_VOL17.at("参考1-2"),
    "参考1-2",
)
LOAN_REQUEST = SheetKind(
    "loan_request",
    "借入申込書",
    1,
    facts.LoanRequestFacts,
    REGULAR,
    True,
    "申込みの内容を確かめて署名していただきます。",
    REGULAR_LOAN_GUIDE.at("申込に必要な書類"),
)
DEED = SheetKind(
    "deed",
    "借用書",
    1,
    facts.DeedFacts,
    EVERY,
    True,
    "日付は空けたままお預かりし、送金したときに記入します。",
    REGULAR_LOAN_GUIDE.at("申込に必要な書類"),
)
DEBIT_REQUEST = SheetKind(
    "debit_request",
    "預金口座振替依頼書",
    1,
    facts.DebitFacts,
    EVERY,
    True,
    "返済金の引落しに使う口座の届出です。通帳の届出印が要ります。",
    REGULAR_LOAN_GUIDE.at("申込に必要な書類"),
)
STATUS_SHEET = SheetKind(
    "status_sheet",
    "状況確認シート",
    1,
    facts.StatusFacts,
    LATER,
    True,
    "自立相談支援機関との相談で使い、申込みに添える書類です。",
    QA_VOL17.at("問8-3"),
)
PAPER_LIST = SheetKind(
    "paper_list",
    "ご用意いただく書類",
    1,
    facts.PaperListFacts,
    EVERY,
    False,
    "まだ受け取っていない書類を、理由とあわせて一覧にしてお渡しします。",
    REGULAR_LOAN_GUIDE.at("申込に必要な書類"),
)
OTHER_SCHEMES = SheetKind(
    "other_schemes",
    "ほかにも使える支援のご案内",
    1,
    facts.GuidanceFacts,
    SPECIAL,
    False,
    "ほかの制度を使っていても使っていなくても、貸付の可否は変わりません。",
    QA_VOL17.at("問2-8"),
)
BUSINESS_CAPITAL = SheetKind(
    "business_capital",
    "事業資金のご相談先",
    1,
    facts.GuidanceFacts,
    EVERY,
    False,
    "事業の運転資金は貸付の対象になりません。相談先をお渡しします。",
    QA_VOL17.at("問11"),
)
BRIDGE_HELP = SheetKind(
    "bridge_help",
    "送金までの間にお困りの方へ",
    1,
    facts.GuidanceFacts,
    EVERY,
    False,
    "送金まで食べる物や泊まる所に困る方へ、使える支援をお渡しします。",
    QA_VOL17.at("問21"),
)

KINDS: dict[str, SheetKind] = {
    kind.code: kind
    for kind in (
        LOAN_REQUEST,
        DECLARATION_SMALL,
        DECLARATION_GENERAL,
        DEED,
        DEBIT_REQUEST,
        STATUS_SHEET,
        PAPER_LIST,
        OTHER_SCHEMES,
        BUSINESS_CAPITAL,
        BRIDGE_HELP,
    )
}


def kinds_for(fund: str) -> tuple[SheetKind, ...]:
    """The sheets that an application for a fund may need, in the order in which they are handed over."""
    return tuple(kind for kind in KINDS.values() if fund in kind.funds)
