"""The closed lists of words that deferral uses, with the labels people see."""

from __future__ import annotations

from django.db import models


class DeferralState(models.TextChoices):
    """How an application stands. Whether a granted deferral runs or is ending is told from the day, never stored."""

    RECEIVED = "received", "受付済み"
    INCOMPLETE = "incomplete", "書類待ち"
    APPROVED = "approved", "承認"
    REFUSED = "refused", "不承認"
    WITHDRAWN = "withdrawn", "取下げ"

    @property
    def meaning(self) -> str:
        """What the word means for the eye: "", key, caution, stop or done."""
        return _MEANINGS[self]


_MEANINGS = {
    DeferralState.RECEIVED: "key",
    DeferralState.INCOMPLETE: "caution",
    DeferralState.APPROVED: "done",
    DeferralState.REFUSED: "stop",
    DeferralState.WITHDRAWN: "",
}


class DeferralOutcome(models.TextChoices):
    """What was decided for one loan (rule DF-04)."""

    GRANTED = "granted", "承認"
    REFUSED = "refused", "不承認"


class DeferralChannel(models.TextChoices):
    """The way an application came in."""

    PAPER = "paper", "申請書（郵送・窓口）"
    PHONE = "phone", "電話での聞き取り"


class AgencyConsent(models.TextChoices):
    """Whether the borrower agrees that the agency is told (rule DF-17; other grounds of sharing are not ours to see)."""

    YES = "yes", "同意する"
    NO = "no", "同意しない"
    NOT_ASKED = "not_asked", "まだ聞いていない"


class Hardship(models.TextChoices):
    """What is hard now, as told on the telephone. A list of help for the ear, not of conditions (rule DF-02)."""

    INCOME_DOWN = "income_down", "収入が減った・不安定"
    NO_WORK = "no_work", "仕事がない"
    ILL = "ill", "病気・けがで治療中"
    DISASTER = "disaster", "災害にあった"
    OTHER_DEBTS = "other_debts", "ほかの返済が重い・債務整理を考えている"
    UTILITIES = "utilities", "家賃・公共料金・税の滞納がある"
    CARE = "care", "家族の介護・育児で働けない"
    SHELTER = "shelter", "避難している・家を離れている"
    OTHER = "other", "その他"


class Reachable(models.TextChoices):
    """When somebody can be reached by telephone."""

    MORNING = "morning", "平日の午前"
    AFTERNOON = "afternoon", "平日の午後"
    EVENING = "evening", "平日の18時以降"
    WEEKEND = "weekend", "土日・祝日"


class SpokeWith(models.TextChoices):
    """Who was on the telephone."""

    SELF = "self", "借受人ご本人"
    FAMILY = "family", "ご家族（ご本人の了解あり）"
    SUPPORTER = "supporter", "支援者（ご本人の了解あり）"


class EndReason(models.TextChoices):
    """Why a deferral ends before its time (rule DF-18)."""

    WISH = "wish", "ご本人の希望"
    EXEMPTED = "exempted", "償還免除の決定"
    PAID = "paid", "完済"
    OTHER = "other", "その他"


class EndAnswer(models.TextChoices):
    """What the second person said to an early end."""

    AGREED = "agreed", "同意"
    DROPPED = "dropped", "取りやめ"


class OfferOutcome(models.TextChoices):
    """What became of the offer to be connected with the self-reliance agency (rule DF-17)."""

    OFFERED = "offered", "案内した（返事待ち）"
    CONNECTED = "connected", "相談につながった"
    DECLINED = "declined", "本人が希望しない"
