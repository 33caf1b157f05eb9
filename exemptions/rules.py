"""The rules of exemption (償還免除), each with its sentence and its source. The page 「適用中の規則」 shows this list.

EX-13 stands aside: what requirement ① takes is told by EX-16 and EX-17, which of them holds by the setting
``late_application_policy``. EX-54 to EX-56 (untraceable borrowers, the general rule of 1999, arrears exempted ex
officio) are looked at only where the council begins them itself.
"""

from __future__ import annotations

from datetime import date

from rulebook.moves import Moves
from rulebook.rules import Rule, Rulebook
from rulebook.sources import (
    EASY_LEAFLET,
    EXEMPTION_GUIDE,
    EXEMPTION_RULES_1999,
    FORM_1_1_D,
    FORM_1_2,
    FUKUOKA_GUIDE,
    HOUSE_DEFAULT,
    KUMAMOTO_TABLE,
    OSAKA_EXEMPTION_GUIDE,
    QA_VOL17,
    TOKUSHIMA_PAGE,
    Source,
)

SPECIAL_LENDING_BEGAN = date(2020, 3, 25)
"""The special terms apply to loans applied for from this day (MHLW Q&A vol. 17, part 1, question 15)."""

_POINTS = EXEMPTION_GUIDE.at("返済免除のポイント")
_TABLE = EXEMPTION_GUIDE.at("免除要件と免除上限額の表")
_REASON_1 = FORM_1_2.at("免除申請理由①")
_REASON_2 = FORM_1_2.at("免除申請理由②")
_EXEMPTION_Q2 = QA_VOL17.at("2 償還免除関係 問2")


def _rule(code: str, wording_ja: str, source: Source) -> Rule:
    return Rule(code, wording_ja, source, in_force_from=SPECIAL_LENDING_BEGAN)


MOVES = Moves.EXEMPTION

RULES: tuple[Rule, ...] = (
    _rule("EX-01", "免除には申請が必要で、要件に当てはまっても自動的には免除されない。", _POINTS),
    _rule(
        "EX-02",
        "免除は資金の種類ごとに決定し、決定通知には免除額を記載する。申請書は貸付コードごとに1枚。",
        QA_VOL17.at("2 償還免除関係 問1・問4"),
    ),
    _rule("EX-03", "決定までに返済した金額は免除の対象にならず、払い戻さない。", _POINTS),
    _rule(
        "EX-04",
        "免除の後も、自立相談支援機関等が継続的に支援する。",
        EXEMPTION_GUIDE.at("免除要件と免除上限額の表 ※2"),
    ),
    _rule("EX-05", "不承認の理由は、申請者に開示しない。", FORM_1_1_D.at("同意チェック欄⑤")),
    _rule(
        "EX-06",
        "記載が虚偽であった場合や要件に該当しないことが判明した場合は、免除を取り消す。免除を目的に世帯主を変更した場合を含む。",
        FORM_1_1_D.at("同意チェック欄⑥"),
    ),
    _rule("EX-07", "返済中でも免除を受けられる。", _POINTS),
    _rule("EX-08", "免除額は資金種類ごとの上限額（20万円、45万円または60万円）まで。", _TABLE),
    _rule(
        "EX-10",
        "判定年度の住民税で判定する。判定年度は資金の種類と貸付の申請日で決まり、2つあるときはどちらかでよい。",
        _TABLE,
    ),
    _rule(
        "EX-11",
        "判定の対象者の住民税が、均等割・所得割のいずれも非課税である。所得割だけの非課税は含まない。",
        QA_VOL17.at("2 償還免除関係 問3"),
    ),
    _rule(
        "EX-12",
        "判定の対象者は借受人と世帯主で、ほかの世帯員は問わない。世帯主が貸付申請時に別世帯だった場合や、"
        "DVによる避難等で世帯主の証明書を取れない場合は、借受人のみ。",
        FORM_1_1_D.at("世帯の状況"),
    ),
    _rule("EX-14", "判定年度より前の年度の住民税では判定しない。", _TABLE),
    _rule(
        "EX-15",
        "受付期間の後も申請できる。ただし一部の返済が必要になることがある。",
        EASY_LEAFLET.at("いつまで申し込みができますか"),
    ),
    _rule("EX-16", "償還開始後に滞っている分は一括免除の対象とならず、期日の来ていない分を免除する。", _EXEMPTION_Q2),
    _rule("EX-17", "期日の来た分も含め、残っている元金の全額を免除する。", FUKUOKA_GUIDE.at("免除の対象となる金額")),
    _rule(
        "EX-20",
        "判定年度より後の年度に、対象者の住民税が非課税となったときは、残りの一部を免除する。",
        _POINTS,
    ),
    _rule(
        "EX-21",
        "免除は、受付月以後で最初の、当初の償還開始月と同じ月に期日の来る分から。受付日に確定している最新の年度で判定する。",
        KUMAMOTO_TABLE.at("判定年度以降に非課税となった場合"),
    ),
    _rule("EX-22", "免除の開始月より前に期日の来る分は、支払済みかどうかにかかわらず償還が必要。", _EXEMPTION_Q2),
    _rule(
        "EX-23",
        "免除の開始月以後に期日の来る分がなければ、免除できる金額はない。",
        KUMAMOTO_TABLE.at("判定年度以降に非課税となった場合"),
    ),
    _rule(
        "EX-24",
        "償還が残っている間は、新しい年度ごとに改めて申請できる。",
        KUMAMOTO_TABLE.at("判定年度以降に非課税となった場合"),
    ),
    _rule(
        "EX-25",
        "当初の償還開始月と同じ月に受け付けた申請は、その月から免除する。",
        FUKUOKA_GUIDE.at("翌年度以降に非課税となった場合"),
    ),
    _rule("EX-30", "申請の受付の時に、借受人が生活保護を受給している。", _REASON_1),
    _rule("EX-31", "借受人が精神障害者保健福祉手帳（1級）の交付を受けている。", _REASON_1),
    _rule("EX-32", "借受人が身体障害者手帳（1級または2級）の交付を受けている。", _REASON_1),
    _rule("EX-33", "借受人が療育手帳（重度。「A」など）の交付を受けている。", _REASON_1),
    _rule("EX-34", "生活保護と手帳は、借受人本人について判定する。", _REASON_1),
    _rule(
        "EX-35",
        "要件に当てはまれば申請できるが、決定は償還が始まってから（当初の第1回の引落日以後）。",
        EASY_LEAFLET.at("②～④に当てはまる人"),
    ),
    _rule("EX-36", "生活保護と手帳のどちらにも当てはまる場合は、最も早い段階で該当したものによる。", _REASON_1),
    _rule(
        "EX-40",
        "償還開始以降12か月分以上の償還未済額があり、分納・少額返済をしているが滞納が増加し、住民税所得割が非課税で、"
        "高齢者のみ・障害者・ひとり親等の世帯である。",
        _REASON_2,
    ),
    _rule("EX-41", "免除するのは、償還開始以降に滞っている金額に限る。", _REASON_2),
    _rule("EX-42", "生活保護または手帳の要件に当てはまる場合は、要件④は判定しない。", _REASON_2),
    _rule(
        "EX-43",
        "滞納の増加は、受付日の滞納額が12か月前より多く、その間に入金があることで見る。猶予中の月は数えない。",
        HOUSE_DEFAULT.at("要件④の滞納の増加"),
    ),
    _rule("EX-50", "借受人が死亡した。", _POINTS),
    _rule("EX-51", "借受人が失踪宣告を受けた。", _POINTS),
    _rule("EX-52", "自己破産の手続きが終わり、免責が確定した。", OSAKA_EXEMPTION_GUIDE.at("免除の要件（自己破産）")),
    _rule(
        "EX-53",
        "個人再生の計画による返済が終わり、免責が確定した。",
        OSAKA_EXEMPTION_GUIDE.at("免除の要件（個人再生）"),
    ),
    _rule(
        "EX-54", "所在が分からない借受人の免除は、都道府県社協が個別に判断する。", TOKUSHIMA_PAGE.at("所在不明の場合")
    ),
    _rule(
        "EX-55",
        "死亡して相続人等から償還を受けられない場合や、期限から2年以上所在が分からない場合の一般の免除。",
        EXEMPTION_RULES_1999.at("償還免除の要件"),
    ),
    _rule("EX-56", "償還開始以後の借受人の事情による滞納は、必要があれば職権で免除できる。", _EXEMPTION_Q2),
    _rule(
        "EX-60", "申請書の同意欄①～⑥のすべてに印がある。印がない場合は免除できない。", FORM_1_1_D.at("同意チェック欄")
    ),
)

RULEBOOK = Rulebook(RULES)
