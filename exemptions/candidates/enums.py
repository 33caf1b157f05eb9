"""The closed lists of words about candidates, with the labels people see."""

from __future__ import annotations

from django.db.models import TextChoices


class CandidateKind(TextChoices):
    """What made the night think of somebody. The order is that of the page."""

    OTHER_FUND = "other_fund", "ほかの貸付に出た証明書が使える"
    ASSISTANCE = "assistance", "生活保護の受給が分かった"
    HANDBOOK = "handbook", "障害者手帳の写しがある"
    LONG_ARREARS = "long_arrears", "12か月分以上の滞納が増えている"
    NEW_TAX_YEAR = "new_tax_year", "非課税の年度がある"
    SILENT = "silent", "滞納していて一度も連絡がない"
    LEARNED = "learned", "死亡・所在不明・免責が分かった"


class CandidateState(TextChoices):
    """What became of it. Only what is open waits for somebody."""

    OPEN = "open", "未対応"
    APPLIED = "applied", "申請があった"
    DECIDED = "decided", "決定した"
    SETTLED = "settled", "残りがなくなった"
    GONE = "gone", "理由がなくなった"
    DISMISSED = "dismissed", "対象外とした"
