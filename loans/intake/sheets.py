"""Sheets of paper that are handed to an applicant: what is missing, other schemes, where to turn instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from loans.enums import FundKind
from loans.lending.enums import LendingPurpose
from loans.models import OPEN_STATES, LendingApplication
from rulebook.sources import QA_VOL17, Source


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its title, what stands above the list, the list, and for which applications it is offered.

    ``lists_missing``: instead of a fixed list it names what is missing on the application.
    """

    title: str
    opening: str
    lines: tuple[tuple[str, str], ...]
    applies: Callable[[LendingApplication], bool]
    source: Source | None = None
    lists_missing: bool = False


def is_open(application: LendingApplication) -> bool:
    return application.state in OPEN_STATES


def is_special(application: LendingApplication) -> bool:
    return application.fund != FundKind.REG_SMALL


def is_for_business(application: LendingApplication) -> bool:
    return application.purpose == LendingPurpose.BUSINESS


SHEETS: dict[str, Sheet] = {
    "missing": Sheet(
        "足りない書類と記入のご案内",
        "お申込みを進めるために、次のものをお願いします。",
        (),
        is_open,
        lists_missing=True,
    ),
    "schemes": Sheet(
        "ご利用いただけるほかの制度",
        "次の制度も利用できることがあります。利用していても、貸付の申込みはできます。",
        (
            ("雇用調整助成金", "勤務先が休業手当を支払うときの、事業主への助成です。勤務先にお尋ねください。"),
            ("休業支援金・給付金", "休業中に休業手当を受け取れなかった方への給付です。"),
            (
                "小学校休業等対応助成金・支援金",
                "学校などの休業で、お子さんの世話のために仕事を休んだ方のための制度です。",
            ),
            ("住居確保給付金", "家賃の支払いに困っている方への給付です。自立相談支援機関にご相談ください。"),
        ),
        is_special,
        QA_VOL17.at("1 貸付関係 問2-8"),
    ),
    "business": Sheet(
        "事業のための資金のご案内",
        "この貸付は生活費のためのものです。事業の運転資金などには使えません。事業の資金は、次の窓口にご相談ください。",
        (
            ("日本政策金融公庫", "事業者向けの融資の相談"),
            ("商工会・商工会議所", "経営と資金繰りの相談"),
            ("都道府県・市区町村の商工担当課", "制度融資、給付金の相談"),
            ("自立相談支援機関", "生活費に困っているときの相談"),
        ),
        is_for_business,
        QA_VOL17.at("1 貸付関係 問11"),
    ),
}
