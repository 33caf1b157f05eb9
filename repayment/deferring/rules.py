"""The rules of deferral (償還猶予), each with its sentence and its source. None of them asks for prospects (DF-02)."""

from __future__ import annotations

from datetime import date

from rulebook.rules import Rule, Rulebook
from rulebook.sources import (
    FOLLOW_UP_CIRCULAR,
    HOUSE_DEFAULT,
    KANAGAWA_GUIDE,
    KANZAKI_PAGE,
    MHLW_DEFERRAL_FAQ,
    MIYAGI_GUIDE,
    OSAKA_DEFERRAL_GUIDE,
    QA_VOL17,
    TOCHIGI_DEFERRAL_PAGE,
    Source,
)

SPECIAL_LENDING_BEGAN = date(2020, 3, 25)


def _rule(code: str, wording_ja: str, source: Source) -> Rule:
    return Rule(code, wording_ja, source, in_force_from=SPECIAL_LENDING_BEGAN)


RULES: tuple[Rule, ...] = (
    _rule(
        "DF-01",
        "災害などやむを得ない事由で償還が著しく困難なとき、借受人の申請により猶予できる。事由は6つで、それぞれ確認する書類がある。",
        QA_VOL17.at("第1部 問15（要綱第14条）"),
    ),
    _rule(
        "DF-02",
        "相談を受けた時点で償還が難しければ足りる。その後に返せる見通しは求めない。",
        FOLLOW_UP_CIRCULAR.at("参考1（2022年10月28日の通知の要旨）"),
    ),
    _rule(
        "DF-03",
        "免除の要件に当たるときは、免除を先に案内する。免除と猶予は同時に申請できる。",
        TOCHIGI_DEFERRAL_PAGE.at("免除との関係"),
    ),
    _rule("DF-04", "猶予は貸付ごとに決定する。", TOCHIGI_DEFERRAL_PAGE.at("申請の方法")),
    _rule("DF-10", "1回の猶予は、原則として1年以内とする。", MHLW_DEFERRAL_FAQ.at("猶予の期間")),
    _rule(
        "DF-11",
        "猶予は、新しい申請によって更新できる。終わる前にお知らせを送る。",
        KANAGAWA_GUIDE.at("猶予期間終了のお知らせ"),
    ),
    _rule(
        "DF-12",
        "締切日までに受け付けた申請は翌月分から、その後に受け付けた申請は翌々月分から猶予する。決定までに期日の来た分は猶予しない。",
        MIYAGI_GUIDE.at("猶予の開始月"),
    ),
    _rule(
        "DF-13",
        "猶予すると、期日の来ていない回が、額と回数はそのままで猶予の月数だけ後に移る。最終償還期限も同じだけ延びる。",
        OSAKA_DEFERRAL_GUIDE.at("猶予の図"),
    ),
    _rule(
        "DF-14", "猶予の前に期日の来た分は、猶予の間も償還が必要である。", OSAKA_DEFERRAL_GUIDE.at("猶予の図（図2）")
    ),
    _rule("DF-15", "猶予した期間に延滞利子は付かない。", MHLW_DEFERRAL_FAQ.at("猶予期間中の延滞利子")),
    _rule("DF-16", "猶予しても、返す元金は減らない。", KANZAKI_PAGE.at("償還猶予")),
    _rule(
        "DF-17",
        "猶予した人には、自立相談支援機関の支援を案内し、つなぐ。",
        MHLW_DEFERRAL_FAQ.at("猶予期間中の支援"),
    ),
    _rule(
        "DF-18",
        "ご本人の希望、免除の決定、完済のときは、猶予を途中で終えることができる。",
        HOUSE_DEFAULT.at("猶予の途中での終了"),
    ),
    _rule("DF-19", "猶予の間も、任意の入金を受け付ける。", HOUSE_DEFAULT.at("猶予の間の入金")),
)

RULEBOOK = Rulebook(RULES)
