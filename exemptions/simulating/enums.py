"""The closed lists of words that simulations use, with the labels people see."""

from django.db.models import TextChoices


class SimulationKind(TextChoices):
    """A draft laid upon what stands; or, once published, the same question asked of what really stands."""

    DRAFT = "draft", "改正案の試算"
    CHECK = "check", "公表後の確認"


class SimulationState(TextChoices):
    RUNNING = "running", "試算中"
    DONE = "done", "完了"
    CANCELLED = "cancelled", "取消"
    FAILED = "failed", "失敗"


class Sign(TextChoices):
    """What becomes of a loan: it can newly be exempted, no longer, or otherwise than before."""

    ADDED = "added", "＋ 新たに免除できる"
    REMOVED = "removed", "－ 免除できなくなる"
    CHANGED = "changed", "～ 内容が変わる"
