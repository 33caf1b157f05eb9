"""The closed lists of words of suspense, with the labels people see."""

from django.db import models


class SuspenseState(models.TextChoices):
    OPEN = "open", "整理前"
    ASSIGNED = "assigned", "貸付に充当"
    RETURNED = "returned", "支払人に返金"


class SuspenseReason(models.TextChoices):
    """Why a receipt could not be posted when it came in."""

    NO_CODE = "no_code", "貸付コードがない"
    UNKNOWN_CODE = "unknown_code", "貸付コードが登録にない"
    OTHER_NAME = "other_name", "支払人の名前が借受人と違う"
    GIVEN_UP = "given_up", "誤登録とされた貸付"
