"""The tree of the flow chart: which question comes next, or the result. Pure; nothing is asked about who is calling.

After the guide with its flow chart of 2024 (forms 1-1-D and 1-2). At most :data:`MOST` questions lead to a result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from exemptions.flowchart.results import (
    ASSISTANCE,
    CARD,
    EVENTS,
    Result,
    later_year,
    long_arrears,
    nothing_now,
    residence_tax,
)
from exemptions.inquiry import newest_fixed_year, tax_known_from
from japan.eras import era_month, fiscal_year_text
from loans.enums import FundKind
from loans.funds import FUNDS

MOST = 6
"""More questions than these are never asked."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: the value in the address, and its words."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its answers; ``hint`` is what helps the caller to answer."""

    key: str
    text: str
    choices: tuple[Choice, ...]
    hint: str = ""


YES_NO = (Choice("yes", "はい"), Choice("no", "いいえ"))
EARLY, LATE = "2022-03", "2022-04"
FUND = Question(
    "fund",
    "どの資金を、いつ申し込みましたか",
    (
        Choice("small-early", "緊急小口資金（特例）　令和4年3月まで"),
        Choice("small-late", "緊急小口資金（特例）　令和4年4月から"),
        Choice("initial-early", "総合支援資金（初回貸付）　令和4年3月まで"),
        Choice("initial-late", "総合支援資金（初回貸付）　令和4年4月から"),
        Choice("extension", "総合支援資金（延長貸付）"),
        Choice("reloan", "総合支援資金（再貸付）"),
        Choice("regular", "緊急小口資金（本則）"),
    ),
    "免除は資金の種類ごとに決まります。いくつもあるときは、資金ごとに聞きます。",
)
STATE = Question(
    "state",
    "借受人は、次のどれかに当てはまりますか",
    (
        Choice("death", "亡くなった"),
        Choice("disappearance", "失踪宣告を受けた"),
        Choice("bankruptcy", "自己破産の免責が確定した"),
        Choice("rehabilitation", "個人再生の返済が終わり、免責が確定した"),
        Choice("assistance", "生活保護を受けている"),
        Choice("card", "障害者手帳がある（精神1級、身体1・2級、療育 重度）"),
        Choice("none", "どれにも当てはまらない"),
    ),
    "生活保護と手帳の両方に当てはまるときは、先に当てはまった方を選びます。",
)
HEAD = Question(
    "head",
    "今の世帯主はだれですか",
    (
        Choice("self", "借受人本人"),
        Choice("separate", "ほかの人（貸付を申し込んだときは別の世帯だった）"),
        Choice("unobtainable", "ほかの人（DVからの避難など、やむを得ない事情で証明書を取れない）"),
        Choice("together", "ほかの人（貸付を申し込んだときも同じ世帯）"),
    ),
    "住民票で、借受人の載っている世帯の世帯主です。",
)
ARREARS = Question(
    "arrears",
    "次のすべてに当てはまりますか",
    YES_NO,
    "滞納が12か月分以上ある／少しずつ入金しているが、滞納が増えている／住民税の所得割が0円／"
    "高齢者のみ・障害者のいる・ひとり親などの世帯である",
)

_KIND = {
    "small-early": (FundKind.SP_SMALL, date(2022, 3, 31)),
    "small-late": (FundKind.SP_SMALL, date(2022, 4, 1)),
    "initial-early": (FundKind.SP_GS_INITIAL, date(2022, 3, 31)),
    "initial-late": (FundKind.SP_GS_INITIAL, date(2022, 4, 1)),
    "extension": (FundKind.SP_GS_EXTENSION, date(2021, 6, 1)),
    "reloan": (FundKind.SP_GS_RELOAN, date(2021, 6, 1)),
    "regular": (FundKind.REG_SMALL, date(2022, 6, 1)),
}


def next_step(answers: Mapping[str, str], on: date) -> Question | Result:
    """Return the next question, or the result that the answers lead to on a day. An answer that is none is asked again."""
    asked = _Asked(answers)
    fund = asked.for_(FUND)
    if not fund:
        return FUND
    state = asked.for_(STATE)
    if not state:
        return STATE
    if state in EVENTS:
        return EVENTS[state]
    if fund == "regular":
        return nothing_now("")
    if state != "none":
        return ASSISTANCE if state == "assistance" else CARD
    head = asked.for_(HEAD)
    if not head:
        return HEAD
    return _tax(asked, fund, head, on)


def _tax(asked: _Asked, fund: str, head: str, on: date) -> Question | Result:
    kind, applied_on = _KIND[fund]
    judged = FUNDS[kind].cohort(applied_on).judgement_years
    newest = newest_fixed_year(on)
    if judged[0] > newest:
        return nothing_now(era_month(tax_known_from(judged[0])), "判定年度")
    both = head == "together"
    papers = ("事情を確認できる書類",) if head == "unobtainable" else ()
    question = tax_question("tax", judged, both=both)
    tax = asked.for_(question)
    if not tax:
        return question
    years = "または".join(fiscal_year_text(year) for year in judged)
    if tax != "no":
        return residence_tax(years, papers, both=both, known=tax == "yes")
    if newest > judged[-1]:
        question = tax_question("later", (newest,), both=both)
        later = asked.for_(question)
        if not later:
            return question
        if later == "yes":
            return later_year(fiscal_year_text(newest), papers, both=both)
    if not asked.for_(ARREARS):
        return ARREARS
    if asked.for_(ARREARS) == "yes":
        return long_arrears(fiscal_year_text(newest))
    return nothing_now(era_month(tax_known_from(max(newest, judged[-1]) + 1)))


def tax_question(key: str, years: tuple[int, ...], *, both: bool) -> Question:
    """Whether nobody who is judged pays residence tax of a year (any of several)."""
    named = "または".join(fiscal_year_text(year) for year in years)
    whose = "借受人と世帯主の両方" if both else "借受人"
    choices = YES_NO if key == "later" else (*YES_NO, Choice("unknown", "分からない"))
    hint = "均等割だけがかかっている、所得割だけが0円、という場合は「いいえ」です。"
    return Question(
        key,
        f"{named}の住民税は、{whose}とも均等割・所得割が0円ですか"
        if both
        else f"{named}の住民税は、{whose}の均等割・所得割がどちらも0円ですか",
        choices,
        hint,
    )


class _Asked:
    """The answers, each taken only if it is one of its question."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self._answers = answers

    def for_(self, question: Question) -> str:
        value = self._answers.get(question.key, "")
        return value if value in {choice.value for choice in question.choices} else ""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that was answered: the words of the answer, and the answers before it, to go back to it."""

    question: Question
    answer: Choice
    before: tuple[tuple[str, str], ...]


def path_of(answers: Mapping[str, str], on: date) -> tuple[tuple[Answered, ...], Question | Result]:
    """Walk from the first question along the answers; return what was answered, and where that leads."""
    taken: dict[str, str] = {}
    path: list[Answered] = []
    step = next_step(taken, on)
    while isinstance(step, Question):
        choice = next((it for it in step.choices if it.value == answers.get(step.key)), None)
        if choice is None:
            break
        path.append(Answered(step, choice, tuple(taken.items())))
        taken[step.key] = choice.value
        step = next_step(taken, on)
    return tuple(path), step
