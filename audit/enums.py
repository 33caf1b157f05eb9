from django.db import models


class AccessAction(models.TextChoices):
    VIEW = "view", "閲覧"
    LIST = "list", "一覧"
    SEARCH = "search", "検索"
    EXPORT = "export", "書き出し"
    PRINT = "print", "印刷"
    REVEAL = "reveal", "秘匿住所の表示"


class Operation(models.TextChoices):
    INSERT = "I", "登録"
    UPDATE = "U", "変更"
    DELETE = "D", "削除"
