"""When and where each fund could be asked for, as dated data: opening, every closing day, counters (LA-01, LN-01, LN-02).

The closing day was moved again and again; whoever applied by the last one counts (MHLW Q&A vol. 17, question 8-9).
Single closings rest on pages of the councils that announced them. The regular loan has no window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from japan.eras import era_date
from loans.enums import FundKind, IntakeChannel
from loans.lending.inquiry import Inquiry
from loans.rules import OTHER_COUNTERS_UNTIL
from rulebook.rules import Check
from rulebook.sources import (
    FUDAI_PAGE,
    FUKUOKA_RELOAN_PAGE,
    GUNMA_PAGE,
    KOMASYA_PAGE,
    MHLW_WINDOW_2020,
    NIHONMATSU_PAGE,
    OKINAWA_PAGE,
    QA_VOL17,
    SHIZUOKA_PAGE,
    TACHIKAWA_PAGE,
    Source,
)

SPECIAL_TERMS_FROM = date(2020, 3, 25)
CHANGED_CONTRACTS_FROM = date(2020, 1, 16)
OTHER_COUNTERS = frozenset({IntakeChannel.LABOUR_BANK, IntakeChannel.POST_OFFICE})


@dataclass(frozen=True, slots=True)
class Closing:
    """A closing day as it was announced, and where that is read."""

    closes_on: date
    source: Source


@dataclass(frozen=True, slots=True)
class Window:
    """The reception of some funds: from the opening day to the last closing day announced, both included."""

    funds: tuple[FundKind, ...]
    opens_on: date
    source: Source
    closings: tuple[Closing, ...]

    @property
    def closes_on(self) -> date:
        """The last day on which applications were taken."""
        return self.closings[-1].closes_on

    def extensions_by(self, day: date) -> int:
        """How often the closing day had been moved for an application of that day to be in time."""
        return next((i for i, closing in enumerate(self.closings) if day <= closing.closes_on), len(self.closings))


_MOVED_2021 = OKINAWA_PAGE.at("令和3年3月末日から6月末への延長")
_MOVED_2022 = OKINAWA_PAGE.at("令和4年6月末から8月末への延長")
_Q8_9 = QA_VOL17.at("1 貸付関係 問8-9")
_MOVED_AUTUMN = KOMASYA_PAGE.at("8月末から11月末への延長")

WINDOWS: tuple[Window, ...] = (
    Window(
        (FundKind.SP_SMALL, FundKind.SP_GS_INITIAL),
        SPECIAL_TERMS_FROM,
        QA_VOL17.at("1 貸付関係 問10・問15"),
        (
            Closing(date(2020, 7, 31), MHLW_WINDOW_2020.at("7月末からの延長")),
            Closing(date(2020, 9, 30), TACHIKAWA_PAGE.at("変更前の受付期間")),
            Closing(date(2020, 12, 31), TACHIKAWA_PAGE.at("変更後の受付期間")),
            Closing(date(2021, 3, 31), NIHONMATSU_PAGE.at("受付期間")),
            Closing(date(2021, 6, 30), _MOVED_2021),
            Closing(date(2021, 8, 31), _Q8_9),
            Closing(date(2021, 11, 30), _MOVED_AUTUMN),
            Closing(date(2022, 3, 31), FUDAI_PAGE.at("変更前の受付期間")),
            Closing(date(2022, 6, 30), _MOVED_2022),
            Closing(date(2022, 8, 31), _MOVED_2022),
            Closing(date(2022, 9, 30), SHIZUOKA_PAGE.at("申請受付の終了")),
        ),
    ),
    Window(
        (FundKind.SP_GS_EXTENSION,),
        date(2020, 7, 2),
        QA_VOL17.at("1 貸付関係 問14-2"),
        (
            Closing(date(2020, 9, 30), TACHIKAWA_PAGE.at("変更前の受付期間")),
            Closing(date(2020, 12, 31), TACHIKAWA_PAGE.at("変更後の受付期間")),
            Closing(date(2021, 3, 31), NIHONMATSU_PAGE.at("受付期間")),
            Closing(date(2021, 6, 30), GUNMA_PAGE.at("延長貸付の終了")),
        ),
    ),
    Window(
        (FundKind.SP_GS_RELOAN,),
        date(2021, 2, 19),
        FUKUOKA_RELOAN_PAGE.at("受付の開始"),
        (
            Closing(date(2021, 3, 31), FUKUOKA_RELOAN_PAGE.at("申請期限")),
            Closing(date(2021, 6, 30), _MOVED_2021),
            Closing(date(2021, 8, 31), _Q8_9),
            Closing(date(2021, 11, 30), _MOVED_AUTUMN),
            Closing(date(2021, 12, 31), SHIZUOKA_PAGE.at("再貸付の受付の終了")),
        ),
    ),
)


def window_of(fund: FundKind, windows: Sequence[Window] = WINDOWS) -> Window | None:
    """Return the window of a fund; None for the regular loan, which is lent today."""
    return next((window for window in windows if fund in window.funds), None)


def is_open(kind: FundKind, day: date) -> bool:
    """Whether a fund takes applications on a day; a fund without a window always does."""
    window = window_of(kind)
    return window is None or window.opens_on <= day <= window.closes_on


def look(inquiry: Inquiry, windows: Sequence[Window] = WINDOWS) -> tuple[Check, ...]:
    """Look at day and counter: do the special terms apply (LN-01), was it in time (LA-01) and taken there (LN-02)."""
    window, counter = window_of(inquiry.facts.fund, windows), _counter_check(inquiry)
    if window is None:
        return counter
    terms = _terms_check(inquiry)
    early = inquiry.facts.applied_on < SPECIAL_TERMS_FROM
    first = inquiry.facts.fund in (FundKind.SP_SMALL, FundKind.SP_GS_INITIAL)
    return (terms, *counter) if early and first else (terms, _window_check(inquiry, window), *counter)


def _counter_check(inquiry: Inquiry) -> tuple[Check, ...]:
    channel, day = inquiry.facts.channel, inquiry.facts.applied_on
    if channel is None:
        return ()
    elsewhere = channel in OTHER_COUNTERS
    taken_there = inquiry.facts.fund == FundKind.SP_SMALL and day <= OTHER_COUNTERS_UNTIL
    would_change, change_fact = "", ""
    until = era_date(OTHER_COUNTERS_UNTIL)
    if not elsewhere:
        because = "市区町村社協の窓口または郵送での申込み。"
        if not taken_there:
            would_change, change_fact = "労働金庫や郵便局での申込みであれば、受け付けられない。", "channel"
    elif taken_there:
        because = f"緊急小口資金（特例）は、{until}まで労働金庫と郵便局でも受け付けていた。"
        would_change, change_fact = f"{until}より後の申込みであれば、受け付けられない。", "applied_on"
    else:
        because = f"労働金庫と郵便局で受け付けたのは、{until}までの緊急小口資金（特例）だけ。"
        would_change, change_fact = "市区町村社協の窓口や郵送での申込みであれば、受け付けられる。", "channel"
    return (
        inquiry.check(
            "LN-02",
            not elsewhere or taken_there,
            value=str(channel.label),
            because=because,
            would_change=would_change,
            change_fact=change_fact,
            facts=("channel", "applied_on"),
        ),
    )


def _terms_check(inquiry: Inquiry) -> Check:
    day, changed = inquiry.facts.applied_on, inquiry.facts.contract_changed
    change = {"would_change": "", "change_fact": ""}
    met: bool | None
    if day >= SPECIAL_TERMS_FROM:
        met, because = True, "令和2年3月25日以降の申込みで、特例が適用される。"
        change = {
            "would_change": "令和2年1月15日以前の申込みであれば、特例は適用されない。",
            "change_fact": "applied_on",
        }
    elif day < CHANGED_CONTRACTS_FROM:
        met = False
        because = "令和2年1月15日以前の申込みには特例が適用されない。償還の猶予と、新たな特例貸付の申込みはできる。"
        change = {"would_change": "令和2年3月25日以降の申込みであれば、適用される。", "change_fact": "applied_on"}
    else:
        met = changed
        change = {
            "would_change": "契約内容の変更があれば適用される。"
            if not changed
            else "契約内容の変更がなければ、適用されない。",
            "change_fact": "contract_changed",
        }
        because = {
            None: "令和2年1月16日から3月24日までの申込みで、契約内容を変更したかどうかが確認されていない。",
            True: "令和2年1月16日から3月24日までの申込みで、契約内容が特例に変更されている。",
            False: "令和2年1月16日から3月24日までの申込みで、契約内容の変更がない。",
        }[changed]
    return inquiry.check(
        "LN-01",
        met,
        value=f"{era_date(day)}の申込み",
        because=because,
        **change,
        facts=("applied_on", "contract_changed"),
        missing=("contract_changed",) if met is None else (),
    )


def _window_check(inquiry: Inquiry, window: Window) -> Check:
    day = inquiry.facts.applied_on
    opens, closes = era_date(window.opens_on), era_date(window.closes_on)
    within = window.opens_on <= day <= window.closes_on
    if within:
        moved = window.extensions_by(day)
        because = f"受付期間（{opens}から{closes}まで）の申込み。"
        if moved:
            because = (
                f"締切は{moved}回延長され、{era_date(window.closings[moved].closes_on)}までの受付に間に合っている。"
            )
        would_change = f"{closes}より後の申込みであれば、受け付けられない。"
    else:
        because = f"受付は{opens}に始まった。" if day < window.opens_on else f"受付は{closes}で終了している。"
        would_change = f"{opens}から{closes}までの申込みであれば、受け付けられる。"
    return inquiry.check(
        "LA-01",
        within,
        value=f"{era_date(day)}の申込み",
        because=because,
        would_change=would_change,
        change_fact="applied_on",
        facts=("applied_on",),
    )
