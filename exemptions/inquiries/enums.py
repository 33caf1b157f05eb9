"""The closed lists of words that inquiries at authorities use."""

from django.db.models import TextChoices


class AuthorityKind(TextChoices):
    """Who may be asked: the bodies that consents 3 and 4 of the form name."""

    MUNICIPALITY = "MUNICIPALITY", "市区町村（税務・住民登録）"
    WELFARE_OFFICE = "WELFARE_OFFICE", "福祉事務所"
    NATIONAL_COUNCIL = "NATIONAL_COUNCIL", "全国社会福祉協議会"
    OTHER_COUNCIL = "OTHER_COUNCIL", "ほかの社会福祉協議会"
    HELLO_WORK = "HELLO_WORK", "公共職業安定所"
    SUPPORT_AGENCY = "SUPPORT_AGENCY", "自立相談支援機関・家計改善支援機関"
    POLICE = "POLICE", "警察"


class Asked(TextChoices):
    """What is asked."""

    RESIDENCE_TAX = "RESIDENCE_TAX", "住民税の均等割・所得割の課税の有無"
    HEAD_HISTORY = "HEAD_HISTORY", "世帯主とその変更の時期"
    ASSISTANCE = "ASSISTANCE", "生活保護の開始日と現在の受給の有無"
    OTHER_LOANS = "OTHER_LOANS", "特例貸付の借受けと免除の有無"
    WORK = "WORK", "求職の申込みと就職の状況"
    SUPPORT = "SUPPORT", "相談と支援の状況"
    ANTI_GANG = "ANTI_GANG", "暴力団員に該当するか"


class Item(TextChoices):
    """What is told of a person so that the authority can find them."""

    NAME = "name", "氏名"
    KANA = "kana", "フリガナ"
    BIRTH_DATE = "birth_date", "生年月日"
    ADDRESS = "address", "住民票上の住所"
    FISCAL_YEAR = "fiscal_year", "住民税の年度"


class Answer(TextChoices):
    """What came back."""

    AGREES = "AGREES", "申請のとおり"
    DIFFERS = "DIFFERS", "申請と違う"
    NOT_FOUND = "NOT_FOUND", "該当する記録なし"
    REFUSED = "REFUSED", "回答できないとの返事"


class InquiryState(TextChoices):
    """Where an inquiry stands on a day; told from its dates, never stored."""

    TO_SEND = "to_send", "送付待ち"
    WAITING = "waiting", "回答待ち"
    OVERDUE = "overdue", "回答期限超過"
    ANSWERED = "answered", "回答済み"
    WITHDRAWN = "withdrawn", "取りやめ"
