from django.db import models


class LetterState(models.TextChoices):
    DRAFTED = "drafted", "作成待ち"
    HELD = "held", "保留"
    RENDERED = "rendered", "印刷待ち"
    IN_RUN = "in_run", "印刷便に収録"
    POSTED = "posted", "発送済み"
    CANCELLED = "cancelled", "取消"


class HoldCause(models.TextChoices):
    GLYPH = "glyph", "印刷できない文字"
    ADDRESS = "address", "住所が窓に収まらない"
    NO_ADDRESS = "no_address", "送付先の住所がない"
    PROTECTED = "protected", "支援措置（送付方法の確認が必要）"
    BLOCKED = "blocked", "送付停止"
    LETTERHEAD = "letterhead", "発信者情報の未登録"


class PrintRunState(models.TextChoices):
    BUILDING = "building", "作成中"
    READY = "ready", "印刷待ち"
    POSTED = "posted", "発送済み"
    VOID = "void", "破棄"
