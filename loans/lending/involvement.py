"""How the self-reliance consultation agency has to be involved in the regular loan (K-7): at most six questions.

The tree ends in an outcome and the one paper that proves it. Source: the regular loan's guide, 「自立相談支援機関との連携」
and 「添付書類⑥」. Pure: the screen asks what :func:`walk` says is next, until it has an outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices

from loans.lending.enums import Involvement
from people.enums import PaperKind
from rulebook.sources import REGULAR_LOAN_GUIDE, Source


class Question(TextChoices):
    """What is asked, each to be answered with yes or no."""

    COMPLEX = "COMPLEX", "借金、仕事、健康、家族など、いくつもの課題が重なり、資金の貸付だけでは解決が難しいですか。"
    STABLE = "STABLE", "一定の安定した収入がありますか。"
    TRANSIENT = "TRANSIENT", "資金が必要になった理由は、一時的なものだけですか。"
    ON_THE_WAY = "ON_THE_WAY", "返済の見通しが立ち、就労支援などの必要は小さいですか。"
    STRAINED_BUDGET = "STRAINED_BUDGET", "家計のやりくりに、次のような難しさがありますか。"
    BUDGET_SUPPORT_FOUND_NEEDED = (
        "BUDGET_SUPPORT_FOUND_NEEDED",
        "自立相談支援機関は、家計改善支援事業の利用が必要だと認めましたか。",
    )


EXAMPLES: Mapping[Question, tuple[str, ...]] = {
    Question.TRANSIENT: (
        "突発的なけがや病気の医療費",
        "年金を受け取るまでの生活費",
        "初回給料日や生活保護の初回支給日までのつなぎ",
        "休業による収入減や、給与の盗難",
        "通勤に欠かせない自動車の車検代",
    ),
    Question.STRAINED_BUDGET: (
        "収入より生活費が多く、借金に頼ったり支払いを遅らせたりしている",
        "収入が少ない、または変動が大きいが、生活保護の対象にならない",
        "収入はあるが、家賃、光熱水費、学校の納付金、税金などを滞納している",
        "カードに頼って暮らし、借金がいくらあるか把握していない",
        "収入が2～4か月ごとで、家計の管理が難しい",
    ),
}

_AFTER: Mapping[tuple[Question, bool], Question | Involvement] = {
    (Question.COMPLEX, True): Question.STRAINED_BUDGET,
    (Question.COMPLEX, False): Question.STABLE,
    (Question.STABLE, True): Question.TRANSIENT,
    (Question.STABLE, False): Question.STRAINED_BUDGET,
    (Question.TRANSIENT, True): Question.ON_THE_WAY,
    (Question.TRANSIENT, False): Question.STRAINED_BUDGET,
    (Question.ON_THE_WAY, True): Involvement.NOT_NEEDED,
    (Question.ON_THE_WAY, False): Question.STRAINED_BUDGET,
    (Question.STRAINED_BUDGET, True): Question.BUDGET_SUPPORT_FOUND_NEEDED,
    (Question.STRAINED_BUDGET, False): Involvement.AGENCY,
    (Question.BUDGET_SUPPORT_FOUND_NEEDED, True): Involvement.AGENCY_AND_BUDGET,
    (Question.BUDGET_SUPPORT_FOUND_NEEDED, False): Involvement.AGENCY,
}

FIRST = Question.COMPLEX

SOURCES: Mapping[Involvement, Source] = {
    Involvement.NOT_NEEDED: REGULAR_LOAN_GUIDE.at("自立相談支援機関との連携「利用が不要な場合」"),
    Involvement.AGENCY: REGULAR_LOAN_GUIDE.at("添付書類⑥b"),
    Involvement.AGENCY_AND_BUDGET: REGULAR_LOAN_GUIDE.at("添付書類⑥a"),
}

PROVING_PAPER: Mapping[Involvement, PaperKind | None] = {
    Involvement.NOT_NEEDED: None,
    Involvement.AGENCY: PaperKind.AGENCY_SLIP,
    Involvement.AGENCY_AND_BUDGET: PaperKind.LOAN_MEDIATION,
}


@dataclass(frozen=True, slots=True)
class Walk:
    """How far the answers lead: the questions answered, and either the next one or the outcome."""

    asked: tuple[Question, ...]
    question: Question | None
    outcome: Involvement | None

    @property
    def paper(self) -> PaperKind | None:
        """The paper that proves the outcome; None while there is none, or where none is needed."""
        return PROVING_PAPER[self.outcome] if self.outcome is not None else None


def walk(answers: Mapping[str, bool]) -> Walk:
    """Follow the answers (by the question's key) from the first question. Answers to questions not reached are ignored."""
    asked: list[Question] = []
    at: Question | Involvement = FIRST
    while isinstance(at, Question):
        if at.value not in answers:
            return Walk(tuple(asked), at, None)
        asked.append(at)
        at = _AFTER[at, bool(answers[at.value])]
    return Walk(tuple(asked), None, at)
