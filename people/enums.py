from django.db import models


class Sex(models.TextChoices):
    FEMALE = "female", "女性"
    MALE = "male", "男性"
    UNKNOWN = "unknown", "記載なし"


class AddressKind(models.TextChoices):
    REGISTERED = "registered", "住民票上の住所"
    ACTUAL = "actual", "居所"
    MAILING = "mailing", "送付先"


class PhoneKind(models.TextChoices):
    MOBILE = "mobile", "携帯"
    HOME = "home", "自宅"
    WORK = "work", "勤務先"
    OTHER = "other", "その他"


class Language(models.TextChoices):
    """Languages of the interpreter lines (Hokkaido exemption guide 2024)."""

    JAPANESE = "ja", "日本語"
    EASY_JAPANESE = "ja-easy", "やさしい日本語"
    ENGLISH = "en", "英語"
    CHINESE = "zh", "中国語"
    KOREAN = "ko", "韓国語"
    VIETNAMESE = "vi", "ベトナム語"
    TAGALOG = "tl", "タガログ語"
    THAI = "th", "タイ語"
    RUSSIAN = "ru", "ロシア語"
    SPANISH = "es", "スペイン語"
    PORTUGUESE = "pt", "ポルトガル語"
    NEPALI = "ne", "ネパール語"
    INDONESIAN = "id", "インドネシア語"
    BURMESE = "my", "ミャンマー語"
    KHMER = "km", "クメール語"


class PaperKind(models.TextChoices):
    EXEMPTION_FORM = "exemption_form", "償還免除申請書"
    RESIDENCE_RECORD = "residence_record", "住民票（世帯全員）"
    TAX_CERTIFICATE = "tax_certificate", "課税（非課税）証明書"
    PUBLIC_ASSISTANCE_NOTICE = "public_assistance_notice", "生活保護受給証明書"
    DISABILITY_CERTIFICATE = "disability_certificate", "障害者手帳の写し"
    CIRCUMSTANCES = "circumstances", "事情を確認できる書類"
    DEATH_RECORD = "death_record", "死亡を確認できる書類"
    OPINION_LETTER = "opinion_letter", "意見書"
    OTHER = "other", "その他"


class MailBlockReason(models.TextChoices):
    RETURNED = "returned", "返戻（宛先不明）"
    DECEASED = "deceased", "死亡"
    REQUESTED = "requested", "送付停止の申出"


class WithheldCause(models.TextChoices):
    """Why a letter has nowhere to go. The words are for the member of staff who has to find another way."""

    PROTECTED = "protected", "支援措置の方です。送り方をご本人と確認してください。"
    PROTECTED_HOUSEHOLD = "household", "同じ世帯に支援措置の方がいます。送り方をご本人と確認してください。"
    DECEASED = "deceased", "亡くなっています。相続人の連絡先を確認してください。"
    BLOCKED = "blocked", "送付を止めています。理由を確かめてから送ってください。"
    NO_ADDRESS = "no_address", "送れる住所の登録がありません。住所を確認して登録してください。"


class AccountUse(models.TextChoices):
    """What an account is used for: money out to the person, or repayments drawn from it."""

    TRANSFER = "transfer", "送金先"
    DEBIT = "debit", "引落口座"


class AccountKind(models.TextChoices):
    """預金種目, with the digit that bank files use."""

    ORDINARY = "1", "普通"
    CURRENT = "2", "当座"
    SAVINGS = "4", "貯蓄"
    OTHER = "9", "その他"
