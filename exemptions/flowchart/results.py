"""What the flow chart can end in: what is covered, which papers are needed, what to say. Pure; sentences for the caller."""

from __future__ import annotations

from dataclasses import dataclass

FORM_1_1 = "償還免除申請書【要件①】（様式1-1、貸付コードごとに1枚）"
FORM_1_2 = "償還免除申請書【要件②～④】（様式1-2、貸付コードごとに1枚）"
RECORD = "住民票（世帯全員、続柄と世帯主のあるもの、マイナンバーのないもの、発行から3か月以内）"
WAITS = "申請は今できます。決定は、償還が始まってからです。"
NOT_PAID_BACK = "決定までに返済した金額は戻りません。"
CONSENTS = "申請書の同意欄①～⑥のすべてに印が必要です。消せるペンや鉛筆では記入できません。"


@dataclass(frozen=True, slots=True)
class Result:
    """The end of the flow chart. ``possible`` is False where no ground of exemption is in sight.

    ``rules`` are the codes of the rules it rests on.
    """

    key: str
    headline: str
    covers: str
    papers: tuple[str, ...]
    notes: tuple[str, ...]
    rules: tuple[str, ...]
    possible: bool = True


def residence_tax(years: str, situation_papers: tuple[str, ...], *, both: bool, known: bool) -> Result:
    """Requirement ①; ``known`` says whether the caller is sure of the tax."""
    whose = "借受人と世帯主" if both else "借受人"
    headline = "要件①（住民税非課税）で申請できます" if known else "要件①に当てはまるか、証明書で確かめられます"
    return Result(
        "residence_tax" if known else "residence_tax_to_prove",
        headline,
        "まだ期日の来ていない分が対象です。期日を過ぎた分は返済が必要です。",
        (FORM_1_1, f"{whose}の{years}の課税（非課税）証明書", RECORD, *situation_papers),
        ("均等割と所得割の両方が0円の場合です。", NOT_PAID_BACK, CONSENTS),
        ("EX-10", "EX-11", "EX-12", "EX-16"),
    )


def later_year(year: str, situation_papers: tuple[str, ...], *, both: bool) -> Result:
    """Requirement ①′."""
    whose = "借受人と世帯主" if both else "借受人"
    return Result(
        "later_year",
        "要件①′（後の年度の非課税）で、一部の免除を申請できます",
        "受付の後で最初に来る、償還が始まった月と同じ月（多くは1月）より後の分が対象です。それより前の分は返済が必要です。",
        (FORM_1_1, f"{whose}の{year}の課税（非課税）証明書", RECORD, *situation_papers),
        ("返し終わる月までに対象の月が残っている場合に限ります。", NOT_PAID_BACK, CONSENTS),
        ("EX-20", "EX-21", "EX-22"),
    )


def long_arrears(year: str) -> Result:
    """Requirement ④."""
    return Result(
        "long_arrears",
        "要件④（12か月分以上の滞納）で申請できます",
        "期日を過ぎて滞っている金額だけが対象です。これから期日の来る分は残ります。",
        (FORM_1_2, f"{year}の課税（非課税）証明書（所得割が0円のもの）", "世帯の種類を確認できる書類", RECORD),
        ("少しずつでも入金があり、それでも滞納が増えている場合です。", NOT_PAID_BACK, CONSENTS),
        ("EX-40", "EX-41", "EX-43"),
    )


ASSISTANCE = Result(
    "public_assistance",
    "要件②（生活保護）で申請できます",
    "残っている金額の全部が対象です。滞っている分を含みます。",
    (FORM_1_2, "生活保護受給証明書（受給の開始日のあるもの）"),
    ("手帳もお持ちなら、先に当てはまった方の一つに印をつけます。", WAITS, NOT_PAID_BACK, CONSENTS),
    ("EX-30", "EX-35", "EX-36"),
)
CARD = Result(
    "disability",
    "要件③（障害者手帳）で申請できます",
    "残っている金額の全部が対象です。滞っている分を含みます。",
    (FORM_1_2, "障害者手帳の写し（氏名・等級・交付日の面）"),
    ("生活保護も受けているなら、先に当てはまった方の一つに印をつけます。", WAITS, NOT_PAID_BACK, CONSENTS),
    ("EX-31", "EX-32", "EX-33", "EX-35"),
)


def event(key: str, headline: str, paper: str, rule: str, *, consents: bool) -> Result:
    """One of the grounds outside the forms: death, disappearance, discharges."""
    notes = (
        (WAITS, NOT_PAID_BACK, CONSENTS)
        if consents
        else ("ご家族などからの届け出で始まります。", WAITS, NOT_PAID_BACK)
    )
    return Result(
        key,
        headline,
        "残っている金額の全部または一部が対象です。",
        (paper,),
        notes,
        (rule, "EX-35"),
    )


EVENTS: dict[str, Result] = {
    "death": event(
        "death", "借受人の死亡による免除です", "死亡を確認できる書類（除籍謄本など）", "EX-50", consents=False
    ),
    "disappearance": event(
        "disappearance", "失踪宣告による免除です", "失踪宣告を確認できる書類（戸籍など）", "EX-51", consents=False
    ),
    "bankruptcy": event(
        "bankruptcy", "自己破産の免責確定による免除です", "免責の確定を確認できる書類", "EX-52", consents=True
    ),
    "rehabilitation": event(
        "rehabilitation",
        "個人再生の完了による免除です",
        "個人再生の完了と免責を確認できる書類",
        "EX-53",
        consents=True,
    ),
}


def nothing_now(next_chance: str, of_year: str = "次の年度") -> Result:
    """No ground in sight: what helps otherwise, and in which month the tax of a year is fixed that may open one."""
    again = (f"{next_chance}に{of_year}の住民税が決まると、申請できることがあります。",) if next_chance else ()
    return Result(
        "nothing_now",
        "今は免除の要件に当てはまりません",
        "返済が難しいときは、償還猶予・少額返済・計画の変更をご案内します。",
        ("償還猶予：事由を確認する書類（離職票、診断書、罹災証明書、意見書など）",),
        ("猶予は電話でも申し込めます。少額返済は月々の額を減らす約束で、計画との差は滞納になります。", *again),
        ("DF-01", "SR-01", "PC-01"),
        possible=False,
    )
