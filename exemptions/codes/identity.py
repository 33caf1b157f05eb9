"""What has to be answered before codes are told on the telephone. Pure.

The guide only says that borrowers who do not know their codes shall call; no source says how the caller is known. The
questions are ours. Name, reading and birth date are asked to find the person; whoever lived with the borrower knows
these, the address and the telephone number as well. So one answer has to come from the loan itself, and a second from
anywhere. For somebody under protection the address is no question, and the council calls back on the number it has.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import TextChoices


class Question(TextChoices):
    """What a caller was asked and answered as it is registered."""

    LOAN = "loan", "借りた資金の種類と申し込んだ年月"
    ACCOUNT = "account", "送金先または引落口座の金融機関と口座番号の下3桁"
    SIZE = "size", "申し込んだときの世帯の人数"
    PHONE = "phone", "登録の電話番号の下4桁"
    ADDRESS = "address", "登録の住所"
    CALL_BACK = "call_back", "登録の電話番号へかけ直して話した"


FROM_THE_LOAN = frozenset({Question.LOAN, Question.ACCOUNT, Question.SIZE})
"""What somebody who only knows the borrower would hardly know."""
ENOUGH = 2


def asked_of(*, protected: bool) -> tuple[Question, ...]:
    """Return the questions for a caller; nobody is asked for an address that is withheld."""
    return tuple(question for question in Question if not (protected and question == Question.ADDRESS))


def still_missing(answered: Collection[Question], *, protected: bool) -> tuple[str, ...]:
    """Return what is missing before codes may be told, one sentence each; empty where nothing is."""
    told = set(answered) & set(asked_of(protected=protected))
    missing = []
    if not told & FROM_THE_LOAN:
        names = "」「".join(question.label for question in Question if question in FROM_THE_LOAN)
        missing.append(f"「{names}」のうち、少なくとも1つを確かめてください。")
    if len(told - {Question.CALL_BACK}) < ENOUGH:
        missing.append(f"かけ直しのほかに、{ENOUGH}つ以上を確かめてください。")
    if protected and Question.CALL_BACK not in told:
        missing.append("支援措置の方、または同じ世帯の方です。登録の電話番号へかけ直して、ご本人と話してください。")
    return tuple(missing)
