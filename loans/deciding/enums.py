"""The closed lists of words of decisions on loans."""

from django.db import models


class DecisionOutcome(models.TextChoices):
    APPROVED = "approved", "貸付決定"
    REFUSED = "refused", "不承認"


class SanctionKind(models.TextChoices):
    """What a council may do about a loan obtained by deceit (LN-39; MHLW Q&A vol. 17, part 1, question 28)."""

    LUMP_SUM = "lump_sum", "一括償還の請求"
    STOP = "stop", "以後の貸付の停止"
    CANCEL = "cancel", "貸付契約の解除"


class ProposalState(models.TextChoices):
    """Something one person proposed and another one has to agree to."""

    PROPOSED = "proposed", "決裁待ち"
    AGREED = "agreed", "決定"
    DROPPED = "dropped", "取りやめ"


class Bridge(models.TextChoices):
    """Help for the days until urgent money is there (MHLW Q&A vol. 17, part 1, question 21)."""

    OWN_LOAN = "own_loan", "市区町村・社協の独自の貸付"
    FOOD = "food", "フードバンクなどの食料支援"
    LODGING = "lodging", "一時生活支援事業による宿泊場所"
    WELFARE_OFFICE = "welfare_office", "救護施設等の入所について福祉事務所へ連絡"
