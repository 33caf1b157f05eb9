"""The closed lists of words of the way money takes to the borrower."""

from django.db import models


class TransferState(models.TextChoices):
    """Where a transfer file stands. What comes before it, 抽出, is a question and not a row."""

    LOCKED = "locked", "確定"
    APPROVED = "approved", "承認済み"
    WRITTEN = "written", "ファイル作成済み"
    SENT = "sent", "送信済み"
    RECONCILED = "reconciled", "消込済み"
    DISCARDED = "discarded", "取りやめ"


class LineOutcome(models.TextChoices):
    """What became of one line. An open or paid line holds its tranche; a returned or released one gives it free."""

    OPEN = "open", "結果待ち"
    PAID = "paid", "送金済み"
    RETURNED = "returned", "送金不能"
    RELEASED = "released", "取りやめ"


class ReturnReason(models.TextChoices):
    """Why a bank gave money back (振込不能・組戻)."""

    NO_ACCOUNT = "no_account", "該当する口座なし"
    NAME_DIFFERS = "name_differs", "受取人名の相違"
    CLOSED = "closed", "口座の解約"
    KIND_DIFFERS = "kind_differs", "預金種目の相違"
    RECALLED = "recalled", "組戻し（こちらから依頼）"
    OTHER = "other", "その他"


class TrancheEnd(models.TextChoices):
    """Why a tranche is no longer to be paid out."""

    CHANGED = "changed", "貸付内容の変更"
    STOPPED = "stopped", "貸付の停止"
    CANCELLED = "cancelled", "貸付の取消"
