"""The closed lists of words of direct debit, with the labels people see."""

from __future__ import annotations

from django.db import models


class MandateState(models.TextChoices):
    """Where the borrower's consent to be debited (口座振替依頼書) stands at the bank."""

    REQUESTED = "requested", "銀行に提出中"
    REGISTERED = "registered", "登録済み"
    ENDED = "ended", "終了"


class DebitState(models.TextChoices):
    """Where a run stands. What comes before it, 抽出, is a question and not a row."""

    LOCKED = "locked", "確定"
    APPROVED = "approved", "承認済み"
    WRITTEN = "written", "ファイル作成済み"
    SENT = "sent", "送信済み"
    RESULTED = "resulted", "結果取込済み"
    POSTED = "posted", "消込済み"
    CLOSED = "closed", "締め済み"
    DISCARDED = "discarded", "取りやめ"


class LeftOut(models.TextChoices):
    """Why a loan is not debited in a month, or should not have been."""

    GIVEN_UP = "given_up", "誤登録の貸付"
    EXEMPTED = "exempted", "免除済み"
    COMPLETED = "completed", "完済"
    DEAD = "dead", "借受人が死亡"
    HELD_EXEMPTION = "hold_exemption_pending", "免除の審査中"
    HELD_DEFERRAL = "hold_deferral_pending", "猶予の審査中"
    HELD_LEGAL = "hold_legal", "債務整理・破産などの手続き中"
    HELD_PROTECTED = "hold_protected", "支援措置による停止"
    HELD_DISPUTE = "hold_dispute", "内容を確認中"
    PROTECTED = "protected", "支援措置中"
    GRACE = "grace", "据置中"
    DEFERRED = "deferred", "償還猶予中"
    PAST_LAST = "past_last", "最終回を過ぎている"
    EXEMPTED_MONTH = "exempted_month", "この月の分は免除済み"
    AHEAD = "ahead", "この月の分は入金済み"
    LESS = "less", "この月の分は一部入金済み"
    NO_ACCOUNT = "no_account", "引落口座がない"
    NO_MANDATE = "no_mandate", "口座振替の登録がない"
    TROUBLE = "trouble", "口座の不備を確認中"
    UNFIT = "unfit", "引き落とせない種類の口座"
    CHANGED = "changed", "引落口座が変わった"
    OTHER_DAY = "other_day", "引落日が別の日"
    TAKEN = "taken", "ほかの口座振替に入っている"


ACCOUNT_REASONS = (LeftOut.NO_ACCOUNT, LeftOut.NO_MANDATE, LeftOut.TROUBLE, LeftOut.UNFIT, LeftOut.CHANGED)
"""Reasons about the account alone: the bank should not debit it, but what it does collect is owed."""


class NextStep(models.TextChoices):
    """What follows a debit that failed (RP-10 and the result codes of the standard)."""

    SLIP = "slip", "払込票を送る"
    ACCOUNT = "account", "口座を確かめる"
    CONTACT = "contact", "ご本人に連絡する"
    STOPPED = "stopped", "こちらから停止を依頼したもの"
    REVIEW = "review", "銀行に確かめる"


STEP_OF_CODE = {
    "1": NextStep.SLIP,
    "2": NextStep.ACCOUNT,
    "3": NextStep.CONTACT,
    "4": NextStep.ACCOUNT,
    "8": NextStep.STOPPED,
}
"""Result code to next step; 9 and the codes that the standard does not define are looked at by a person."""

BLOCKS_THE_ACCOUNT = ("2", "3", "4")
"""Codes after which an account is not debited again until somebody has confirmed it."""


def step_of(code: str) -> NextStep:
    """The next step after a result code other than 0."""
    return STEP_OF_CODE.get(code, NextStep.REVIEW)
