"""What differs from council to council, as data: every key with its type, default, unit, source and open question.

The keys marked ``case_may_override`` are those that a case file may set; the others belong to the house alone. A key
whose sources are silent or disagree carries the question a domain person should settle (``open_question_ja``).
"""

from __future__ import annotations

import calendar
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from rulebook.checklists import ruling_out
from rulebook.moves import Moves
from rulebook.sources import (
    EASY_LEAFLET,
    EXEMPTION_GUIDE,
    EXEMPTION_RULES_1999,
    FORM_1_1_D,
    FORM_1_2,
    FUKUOKA_GUIDE,
    HOUSE_DEFAULT,
    KANAGAWA_GUIDE,
    MHLW_DEFERRAL_FAQ,
    MHLW_EXEMPTION_FAQ,
    MIYAGI_GUIDE,
    OSAKA_DEFERRAL_GUIDE,
    QA_VOL17,
    REGULAR_LOAN_GUIDE,
    RELOAN_LEAFLET,
    TOKUSHIMA_PAGE,
    TOKYO_CENTRE,
    TOYAMA_GUIDE,
    Source,
)


class SettingError(ValueError):
    """A value that a setting cannot take, or a key that is no setting.

    ``key`` may be a path into the value (``"exemption_window.opens"``); ``message`` is English, for files and logs,
    ``message_ja`` the sentence for the settings page.
    """

    def __init__(self, key: str, message: str, message_ja: str) -> None:
        super().__init__(f"{key}: {message}")
        self.key = key
        self.message = message
        self.message_ja = message_ja


def shown(value: object) -> str:
    """Write a JSON value on one line, cut short, for an error message."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


class Kind(Protocol):
    """How a setting's value is read from JSON and written back."""

    def read(self, key: str, value: object) -> Any:
        """Return the value as the program uses it, or raise :class:`SettingError`."""

    def write(self, value: Any) -> Any:
        """Return the value as JSON."""

    def text_ja(self, value: Any, unit_ja: str) -> str:
        """Return the value in words for a page."""


def _refuse(key: str, expected: str, expected_ja: str, value: object) -> SettingError:
    return SettingError(key, f"expected {expected}, got {shown(value)}", f"{expected_ja}を入力してください。")


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two bounds, or one of a few; with ``optional`` also null (no limit)."""

    low: int = 0
    high: int = 0
    only: tuple[int, ...] = ()
    optional: bool = False

    def read(self, key: str, value: object) -> int | None:
        if value is None and self.optional:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not self._allows(value):
            raise _refuse(key, self._expected(), self._expected_ja(), value)
        return value

    def _allows(self, value: int) -> bool:
        return value in self.only if self.only else self.low <= value <= self.high

    def _expected(self) -> str:
        wanted = " or ".join(map(str, self.only)) if self.only else f"a whole number {self.low}–{self.high}"
        return f"{wanted} or null" if self.optional else wanted

    def _expected_ja(self) -> str:
        if self.only:
            return "、".join(map(str, self.only)) + "のいずれか"
        return f"{self.low:,}から{self.high:,}までの整数"

    def write(self, value: int | None) -> int | None:
        return value

    def text_ja(self, value: int | None, unit_ja: str) -> str:
        return "制限なし" if value is None else f"{value:,}{unit_ja}"


@dataclass(frozen=True, slots=True)
class YearlyRate(Whole):
    """A rate in hundredths of a percent a year, shown as a percentage."""

    def text_ja(self, value: int | None, unit_ja: str) -> str:
        return "制限なし" if value is None else f"年{value // 100}.{value % 100:02d}%"


@dataclass(frozen=True, slots=True)
class Words:
    """One of a closed list of words; each has the label people see."""

    labels: Mapping[str, str]

    def read(self, key: str, value: object) -> str:
        if not isinstance(value, str) or value not in self.labels:
            raise _refuse(
                key, " or ".join(self.labels), "「" + "」「".join(self.labels.values()) + "」のいずれか", value
            )
        return value

    def write(self, value: str) -> str:
        return value

    def text_ja(self, value: str, unit_ja: str) -> str:
        return self.labels[value]


@dataclass(frozen=True, slots=True)
class YesNo:
    """True or false; 1 and 0 are not accepted."""

    yes_ja: str = "はい"
    no_ja: str = "いいえ"

    def read(self, key: str, value: object) -> bool:
        if not isinstance(value, bool):
            raise _refuse(key, "true or false", f"「{self.yes_ja}」か「{self.no_ja}」", value)
        return value

    def write(self, value: bool) -> bool:
        return value

    def text_ja(self, value: bool, unit_ja: str) -> str:
        return self.yes_ja if value else self.no_ja


@dataclass(frozen=True, slots=True)
class Window:
    """When applications are awaited, as month and day. A window that closes before it opens ends in the next year."""

    opens: tuple[int, int]
    closes: tuple[int, int]

    def in_year(self, year: int) -> tuple[date, date]:
        """Return the first and the last day of the window that opens in *year*."""
        closing_year = year if self.closes >= self.opens else year + 1
        return date(year, *self.opens), date(closing_year, *self.closes)


_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class WindowOfYear:
    """``{"opens": "06-01", "closes": "07-31"}``; 29 February is refused, because most years have none."""

    def read(self, key: str, value: object) -> Window:
        if not isinstance(value, dict):
            raise _refuse(key, 'an object with "opens" and "closes"', "開始日と締切日", value)
        for name in value:
            if name not in ("opens", "closes"):
                raise SettingError(f"{key}.{name}", "unknown key", f"「{name}」という項目はありません。")
        days = {}
        for name in ("opens", "closes"):
            text = value.get(name)
            found = _MONTH_DAY.fullmatch(text) if isinstance(text, str) else None
            month, day = (int(found[1]), int(found[2])) if found else (0, 0)
            if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(2023, month)[1]:
                raise _refuse(f"{key}.{name}", "MM-DD", "月と日（例 06-01）", text)
            days[name] = (month, day)
        return Window(**days)

    def write(self, value: Window) -> dict[str, str]:
        return {
            "opens": f"{value.opens[0]:02d}-{value.opens[1]:02d}",
            "closes": f"{value.closes[0]:02d}-{value.closes[1]:02d}",
        }

    def text_ja(self, value: Window, unit_ja: str) -> str:
        return f"{value.opens[0]}月{value.opens[1]}日から{value.closes[0]}月{value.closes[1]}日まで"


@dataclass(frozen=True, slots=True)
class Ascending:
    """A list of whole numbers, each larger than the one before."""

    low: int
    high: int

    def read(self, key: str, value: object) -> tuple[int, ...]:
        numbers = value if isinstance(value, list) and value else None
        if numbers is None:
            raise _refuse(key, "a list of whole numbers", "整数の並び", value)
        one = Whole(self.low, self.high)
        read = tuple(number for i, item in enumerate(numbers) if (number := one.read(f"{key}[{i}]", item)) is not None)
        if list(read) != sorted(set(read)):
            raise _refuse(key, "numbers in rising order", "小さい順の、重ならない整数", value)
        return read

    def write(self, value: tuple[int, ...]) -> list[int]:
        return list(value)

    def text_ja(self, value: tuple[int, ...], unit_ja: str) -> str:
        return "・".join(f"{number}{unit_ja}" for number in value)


@dataclass(frozen=True, slots=True)
class AmountsBySize:
    """Yen for a household of one, two, three … persons, never falling; the last one stands for all larger households.

    An empty list means that the council has set none.
    """

    most_sizes: int

    def read(self, key: str, value: object) -> tuple[int, ...]:
        if not isinstance(value, list) or len(value) > self.most_sizes:
            raise _refuse(key, f"a list of up to {self.most_sizes} amounts", f"{self.most_sizes}個までの金額", value)
        one = Whole(1, 10_000_000)
        read = tuple(amount for i, item in enumerate(value) if (amount := one.read(f"{key}[{i}]", item)) is not None)
        if list(read) != sorted(read):
            raise _refuse(key, "amounts that do not fall", "人数が増えても下がらない金額", value)
        return read

    def write(self, value: tuple[int, ...]) -> list[int]:
        return list(value)

    def text_ja(self, value: tuple[int, ...], unit_ja: str) -> str:
        if not value:
            return "設定なし（個別に確認）"
        lines = [f"{size}人 {amount:,}{unit_ja}" for size, amount in enumerate(value, start=1)]
        return "、".join([*lines[:-1], lines[-1].replace("人 ", "人以上 ", 1)])


@dataclass(frozen=True, slots=True)
class Checklist:
    """Further papers a council asks for, one line each; what the Ministry's answers rule out is refused with the answer."""

    special: bool
    most: int = 10

    def read(self, key: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or len(value) > self.most:
            raise _refuse(key, f"a list of up to {self.most} texts", f"{self.most}行までの書類の名前", value)
        for i, item in enumerate(value):
            if not isinstance(item, str) or not item.strip() or len(item) > 100:
                raise _refuse(f"{key}[{i}]", "a text of up to 100 characters", "100字までの書類の名前", item)
            ruled_out = ruling_out(item, special=self.special)
            if ruled_out is not None:
                raise SettingError(f"{key}[{i}]", ruled_out.message, f"「{item.strip()}」：{ruled_out.message_ja}")
        return tuple(value)

    def write(self, value: tuple[str, ...]) -> list[str]:
        return list(value)

    def text_ja(self, value: tuple[str, ...], unit_ja: str) -> str:
        return "\n".join(value) or "なし"


@dataclass(frozen=True, slots=True)
class Sentences:
    """Exactly ``count`` texts, none of them empty."""

    count: int

    def read(self, key: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or len(value) != self.count:
            raise _refuse(key, f"a list of {self.count} texts", f"{self.count}個の文", value)
        for i, item in enumerate(value):
            if not isinstance(item, str) or not item.strip():
                raise _refuse(f"{key}[{i}]", "a text", "文", item)
        return tuple(value)

    def write(self, value: tuple[str, ...]) -> list[str]:
        return list(value)

    def text_ja(self, value: tuple[str, ...], unit_ja: str) -> str:
        return "\n".join(value)


@dataclass(frozen=True, slots=True)
class Digits:
    """A text of exactly ``length`` digits, or nothing where none was given to the council yet."""

    length: int

    def read(self, key: str, value: object) -> str:
        good = isinstance(value, str) and (not value or (value.isascii() and value.isdigit()))
        if not good or len(str(value)) not in (0, self.length):
            raise _refuse(key, f"{self.length} digits or nothing", f"{self.length}桁の数字", value)
        return str(value)

    def write(self, value: str) -> str:
        return value

    def text_ja(self, value: str, unit_ja: str) -> str:
        return value or "未登録"


@dataclass(frozen=True, slots=True)
class SettingKey:
    """One setting: how it is called, what it may be, what it is where nobody chose, and on what it rests.

    ``default`` is the value as JSON. ``rules`` are the rule ids that read it, ``moves`` what it moves in held loans.
    """

    key: str
    label_ja: str
    kind: Kind
    default: Any
    rules: tuple[str, ...]
    source: Source
    unit_ja: str = ""
    open_question_ja: str = ""
    case_may_override: bool = False
    group_ja: str = field(default="償還", kw_only=True)
    moves: Moves = field(default=Moves.NOTHING, kw_only=True)

    def read(self, value: object) -> Any:
        """Return the value as the program uses it; :class:`SettingError` if it does not fit."""
        return self.kind.read(self.key, value)

    def write(self, value: Any) -> Any:
        """Return a value of the program as JSON."""
        return self.kind.write(value)

    def text_ja(self, value: Any) -> str:
        """Return a value of the program in words for a page."""
        return self.kind.text_ja(value, self.unit_ja)


_LATE_Q = "要件①の期限後の申請で、滞納分は償還が必要か、未償還の全額が免除されるか。基準日は受付日か決定日か。"
_LATE_INTEREST_Q = "延滞利子の起算日、365日か実日数か、端数処理、最低額、減免、充当順。"
_REQ4_Q = "要件④で、だれの所得割を見るか、増加をどう測るか、「準ずる世帯」とは何か。"
_UNTRACEABLE_Q = "所在不明の借受人を免除する条件、待つ期間、免除の範囲。"
_ANNIVERSARY_Q = "償還開始が1月でない場合や、猶予で開始が動いた場合の、翌年度以降の免除の起点となる月。"
_DEFERRAL_Q = "猶予の回数の上限、最終償還期限の後の猶予。"
_SMALL_Q = "少額返済の最低額、期間、期限への影響。償還計画の変更として扱うか。"

CONSENT_DEFAULTS = (
    "本特例制度の償還免除が決定した場合、自立相談支援機関に対して、同機関の業務遂行に活用することを目的として"
    "私の個人情報を提供することに同意します。",
    "記入した内容に相違がなく、審査に用いられることに同意します。",
    "貴社会福祉協議会が、本制度に必要な範囲で、全国社会福祉協議会、他の都道府県社会福祉協議会、市町村社会福祉協議会、"
    "自治体、公共職業安定所、自立相談支援機関、家計改善支援機関等の関係機関に照会し、私の個人情報の提供を受けることに"
    "同意します。",
    "私及び私の世帯の者は、暴力団員ではありません。貴社会福祉協議会が必要に応じ官公署等から私又は私の世帯員に係る"
    "暴力団員該当性情報の提供を求めることに同意します。",
    "審査の結果、償還免除不承認となった場合、理由は開示されないことに同意します。",
    "償還免除を目的に世帯主の変更を行っていません。また、償還免除の決定後、本申請書の記載事項について虚偽であることが"
    "判明した場合や償還免除の要件に該当しないことが判明した場合には、償還免除を取り消されることに同意します。",
)

KEYS: tuple[SettingKey, ...] = (
    SettingKey(
        "debit_day",
        "引落日",
        Whole(1, 28),
        26,
        ("RP-04",),
        EASY_LEAFLET.at("いつまで申し込みができますか（2025年1月26日以降）"),
        "日",
        case_may_override=True,
    ),
    SettingKey(
        "holiday_roll",
        "引落日が休日のとき",
        Words({"NEXT_BUSINESS_DAY": "翌営業日に引き落とす", "NONE": "動かさない"}),
        "NEXT_BUSINESS_DAY",
        ("RP-04",),
        TOKYO_CENTRE.at("口座振替日"),
        case_may_override=True,
        moves=Moves.REPAYMENT,
    ),
    SettingKey(
        "instalment_unit",
        "償還月額の端数処理の単位",
        Whole(only=(1, 10, 100)),
        10,
        ("RP-02",),
        RELOAN_LEAFLET.at("償還月額の表"),
        "円",
        case_may_override=True,
    ),
    SettingKey(
        "remainder_position",
        "端数を含める回",
        Words({"LAST": "最終回", "FIRST": "初回"}),
        "LAST",
        ("RP-03",),
        RELOAN_LEAFLET.at("償還月額の表（60万円・36回の欄からの推定）"),
        case_may_override=True,
    ),
    SettingKey(
        "final_deadline_basis",
        "最終償還期限",
        Words({"MONTH_END": "最終回の月の末日", "LAST_INSTALMENT_DATE": "最終回の引落日"}),
        "MONTH_END",
        ("RP-05",),
        OSAKA_DEFERRAL_GUIDE.at("延滞利子の起算（2026年1月から）"),
        open_question_ja=_LATE_INTEREST_Q,
        case_may_override=True,
        moves=Moves.REPAYMENT,
    ),
    SettingKey(
        "late_interest_rate_bp",
        "延滞利子の年率",
        YearlyRate(0, 1500),
        300,
        ("LI-02", "LI-03"),
        REGULAR_LOAN_GUIDE.at("貸付条件の表「延滞利子」"),
        "（0.01%単位）",
        case_may_override=True,
    ),
    SettingKey(
        "late_interest_day_count",
        "延滞利子の1年の日数",
        Whole(only=(365,)),
        365,
        ("LI-04",),
        HOUSE_DEFAULT.at("延滞利子の計算式"),
        "日",
        open_question_ja=_LATE_INTEREST_Q,
        case_may_override=True,
        moves=Moves.REPAYMENT,
    ),
    SettingKey(
        "late_interest_rounding",
        "延滞利子の端数処理",
        Words({"FLOOR_TOTAL": "合計してから1円未満を切り捨て", "FLOOR_EACH": "期間ごとに1円未満を切り捨て"}),
        "FLOOR_TOTAL",
        ("LI-04",),
        HOUSE_DEFAULT.at("延滞利子の計算式"),
        open_question_ja=_LATE_INTEREST_Q,
        case_may_override=True,
        moves=Moves.REPAYMENT,
    ),
    SettingKey(
        "allocation_order",
        "期限後の入金の充当順",
        Words({"PRINCIPAL_FIRST": "元金から", "LATE_INTEREST_FIRST": "延滞利子から"}),
        "PRINCIPAL_FIRST",
        ("RP-14",),
        HOUSE_DEFAULT.at("充当順"),
        open_question_ja=_LATE_INTEREST_Q,
        case_may_override=True,
        moves=Moves.REPAYMENT,
    ),
    SettingKey(
        "late_application_policy",
        "要件①の期限後の申請の扱い",
        Words({"FUTURE_ONLY": "基準日より前に期日の来た分は償還が必要", "ALL_UNPAID": "未償還の全額を免除"}),
        "FUTURE_ONLY",
        ("EX-15", "EX-16", "EX-17"),
        QA_VOL17.at("2 償還免除関係 問2"),
        open_question_ja=_LATE_Q,
        case_may_override=True,
        group_ja="免除",
        moves=Moves.EXEMPTION,
    ),
    SettingKey(
        "late_application_cutoff",
        "要件①の基準日",
        Words({"APPLICATION_RECEIVED": "申請の受付日", "DECISION": "決定日"}),
        "APPLICATION_RECEIVED",
        ("EX-15", "EX-16"),
        KANAGAWA_GUIDE.at("免除申請中の払込み"),
        open_question_ja=_LATE_Q,
        case_may_override=True,
        group_ja="免除",
        moves=Moves.EXEMPTION,
    ),
    SettingKey(
        "later_year_anniversary_inclusive",
        "償還開始と同じ月に受け付けた申請を、その月から免除する",
        YesNo(),
        True,
        ("EX-21", "EX-25"),
        FUKUOKA_GUIDE.at("翌年度以降に非課税となった場合"),
        open_question_ja=_ANNIVERSARY_Q,
        case_may_override=True,
        group_ja="免除",
        moves=Moves.EXEMPTION,
    ),
    SettingKey(
        "exemption_window",
        "要件①の受付期間（判定年度内）",
        WindowOfYear(),
        {"opens": "06-01", "closes": "07-31"},
        ("EX-15",),
        EASY_LEAFLET.at("いつまで申し込みができますか"),
        case_may_override=True,
        group_ja="免除",
        moves=Moves.EXEMPTION,
    ),
    SettingKey(
        "accept_intellectual_severe",
        "療育手帳（重度）を要件③に含める",
        YesNo("含める", "含めない"),
        True,
        ("EX-33",),
        FORM_1_2.at("免除申請理由①"),
        open_question_ja="療育手帳がすべての都道府県で対象となるか。",
        case_may_override=True,
        group_ja="免除",
        moves=Moves.EXEMPTION,
    ),
    SettingKey(
        "req4_months",
        "要件④の滞納月数",
        Whole(1, 120),
        12,
        ("EX-40",),
        FORM_1_2.at("免除申請理由②"),
        "か月分",
        case_may_override=True,
        group_ja="免除",
        moves=Moves.EXEMPTION,
    ),
    SettingKey(
        "req4_growth_window_months",
        "要件④で滞納の増加を見る期間",
        Whole(1, 24),
        12,
        ("EX-43",),
        HOUSE_DEFAULT.at("要件④の滞納の増加"),
        "か月",
        open_question_ja=_REQ4_Q,
        case_may_override=True,
        group_ja="免除",
        moves=Moves.EXEMPTION,
    ),
    SettingKey(
        "same_month_small_and_general",
        "同じ月の緊急小口資金と総合支援資金",
        Words({"NOTE": "記録のみ", "REVIEW": "個別に確認", "REFUSE": "不可"}),
        "NOTE",
        ("LN-23",),
        QA_VOL17.at("1 貸付関係 問21"),
        case_may_override=True,
        group_ja="貸付",
    ),
    # --- the house's own: a case file may not override these ---
    SettingKey(
        "elderly_age",
        "要件④の高齢者とする年齢",
        Whole(60, 80),
        65,
        ("EX-43",),
        HOUSE_DEFAULT.at("要件④の世帯"),
        "歳以上",
        open_question_ja=_REQ4_Q,
        group_ja="免除",
    ),
    SettingKey(
        "public_assistance_before_disbursement_excluded",
        "借入申込みから送金までに始まった生活保護を要件②から除く",
        YesNo("除く", "除かない"),
        True,
        ("EX-30",),
        TOYAMA_GUIDE.at("生活保護を受給している方"),
        open_question_ja="富山県の案内だけにある条件。ほかの都道府県でも同じ扱いか。",
        group_ja="免除",
        moves=Moves.EXEMPTION,
    ),
    SettingKey(
        "other_grounds_wait_for_start",
        "死亡・失踪宣告・免責による免除も、償還の開始後に決定する",
        YesNo("開始後に決定", "開始前でも決定"),
        True,
        ("EX-35",),
        EXEMPTION_GUIDE.at("返済免除のポイント（返済中に）"),
        group_ja="免除",
        moves=Moves.EXEMPTION,
    ),
    SettingKey(
        "untraceable_lapse_months",
        "所在不明による免除まで待つ期間",
        Whole(0, 120),
        12,
        ("EX-54",),
        TOKUSHIMA_PAGE.at("所在不明の場合"),
        "か月",
        open_question_ja=_UNTRACEABLE_Q,
        group_ja="免除",
    ),
    SettingKey(
        "untraceable_extent",
        "所在不明による免除の範囲",
        Words({"OVERDUE": "滞っている分だけ", "WHOLE": "残っている元金の全額"}),
        "OVERDUE",
        ("EX-54",),
        HOUSE_DEFAULT.at("所在不明による免除"),
        open_question_ja=_UNTRACEABLE_Q,
        group_ja="免除",
    ),
    SettingKey(
        "unknown_after_deadline_years",
        "期限の後、所在不明による一般の免除まで待つ期間",
        Whole(1, 20),
        2,
        ("EX-55",),
        EXEMPTION_RULES_1999.at("償還免除の要件"),
        "年",
        open_question_ja="平成11年の規程は本則の貸付のもので、特例貸付にどこまで用いるか。",
        group_ja="免除",
    ),
    SettingKey(
        "late_interest_on_exemption",
        "免除した元金について生じていた延滞利子",
        Words({"WAIVE_WITH_PRINCIPAL": "元金とともに免除する", "KEEP": "残す"}),
        "WAIVE_WITH_PRINCIPAL",
        ("LI-07",),
        HOUSE_DEFAULT.at("免除と延滞利子"),
        open_question_ja=_LATE_INTEREST_Q,
        group_ja="免除",
        moves=Moves.REPAYMENT,
    ),
    SettingKey(
        "hold_collection_while_exemption_pending",
        "免除の審査中は引落しと督促を止める",
        YesNo("止める", "止めない"),
        True,
        ("RP-12",),
        KANAGAWA_GUIDE.at("免除申請中の払込み"),
        group_ja="免除",
    ),
    SettingKey(
        "residence_record_max_age_months",
        "住民票の有効期間（発行から）",
        Whole(1, 12),
        3,
        ("EX-12",),
        MHLW_EXEMPTION_FAQ.at("申請に必要な書類"),
        "か月",
        group_ja="免除",
    ),
    SettingKey(
        "revocation_due_days",
        "免除を取り消した分の新しい期日（通知から）",
        Whole(1, 365),
        30,
        ("EX-06",),
        HOUSE_DEFAULT.at("免除の取消"),
        "日",
        open_question_ja="取消で期日を過ぎていた分を、いつまでに払ってもらうか。",
        group_ja="免除",
    ),
    SettingKey(
        "consent_texts",
        "申請書の同意①～⑥の文",
        Sentences(6),
        list(CONSENT_DEFAULTS),
        ("EX-60",),
        FORM_1_1_D.at("同意チェック欄"),
        group_ja="免除",
        open_question_ja="同意②の正しい文（手元の様式では吹き出しに隠れて読めない）。",
    ),
    SettingKey(
        "deferral_max_months",
        "1回の猶予の長さの上限",
        Whole(1, 60),
        12,
        ("DF-10",),
        MHLW_DEFERRAL_FAQ.at("猶予の期間"),
        "か月",
        group_ja="猶予",
    ),
    SettingKey(
        "deferral_renewals_max",
        "猶予を更新できる回数",
        Whole(0, 50, optional=True),
        None,
        ("DF-11",),
        HOUSE_DEFAULT.at("猶予の更新"),
        "回",
        open_question_ja=_DEFERRAL_Q,
        group_ja="猶予",
    ),
    SettingKey(
        "deferral_cutoff_day",
        "翌月から猶予するための締切日",
        Whole(1, 28),
        10,
        ("DF-12",),
        MIYAGI_GUIDE.at("猶予の開始月"),
        "日",
        group_ja="猶予",
    ),
    SettingKey(
        "deferral_end_notice_months",
        "猶予終了のお知らせを送る時期（終了の前）",
        Whole(1, 6),
        2,
        ("DF-11",),
        KANAGAWA_GUIDE.at("猶予期間終了のお知らせ"),
        "か月",
        group_ja="猶予",
    ),
    SettingKey(
        "small_repayment_min",
        "少額返済の最低月額（1貸付あたり）",
        Whole(1, 100_000),
        1_000,
        (),
        HOUSE_DEFAULT.at("少額返済"),
        "円",
        open_question_ja=_SMALL_Q,
        group_ja="償還",
    ),
    SettingKey(
        "small_repayment_review_months",
        "少額返済を見直す間隔",
        Whole(1, 60),
        12,
        (),
        HOUSE_DEFAULT.at("少額返済"),
        "か月",
        open_question_ja=_SMALL_Q,
        group_ja="償還",
    ),
    SettingKey(
        "arrears_notice_months",
        "督促のお知らせを送る滞納月数",
        Ascending(1, 120),
        [3, 12],
        ("RP-10",),
        KANAGAWA_GUIDE.at("償還滞納額のお知らせ"),
        "か月",
        group_ja="償還",
    ),
    SettingKey(
        "debit_catches_up_arrears",
        "口座振替で滞納分もまとめて引き落とす",
        YesNo("まとめて引き落とす", "その月の分だけ引き落とす"),
        False,
        ("RP-10",),
        HOUSE_DEFAULT.at("口座振替の金額"),
        open_question_ja="滞納分を翌月の口座振替に加えるか。加えないときは、払込票と相談で納めてもらう。",
        group_ja="償還",
    ),
    SettingKey(
        "slip_due_rule",
        "払込票の期限",
        Words({"END_OF_NEXT_MONTH": "引落しができなかった翌月の末日"}),
        "END_OF_NEXT_MONTH",
        ("RP-10",),
        TOKYO_CENTRE.at("引落しができなかった場合"),
        group_ja="償還",
    ),
    SettingKey(
        "slip_company_code",
        "払込票の収納企業コード",
        Digits(6),
        "",
        ("RP-10",),
        HOUSE_DEFAULT.at("払込票のバーコード"),
        group_ja="償還",
        open_question_ja="収納代行会社が決める6桁の番号。登録するまで、払込票は作成できない。",
    ),
    SettingKey(
        "channel_lag_direct_debit",
        "口座振替の結果が届くまでの日数（督促を待つ）",
        Whole(0, 60),
        7,
        ("RP-11",),
        HOUSE_DEFAULT.at("入金が届くまでの日数"),
        "日",
        group_ja="償還",
        open_question_ja="金融機関や収納代行会社との契約で決まる日数。",
    ),
    SettingKey(
        "channel_lag_slip",
        "払込票の入金が届くまでの日数（督促を待つ）",
        Whole(0, 60),
        10,
        ("RP-11",),
        HOUSE_DEFAULT.at("入金が届くまでの日数"),
        "日",
        group_ja="償還",
        open_question_ja="金融機関や収納代行会社との契約で決まる日数。",
    ),
    SettingKey(
        "channel_lag_transfer",
        "銀行振込の入金が届くまでの日数（督促を待つ）",
        Whole(0, 60),
        3,
        ("RP-11",),
        HOUSE_DEFAULT.at("入金が届くまでの日数"),
        "日",
        group_ja="償還",
        open_question_ja="金融機関や収納代行会社との契約で決まる日数。",
    ),
    SettingKey(
        "start_notice_months",
        "償還開始のお知らせを送る時期（開始の前）",
        Whole(1, 12),
        2,
        ("RP-20",),
        TOKYO_CENTRE.at("償還開始のお知らせ"),
        "か月",
        group_ja="償還",
    ),
    SettingKey(
        "balance_notice_month",
        "償還残額のお知らせを送る月",
        Whole(1, 12),
        7,
        ("RP-20",),
        KANAGAWA_GUIDE.at("償還残額のお知らせ"),
        "月",
        group_ja="償還",
    ),
    SettingKey(
        "completion_notice_months",
        "償還完了のお知らせを送る時期（完了の後）",
        Whole(0, 12),
        2,
        ("RP-20",),
        KANAGAWA_GUIDE.at("償還完了のお知らせ"),
        "か月",
        group_ja="償還",
    ),
    SettingKey(
        "limitation_years",
        "時効の期間（令和2年4月1日以後の契約）",
        Whole(1, 30),
        5,
        ("RP-30",),
        HOUSE_DEFAULT.at("時効の期間"),
        "年",
        group_ja="時効",
        open_question_ja="特例貸付の時効の期間と始まりを定めた資料がない。法律の専門家に確かめる。",
    ),
    SettingKey(
        "limitation_years_old_contracts",
        "時効の期間（令和2年3月31日までの契約）",
        Whole(1, 30),
        10,
        ("RP-30",),
        HOUSE_DEFAULT.at("時効の期間"),
        "年",
        group_ja="時効",
        open_question_ja="民法の改正前の契約に、改正前の期間を当てはめてよいか。法律の専門家に確かめる。",
    ),
    SettingKey(
        "limitation_warning_months",
        "時効の一覧に載せる時期（完成し得る日の前）",
        Whole(1, 120),
        24,
        ("RP-30",),
        HOUSE_DEFAULT.at("時効の一覧"),
        "か月",
        group_ja="時効",
        open_question_ja="どれだけ前に確かめ始めるか。",
    ),
    SettingKey(
        "lump_disbursement_day",
        "総合支援資金の毎月の送金日",
        Whole(1, 28),
        20,
        ("LN-36",),
        TOKYO_CENTRE.at("総合支援資金の送金日"),
        "日",
        group_ja="貸付",
    ),
    SettingKey(
        "two_approvers_from",
        "2人の決裁を要する貸付金額",
        Whole(1, 10_000_000, optional=True),
        None,
        (),
        HOUSE_DEFAULT.at("貸付の決裁"),
        "円以上",
        open_question_ja="いくらから2人の決裁とするか。決めなければ、どの金額も1人の決裁でよい。",
        group_ja="貸付",
    ),
    SettingKey(
        "regular_loan_guide",
        "本則の緊急小口資金の案内",
        Words({"NAGASAKI": "長崎県社会福祉協議会の案内"}),
        "NAGASAKI",
        ("RS-01", "RS-07", "RS-14", "RS-15"),
        REGULAR_LOAN_GUIDE.at("貸付条件の表"),
        group_ja="貸付",
    ),
    SettingKey(
        "regular_household_condition",
        "本則の緊急小口資金の世帯の要件",
        Words(
            {
                "LOW_INCOME": "収入基準額以下の世帯",
                "LOW_INCOME_OR_DISABLED_OR_CARE": "収入基準額以下、または障害者・要介護の高齢者のいる世帯",
            }
        ),
        "LOW_INCOME",
        ("RS-03",),
        REGULAR_LOAN_GUIDE.at("貸付対象となる世帯 1 低所得世帯であること"),
        open_question_ja="案内の冒頭は障害者や要介護の高齢者のいる世帯も挙げる。収入基準額を問うか。",
        group_ja="貸付",
    ),
    SettingKey(
        "regular_income_ceiling",
        "本則の緊急小口資金の収入基準額（世帯人数別の月額）",
        AmountsBySize(10),
        [],
        ("RS-03",),
        REGULAR_LOAN_GUIDE.at("貸付対象となる世帯 1（別に定める収入基準額）"),
        "円",
        open_question_ja="収入基準額は案内に書かれていない。都道府県で定める額。",
        group_ja="貸付",
    ),
    SettingKey(
        "local_papers_small",
        "緊急小口資金（特例）で、このほかに求める書類",
        Checklist(special=True),
        [],
        ("QA-02-03", "QA-02-04", "LN-24"),
        QA_VOL17.at("1 貸付関係 問2-3・問2-4・問23"),
        group_ja="貸付",
    ),
    SettingKey(
        "local_papers_general",
        "総合支援資金（特例）で、このほかに求める書類",
        Checklist(special=True),
        [],
        ("QA-02-03", "QA-02-04", "LN-24"),
        QA_VOL17.at("1 貸付関係 問2-3・問2-4・問23"),
        group_ja="貸付",
    ),
    SettingKey(
        "local_papers_regular",
        "緊急小口資金（本則）で、このほかに求める書類",
        Checklist(special=False),
        [],
        ("LN-24", "RS-19"),
        REGULAR_LOAN_GUIDE.at("申込に必要な書類"),
        group_ja="貸付",
    ),
    SettingKey(
        "transit_red_bank_days",
        "送付便の書類が届かないときに知らせるまでの日数",
        Whole(1, 20),
        3,
        (),
        HOUSE_DEFAULT.at("送付便"),
        "銀行営業日",
        open_question_ja="送った日から何営業日目に届いていなければ探し始めるか。",
        group_ja="書類",
    ),
    SettingKey(
        "second_look_percent",
        "決定した免除申請のうち、再審査する割合",
        Whole(3, 5),
        4,
        (),
        HOUSE_DEFAULT.at("免除の決定の再審査"),
        "%",
        open_question_ja="決定のうち何％を、関わっていない職員が結果を見ずに審査し直すか。",
        group_ja="免除",
    ),
    SettingKey(
        "simulation_valid_days",
        "改正案の試算の有効な日数",
        Whole(1, 60),
        7,
        (),
        HOUSE_DEFAULT.at("規則と設定の改正"),
        "日",
        open_question_ja="試算から何日以内に公表するか。その間の入金や書類は試算に入っていない。",
        group_ja="規則の改正",
    ),
    SettingKey(
        "review_minutes_per_case",
        "免除の審査1件にかかる時間（試算の見積もり）",
        Whole(1, 240),
        20,
        (),
        HOUSE_DEFAULT.at("規則と設定の改正"),
        "分",
        open_question_ja="審査1件に実際に何分かかっているか。",
        group_ja="規則の改正",
    ),
)

BY_KEY: Mapping[str, SettingKey] = {setting.key: setting for setting in KEYS}
