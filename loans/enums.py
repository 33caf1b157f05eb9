from django.db import models


class FundKind(models.TextChoices):
    """資金種類: each is a loan of its own with its own code, schedule and exemption decision."""

    SP_SMALL = "SP_SMALL", "緊急小口資金（特例）"
    SP_GS_INITIAL = "SP_GS_INITIAL", "総合支援資金（初回貸付）"
    SP_GS_EXTENSION = "SP_GS_EXTENSION", "総合支援資金（延長貸付）"
    SP_GS_RELOAN = "SP_GS_RELOAN", "総合支援資金（再貸付）"
    REG_SMALL = "REG_SMALL", "緊急小口資金（本則）"


class LoanState(models.TextChoices):
    """Where the loan contract stands. How its repayment stands is told by the position, not stored."""

    APPLIED = "applied", "申請中"
    APPROVED = "approved", "貸付決定"
    DISBURSING = "disbursing", "交付中"
    LENT = "lent", "交付済み"
    REJECTED = "rejected", "不承認"
    CANCELLED = "cancelled", "取消"


class IntakeChannel(models.TextChoices):
    MUNICIPAL_COUNCIL = "MUNICIPAL_COUNCIL", "市区町村社協"
    MAIL = "MAIL", "郵送"
    LABOUR_BANK = "LABOUR_BANK", "労働金庫"
    POST_OFFICE = "POST_OFFICE", "郵便局"
