from django.db import models


class OfficeKind(models.TextChoices):
    PREFECTURAL = "prefectural", "都道府県社協"
    MUNICIPAL = "municipal", "市区町村社協"
    AGENCY = "agency", "自立相談支援機関"


class Role(models.TextChoices):
    """The people in front of the system. A sentence for each is in ``accounts.roles``."""

    MUNICIPAL_CLERK = "municipal_clerk", "市区町村社協 職員"
    PREFECTURAL_CLERK = "prefectural_clerk", "都道府県社協 職員"
    SUPERVISOR = "supervisor", "決裁者"
    AGENCY_WORKER = "agency_worker", "自立相談支援機関 支援員"
    AUDITOR = "auditor", "監査担当"
    SYSTEM_ADMINISTRATOR = "system_administrator", "システム管理者"


class Side(models.TextChoices):
    """Roles of two sides are never held by one person at the same time; the database refuses it."""

    COUNCIL = "council", "社協"
    AGENCY = "agency", "支援機関"
    AUDIT = "audit", "監査"
    SYSTEM = "system", "システム管理"


class SealMode(models.TextChoices):
    SEALED = "sealed", "公印を押す"
    OMITTED = "omitted", "公印省略"
