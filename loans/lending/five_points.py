"""The five points to confirm before an application for a special loan is refused (MHLW Q&A vol. 17, question 2-9)."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import TextChoices

from loans.enums import FundKind
from rulebook.sources import QA_VOL17

SOURCE = QA_VOL17.at("1 貸付関係 問2-9")


class Point(TextChoices):
    """What has to be confirmed, each as a sentence that is ticked once it was looked into."""

    DEGREE = "DEGREE", "収入の減少の程度は問わないことを踏まえて確かめた（問2-2）"
    STUDENT = "STUDENT", "内定取消しの学生について、仕送りや奨学金の終了も減少とみて確かめた（問2-5）"
    OTHER_MEMBERS = "OTHER_MEMBERS", "本人以外の世帯員の減少による世帯収入の減少を確かめた（問2-6）"
    SHORT_JOBS = "SHORT_JOBS", "短期や単発の仕事の収入も含めて減少を確かめた（問2-10・問17-1）"
    ABILITY = "ABILITY", "償還の可能性を厳密に求めていないことを踏まえて確かめた（問27）"


def is_asked(fund: FundKind) -> bool:
    """Whether the five points apply: to the special loans."""
    return fund != FundKind.REG_SMALL


def not_confirmed(answers: Mapping[str, bool]) -> tuple[Point, ...]:
    """Return the points that nobody has confirmed yet."""
    return tuple(point for point in Point if not answers.get(point.value))
