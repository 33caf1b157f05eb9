from django.db import models


class RunState(models.TextChoices):
    QUEUED = "queued", "待機中"
    RUNNING = "running", "実行中"
    DONE = "done", "完了"
    PARTLY = "partly", "一部失敗"
    FAILED = "failed", "失敗"
    CANCELLED = "cancelled", "取消"


class ItemState(models.TextChoices):
    WAITING = "waiting", "未処理"
    DONE = "done", "完了"
    SKIPPED = "skipped", "対象外"
    FAILED = "failed", "失敗"


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", "受付"
    CHECKING = "checking", "点検中"
    UNREADABLE = "unreadable", "読み取り不可"
    CHECKED = "checked", "点検済み"
    COMMITTING = "committing", "反映中"
    COMMITTED = "committed", "反映済み"
    DISCARDED = "discarded", "破棄"
    UNDOING = "undoing", "取消中"
    UNDONE = "undone", "取消済み"
    PARTLY_UNDONE = "partly_und", "一部取消"


class RowOutcome(models.TextChoices):
    UNCHECKED = "unchecked", "点検前"
    NEW = "new", "新規"
    CHANGED = "changed", "変更"
    UNCHANGED = "unchanged", "変更なし"
    ERROR = "error", "エラー"
    COMMITTED = "committed", "反映済み"
    UNDONE = "undone", "取消済み"


class EffectAction(models.TextChoices):
    """What an import did to one stored row."""

    CREATED = "created", "登録"
    CHANGED = "changed", "変更"


class UndoOutcome(models.TextChoices):
    """What became of one line when its import was taken back."""

    UNDONE = "undone", "取り消した"
    KEPT = "kept", "残した"


class ExportFormat(models.TextChoices):
    """The form of a file that leaves the house."""

    CSV_UTF8 = "csv_utf8", "CSV（UTF-8、BOM付き）"
    CSV_CP932 = "csv_cp932", "CSV（Shift_JIS）"
    XLSX = "xlsx", "Excel（.xlsx）"


class ExportState(models.TextChoices):
    MAKING = "making", "作成中"
    ASKING = "asking", "文字の確認待ち"
    READY = "ready", "受け取り可"
    FAILED = "failed", "失敗"
    REMOVED = "removed", "削除済み"
