from django.db import models


class Conclusion(models.TextChoices):
    """What comes of two answers to the same case, or of like cases decided differently."""

    STANDS = "stands", "決定はそのままでよい"
    REVIEWED = "reviewed", "取消や再申請の手続きを検討する"
    PRACTICE = "practice", "審査のしかたをそろえる"
    UNLIKE = "unlike", "同じ条件の申請ではない"
