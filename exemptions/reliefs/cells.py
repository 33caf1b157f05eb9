"""The reliefs there are, the four answers, and one cell of the map. Pure: yen, months as index."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices

from exemptions.enums import Ground
from japan.eras import era_month


class Relief(TextChoices):
    """What can help with a loan, in the order of the columns: the grounds of exemption, then paying otherwise."""

    RESIDENCE_TAX = "residence_tax", "① 住民税非課税（判定年度）"
    LATER_YEAR = "later_year", "①' 住民税非課税（後の年度）"
    PUBLIC_ASSISTANCE = "public_assistance", "② 生活保護"
    DISABILITY = "disability", "③ 障害者手帳"
    LONG_ARREARS = "long_arrears", "④ 12か月分以上の滞納"
    DEATH = "death", "死亡"
    DISAPPEARANCE = "disappearance", "失踪宣告"
    BANKRUPTCY = "bankruptcy", "自己破産"
    REHABILITATION = "rehabilitation", "個人再生"
    EX_OFFICIO = "ex_officio", "所在不明（職権）"
    DEFERRAL = "deferral", "償還猶予"
    SMALL_REPAYMENT = "small_repayment", "少額返済"
    PLAN_CHANGE = "plan_change", "計画の変更"

    @property
    def is_exemption(self) -> bool:
        """Whether something would be exempted; the others are ways of paying otherwise."""
        return self not in EASING


EASING = (Relief.DEFERRAL, Relief.SMALL_REPAYMENT, Relief.PLAN_CHANGE)

GROUND_OF: dict[Relief, Ground] = {
    Relief.RESIDENCE_TAX: Ground.RESIDENCE_TAX,
    Relief.LATER_YEAR: Ground.RESIDENCE_TAX_LATER_YEAR,
    Relief.PUBLIC_ASSISTANCE: Ground.PUBLIC_ASSISTANCE,
    Relief.DISABILITY: Ground.DISABILITY,
    Relief.LONG_ARREARS: Ground.LONG_ARREARS,
    Relief.DEATH: Ground.DEATH,
    Relief.DISAPPEARANCE: Ground.DISAPPEARANCE,
    Relief.BANKRUPTCY: Ground.BANKRUPTCY_DISCHARGE,
    Relief.REHABILITATION: Ground.CIVIL_REHABILITATION_DISCHARGE,
    Relief.EX_OFFICIO: Ground.UNTRACEABLE,
}


class Chance(TextChoices):
    """The four answers of a cell."""

    NOW = "now", "今できる"
    FROM = "from", "これから"
    PAPER = "paper", "書類不足"
    NO = "no", "不可"


@dataclass(frozen=True, slots=True)
class Cell:
    """One relief for one loan.

    ``month`` is from when (index; FROM only), ``papers`` what is missing or has to be brought, ``amount`` the yen that
    would be exempted, ``because`` a sentence for the telephone, ``rule`` the rule it rests on.
    """

    relief: Relief
    chance: Chance
    because: str
    rule: str
    month: int | None = None
    papers: tuple[str, ...] = ()
    amount: int = 0

    @property
    def word(self) -> str:
        """The answer in a word: 「今できる」, 「令和8年6月から」, 「書類不足」, 「不可」."""
        return f"{era_month(self.month)}から" if self.month is not None else str(self.chance.label)
