"""The closed list of occasions on which the forms are sent."""

from django.db.models import TextChoices


class GuideKind(TextChoices):
    JUDGEMENT = "judgement", "判定年度のご案内"
    LATER_YEAR = "later_year", "判定年度より後のご案内"
    ON_REQUEST = "on_request", "申請書の送付の依頼"
