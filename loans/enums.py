from django.db import models


class FundKind(models.TextChoices):
    """資金種類: each is a loan of its own with its own code, schedule and exemption decision."""

    SP_SMALL = "SP_SMALL", "緊急小口資金（特例）"
    SP_GS_INITIAL = "SP_GS_INITIAL", "総合支援資金（初回貸付）"
    SP_GS_EXTENSION = "SP_GS_EXTENSION", "総合支援資金（延長貸付）"
    SP_GS_RELOAN = "SP_GS_RELOAN", "総合支援資金（再貸付）"
    REG_SMALL = "REG_SMALL", "緊急小口資金（本則）"


class LoanState(models.TextChoices):
    """Where the loan contract stands. How its repayment stands is told by the position, not stored.

    ``GIVEN_UP`` never was a contract: a file named it by mistake and was taken back. It has no position.
    """

    APPLIED = "applied", "申請中"
    APPROVED = "approved", "貸付決定"
    DISBURSING = "disbursing", "交付中"
    LENT = "lent", "交付済み"
    REJECTED = "rejected", "不承認"
    CANCELLED = "cancelled", "取消"
    GIVEN_UP = "given_up", "誤登録"


class IntakeChannel(models.TextChoices):
    MUNICIPAL_COUNCIL = "MUNICIPAL_COUNCIL", "市区町村社協"
    MAIL = "MAIL", "郵送"
    LABOUR_BANK = "LABOUR_BANK", "労働金庫"
    POST_OFFICE = "POST_OFFICE", "郵便局"


class LendingState(models.TextChoices):
    """Where an application for a loan stands."""

    DRAFT = "DRAFT", "下書き"
    RECEIVED = "RECEIVED", "受付済み"
    INCOMPLETE = "INCOMPLETE", "不備あり（返送中）"
    UNDER_REVIEW = "UNDER_REVIEW", "決裁待ち"
    APPROVED = "APPROVED", "貸付決定"
    REFUSED = "REFUSED", "不承認"
    WITHDRAWN = "WITHDRAWN", "取下げ"


class IncomeKind(models.TextChoices):
    """What a household lives on (MHLW Q&A vol. 17, questions 2-5 to 2-8, and the declaration forms 参考1-1, 1-2)."""

    WAGE = "WAGE", "給与・賃金"
    BUSINESS = "BUSINESS", "事業の収入"
    REMITTANCE = "REMITTANCE", "仕送り"
    SCHOLARSHIP = "SCHOLARSHIP", "奨学金"
    CHILD_SUPPORT = "CHILD_SUPPORT", "養育費"
    PENSION = "PENSION", "年金"
    UNEMPLOYMENT_BENEFIT = "UNEMPLOYMENT_BENEFIT", "失業等給付"
    ALLOWANCE = "ALLOWANCE", "児童手当などの手当"
    OTHER = "OTHER", "その他"


class AgencyContact(models.TextChoices):
    """How the consultation agency was reached; by telephone, post or mail is enough (Q&A vol. 17, question 8-3)."""

    VISIT = "VISIT", "来所"
    PHONE = "PHONE", "電話"
    POST = "POST", "郵送"
    EMAIL = "EMAIL", "メール"


class GuidanceKind(models.TextChoices):
    """Where somebody was pointed to, or what they were handed."""

    AGENCY = "AGENCY", "自立相談支援機関へのつなぎ"
    WELFARE_OFFICE = "WELFARE_OFFICE", "福祉事務所（生活保護）への案内"
    TRAINING = "TRAINING", "求職者支援の職業訓練の案内"
    BUSINESS = "BUSINESS", "事業資金の相談先の案内"
    LEGAL_AID = "LEGAL_AID", "法テラス・弁護士への案内"
    OTHER_SCHEME = "OTHER_SCHEME", "ほかの給付・貸付の案内"
    BRIDGE = "BRIDGE", "送金までのつなぎ（フードバンクなど）の案内"


class TaskKind(models.TextChoices):
    """What is still open about an application."""

    DOUBT = "DOUBT", "疑義の確認"
    PAPER_OWED = "PAPER_OWED", "後から受け取る書類"
    REVIEW_AFTER = "REVIEW_AFTER", "送金後の審査"
    RATIFICATION = "RATIFICATION", "成年後の追認の依頼"


class DeedState(models.TextChoices):
    """Where the signed deed (借用書) is. It comes in undated; the day is written when the money is paid (K-9)."""

    PRINTED = "printed", "ご本人に渡した"
    RECEIVED = "received", "日付なしで保管"
    DATED = "dated", "日付を記入して保管"
    RETURNED = "returned", "返却済み"
