from django.db import models


class BulkState(models.TextChoices):
    """Where an approval of many applications stands."""

    LOOKING = "looking", "試算中"
    LOOKED = "looked", "承認待ち"
    APPROVING = "approving", "承認中"
    APPROVED = "approved", "承認済み"
    TAKING_BACK = "taking_back", "取消中"
    TAKEN_BACK = "taken_back", "すべて取消済み"
    DISCARDED = "discarded", "破棄"

    @property
    def meaning(self) -> str:
        """What the word means for the eye."""
        return {"looked": "caution", "approved": "done", "taken_back": "stop"}.get(self.value, "")


class RowState(models.TextChoices):
    """What became of one application in it."""

    WAITING = "waiting", "試算前"
    IN = "in", "対象"
    OUT = "out", "対象外"
    APPROVED = "approved", "承認済み"
    LEFT_OUT = "left_out", "承認時に除外"
    TAKEN_BACK = "taken_back", "取消済み"


WORKING = (BulkState.LOOKING, BulkState.APPROVING, BulkState.TAKING_BACK)
"""While something runs in the background."""
