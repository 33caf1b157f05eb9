"""The rules of repayment (償還) that plans, positions and late interest follow, each with its sentence and its source."""

from __future__ import annotations

from datetime import date

from repayment.deferring.rules import RULES as DEFERRAL_RULES
from rulebook.moves import Moves
from rulebook.rules import Rule
from rulebook.sources import (
    FOLLOW_UP_CIRCULAR,
    HOUSE_DEFAULT,
    KANAGAWA_GUIDE,
    KUJI_PAGE,
    KUMAMOTO_REPAYMENT,
    MHLW_DEFERRAL_FAQ,
    OSAKA_DEFERRAL_GUIDE,
    QA_VOL17,
    REGULAR_LOAN_GUIDE,
    RELOAN_LEAFLET,
    TOKYO_CENTRE,
    Source,
)

SPECIAL_LENDING_BEGAN = date(2020, 3, 25)
"""The special terms apply to loans applied for from this day (MHLW Q&A vol. 17, part 1, question 15)."""

_TABLE = RELOAN_LEAFLET.at("償還月額の表")


def _rule(code: str, wording_ja: str, source: Source) -> Rule:
    return Rule(code, wording_ja, source, in_force_from=SPECIAL_LENDING_BEGAN)


MOVES = Moves.REPAYMENT

RULES: tuple[Rule, ...] = (
    _rule(
        "RP-01",
        "元金だけを毎月同じ額で返す。回数は小口24回、総合支援120回までで、短くも選べる。",
        QA_VOL17.at("参考資料2"),
    ),
    _rule("RP-02", "償還月額は、元金を回数で割り、10円未満を切り捨てた額とする。", _TABLE),
    _rule("RP-03", "割り切れない端数は、最終回に含める。", _TABLE),
    _rule(
        "RP-04", "期日は毎月の引落日で、金融機関の休業日に当たるときは翌営業日とする。", TOKYO_CENTRE.at("口座振替日")
    ),
    _rule(
        "RP-05", "最終償還期限は、最終回の月の末日とする。", OSAKA_DEFERRAL_GUIDE.at("延滞利子の起算（2026年1月から）")
    ),
    _rule(
        "RP-10",
        "引落しができなかったときは、翌月の末日を期限とする払込票を送る。",
        TOKYO_CENTRE.at("引落しができなかった場合"),
    ),
    _rule(
        "RP-11",
        "入金が届くまでの日数の間は、督促をしない。決定の後に届いた入金も受け付ける。",
        TOKYO_CENTRE.at("行き違いの払込票"),
    ),
    _rule("RP-12", "免除の申請中は、引落しと督促を止める。", KANAGAWA_GUIDE.at("免除申請中の払込み")),
    _rule(
        "RP-13",
        "入金は古い回から順に充て、期日の来た分を超える額は次の回に充てる。いつでも繰り上げて返せる。",
        HOUSE_DEFAULT.at("入金の充て方"),
    ),
    _rule("RP-14", "期限後の入金は、元金、延滞利子の順に充てる。", HOUSE_DEFAULT.at("充当順")),
    _rule(
        "RP-20",
        "償還の開始前、入金のない月が3か月・12か月続いたとき、毎年7月、完了の後、最終償還期限が来たときに、お知らせを送る。",
        KANAGAWA_GUIDE.at("お知らせの送付"),
    ),
    _rule(
        "RP-30",
        "時効は、最も古い未納の回の期日、最後の入金、最後の債務の承認のうち最も新しい日から数える（要確認）。",
        HOUSE_DEFAULT.at("時効の数え方"),
    ),
    _rule(
        "LI-01",
        "毎月の滞納に延滞利子は付かない。最終償還期限の後に、残っている元金にだけ付く。",
        REGULAR_LOAN_GUIDE.at("貸付条件の表「延滞利子」"),
    ),
    _rule("LI-02", "延滞利子は年3%の単利で、日割りで計算する。", KUMAMOTO_REPAYMENT.at("延滞利子")),
    _rule("LI-03", "延滞利子の利率は、契約の時の利率による。", KUJI_PAGE.at("延滞利子")),
    _rule(
        "LI-04",
        "延滞利子は、期限の翌日から支払日までの日数を365日で割って計算し、1円未満を切り捨てる。",
        HOUSE_DEFAULT.at("延滞利子の計算式"),
    ),
    _rule("LI-05", "猶予で延びた期間に延滞利子は付かない。", MHLW_DEFERRAL_FAQ.at("猶予期間中の延滞利子")),
    _rule(
        "LI-06",
        "期限後に元金が減ったときは、その前後に分けて延滞利子を計算する。",
        HOUSE_DEFAULT.at("延滞利子の計算式"),
    ),
    _rule("LI-07", "免除した元金には、決定の後、延滞利子が付かない。", HOUSE_DEFAULT.at("免除と延滞利子")),
    *DEFERRAL_RULES,
    _rule(
        "SR-01",
        "計画どおりに返すのが難しい人とは、月々少ない額を返す約束（少額返済）ができる。償還計画と最終償還期限は変わらず、"
        "計画との差は滞納になる。",
        FOLLOW_UP_CIRCULAR.at("参考1 令和4年10月28日通知の概要"),
    ),
    _rule("SR-02", "少額返済は最低の月額以上とし、見直す日を決めておく。", HOUSE_DEFAULT.at("少額返済")),
    _rule(
        "SR-03",
        "少額返済の約束は、始まってからの入金の合計が、過ぎた月の約束の額に届いていれば守られている。",
        HOUSE_DEFAULT.at("少額返済の約束の見方"),
    ),
    _rule(
        "PC-01",
        "計画どおりに返すのが難しい人の償還計画を変更できる。期日の来た分も含めて残っている元金を分け直し、合計は変わらない。",
        FOLLOW_UP_CIRCULAR.at("参考1 令和4年10月28日通知の概要"),
    ),
    _rule(
        "PC-02",
        "変更後の計画は、当初の開始月から資金ごとの最長の回数に猶予の月数を加えた月までに返し終える。",
        HOUSE_DEFAULT.at("償還計画の変更の期間"),
    ),
    _rule(
        "PC-03",
        "変更後の計画は、次に期日の来る月から2か月のうちに始める。それより先に延ばすのは償還猶予である。",
        HOUSE_DEFAULT.at("償還計画の変更の開始月"),
    ),
    _rule("PC-04", "最終償還期限を過ぎた貸付の計画は変更しない。", HOUSE_DEFAULT.at("償還計画の変更の期間")),
)
