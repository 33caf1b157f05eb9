"""The call script in words to read aloud: what is owed for each fund, what counts, what the next letter will say.

Pure: the same facts give the same text. It says amounts, months and days; it never says an address, where somebody lives,
why a decision was made, or that somebody is protected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from japan.eras import era_date, era_date_weekday, era_month
from japan.months import month_index, month_of, year_and_month
from japan.yen import yen
from repayment.enums import HoldReason
from repayment.script.facts import LoanFacts, ScriptFacts
from repayment.status import RepaymentStatus as Status

SETTLED = (Status.EXEMPTED, Status.COMPLETED)
_WAITING = {
    HoldReason.EXEMPTION_PENDING: "免除の申請を審査しています。結果が出るまで、引き落としと督促を止めています。"
    "その間に納めた分は免除の対象にならず、お返しもできません。",
    HoldReason.DEFERRAL_PENDING: "猶予の申請を審査しています。結果が出るまで、引き落としと督促を止めています。",
    HoldReason.DISPUTE: "内容を確かめているため、引き落としと督促を止めています。",
    HoldReason.PROTECTED: "引き落としと督促を止めています。",
}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading for the eye, and sentences for the voice."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """The whole script, in the order it is read."""

    sections: tuple[Section, ...]

    @property
    def text(self) -> str:
        """All of it, a line for each sentence group, headings in brackets."""
        return "\n".join(line for part in self.sections for line in (f"【{part.title}】", *part.lines))


def script_of(facts: ScriptFacts) -> Script:
    """Write the script of a call."""
    if not facts.loans:
        return Script((Section("はじめに", (f"{facts.name}様には、お返しいただく貸付はありません。",)),))
    return Script(
        (
            Section("はじめに", tuple(_opening(facts))),
            *(Section(f"{loan.fund}　{loan.code}", tuple(_loan(loan, facts))) for loan in facts.loans),
            Section("数え方", tuple(_counting(facts))),
            Section("次にお送りするもの", tuple(_letters(facts))),
            Section("おわりに", tuple(_closing(facts))),
        )
    )


def _opening(facts: ScriptFacts) -> Iterator[str]:
    count = len(facts.loans)
    number = f"{count}件" if count > 1 else ""
    yield f"{facts.name}様の貸付{number}について、{era_date(facts.today)}現在の内容をお伝えします。"
    owed = [loan for loan in facts.loans if loan.status not in SETTLED]
    if not owed:
        yield "お返しいただく分は、もうありません。"
        return
    arrears = sum(loan.arrears for loan in owed if asks(loan))
    lead = "合わせて、" if len(owed) > 1 else ""
    sentence = f"{lead}残っている元金は{yen(sum(loan.outstanding for loan in owed))}"
    yield sentence + (f"、そのうち期日が来ていて納まっていない分は{yen(arrears)}です。" if arrears else "です。")


def asks(loan: LoanFacts) -> bool:
    """Whether the voice may ask for what is overdue: not while it is settled, or collection rests."""
    return loan.status not in (*SETTLED, Status.LEGAL) and not any(reason in _WAITING for reason in loan.waits)


# --- one loan ---------------------------------------------------------------------------------------


def _loan(loan: LoanFacts, facts: ScriptFacts) -> Iterator[str]:
    if loan.status == Status.COMPLETED:
        yield "すべて返し終わっています。ありがとうございました。"
    elif loan.status == Status.EXEMPTED:
        yield f"{yen(loan.exempted)}の免除が決まり、お返しいただく分はありません。"
    elif loan.status == Status.LEGAL:
        yield f"残っている元金は{yen(loan.outstanding)}です。"
        yield "債務整理や破産などの手続きの間は、こちらから請求しません。お話は代理人の方を通してください。"
    else:
        yield from _owed(loan, facts)
    if loan.surplus:
        yield f"{yen(loan.surplus)}を多く納めていただいています。お返しする手続きをします。"


def _owed(loan: LoanFacts, facts: ScriptFacts) -> Iterator[str]:
    exempted = f"{yen(loan.exempted)}は免除になり、" if loan.exempted else ""
    yield f"お貸しした{yen(loan.principal)}のうち、{exempted}残っている元金は{yen(loan.outstanding)}です。"
    for reason in loan.waits:
        if reason in _WAITING:
            yield _WAITING[HoldReason(reason)]
    if loan.status == Status.GRACE:
        yield f"返済はまだ始まっていません。{era_month(loan.first_month)}分から、毎月{yen(loan.instalment)}です。"
    if loan.status == Status.PAST_DEADLINE and loan.deadline is not None:
        yield f"返済の期限は{era_date(loan.deadline)}でした。期限の後は、残っている元金に延滞利子が付きます。"
        if loan.late_interest:
            yield f"今日までの延滞利子は{yen(loan.late_interest)}です。"
    if loan.deferred is not None:
        yield (
            f"{era_month(loan.deferred.from_month)}分から{era_month(loan.deferred.last_month)}分までは、"
            "返済をお待ちしています。この間の回は、後ろに延びます。"
        )
    if asks(loan):
        yield from _asked(loan)
    if loan.agreed is not None:
        yield from _agreed(loan)


def _asked(loan: LoanFacts) -> Iterator[str]:
    months = f"（{loan.months_in_arrears}か月分）" if loan.months_in_arrears else "（1か月分に満たない額）"
    if loan.arrears and loan.status == Status.DEFERRED:
        yield f"お待ちする前に期日の来た{yen(loan.arrears)}{months}は、今もお支払いが必要です。"
    elif loan.arrears and loan.status != Status.PAST_DEADLINE:
        yield f"期日が来ていて納まっていない分が{yen(loan.arrears)}{months}あります。"
    elif loan.status == Status.REPAYING:
        yield "滞納はありません。"
    if loan.paid_ahead:
        yield f"先に{yen(loan.paid_ahead)}を納めていただいています。これからの回に、古い回から充てます。"
    if loan.next is not None and loan.agreed is None:
        apart = "これは滞納とは別です。" if loan.arrears else ""
        yield f"次は{era_date_weekday(loan.next.on)}に{yen(loan.next.amount)}です。{apart}"


def _agreed(loan: LoanFacts) -> Iterator[str]:
    agreed = loan.agreed
    assert agreed is not None
    yield (
        f"{era_month(agreed.last_month)}分までは、毎月{yen(agreed.monthly_amount)}を納めていただく約束です。"
        f"{era_date(agreed.review_on)}までに、見直しのご相談をします。"
    )
    if loan.instalment > agreed.monthly_amount and loan.status == Status.REPAYING:
        yield (
            f"計画の額は毎月{yen(loan.instalment)}のままですので、約束どおりでも、滞納は毎月"
            f"{yen(loan.instalment - agreed.monthly_amount)}ずつ増えます。"
        )


# --- what counts ------------------------------------------------------------------------------------


def _counting(facts: ScriptFacts) -> Iterator[str]:
    owed = [loan for loan in facts.loans if loan.status not in SETTLED]
    if not owed:
        yield "これから期日の来る分はありません。"
        return
    yield "納めていただいたお金は、古い回から順に充てます。期日の来た分を超えた額は、次の回に回ります。"
    if any(loan.deferred for loan in owed):
        yield "お待ちしている月は、滞納にも、返した回数にも数えません。最後の期限も、その月数だけ延びます。"
    if any(loan.agreed for loan in owed):
        yield (
            "少なく納める約束は、計画を変えるものではありません。滞納が増えていても、"
            "世帯の状況によっては免除を申請できることがあります。"
        )
    if any(loan.exempted for loan in facts.loans):
        yield "免除になった分は、お返しいただいたものとは数えません。免除の前に納めた分は、お返しできません。"
    if all(loan.status != Status.PAST_DEADLINE for loan in owed):
        yield (
            f"毎月の遅れには利子は付きません。最後の期限を過ぎて残った元金にだけ、年{facts.late_rate}の延滞利子が付きます。"
        )


# --- letters ----------------------------------------------------------------------------------------


def _letters(facts: ScriptFacts) -> Iterator[str]:
    said = [*_under_way(facts.letters), *_arrears_letters(facts), *_deferral_letters(facts)]
    yield from said or _yearly(facts)


def _under_way(letters: Iterable[str]) -> Iterator[str]:
    names = "、".join(f"「{name}」" for name in dict.fromkeys(letters))
    if names:
        yield f"{names}をご用意しています。届きましたら、内容をお確かめください。"


def _arrears_letters(facts: ScriptFacts) -> Iterator[str]:
    for loan in facts.loans:
        if loan.dunning_rests or not (loan.arrears and asks(loan)):
            continue
        limit = next((months for months in facts.arrears_notice_months if months > loan.unpaid_months), None)
        if limit is None:
            continue
        more = limit - loan.unpaid_months
        still = f"このままあと{more}か月" if loan.unpaid_months else f"このまま{more}か月"
        yield (
            f"{loan.fund}は、{still}お支払いがないと、「償還滞納額のお知らせ」をお送りします。"
            "納まっていない額と、ご相談の窓口が書かれています。"
        )


def _deferral_letters(facts: ScriptFacts) -> Iterator[str]:
    for loan in facts.loans:
        if loan.deferred is None or loan.status in SETTLED:
            continue
        tells_in = loan.deferred.last_month - facts.deferral_notice_months
        if tells_in >= month_index(facts.today):
            yield (
                f"{loan.fund}は、{era_month(tells_in)}ごろに、猶予が終わることのお知らせをお送りします。"
                "返済の再開の日と、続けて猶予を申請する方法が書かれています。"
            )


def _yearly(facts: ScriptFacts) -> Iterator[str]:
    if all(loan.status in (*SETTLED, Status.LEGAL) for loan in facts.loans):
        yield "今のところ、お送りする予定の通知はありません。"
        return
    year, month = year_and_month(month_index(facts.today))
    told = month_of(year if month < facts.balance_month else year + 1, facts.balance_month)
    yield f"次は、{era_month(told)}の「償還残額のお知らせ」です。残っている元金と、納まっていない額が書かれています。"


def _closing(facts: ScriptFacts) -> Iterator[str]:
    if all(loan.status in (*SETTLED, Status.LEGAL) for loan in facts.loans):
        yield "暮らしのことで困ったときは、いつでもご相談ください。"
        return
    yield (
        "お支払いが難しいときは、待つこと（猶予）、少なく納めること（少額返済）、計画を変えること、"
        "免除の申請をご相談いただけます。"
    )
    yield "お仕事や世帯に変わりがあったときも、お知らせください。"
