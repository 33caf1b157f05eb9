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
    DISAPPEARANCE_RULING = "disappearance_ruling", "失踪宣告を確認できる書類"
    DISCHARGE_DECISION = "discharge_decision", "免責許可決定書・確定証明書"
    REHABILITATION_PROOF = "rehabilitation_proof", "個人再生の完了と免責を確認できる書類"
    HOUSEHOLD_KIND = "household_kind", "世帯の種類を確認できる書類"
    RETURNED_MAIL = "returned_mail", "あて所不明で返送された郵便物"
    NOT_COLLECTABLE = "not_collectable", "相続人等から償還を受けられないことの記録"
    LENDING_FORM = "lending_form", "借入申込書"
    LOAN_DEED = "loan_deed", "借用書（日付は未記入）"
    DEBIT_REQUEST = "debit_request", "口座振替依頼書"
    IDENTITY = "identity", "本人確認書類"
    INCOME_DECLARATION = "income_declaration", "収入減少の申立書"
    PAYSLIP = "payslip", "給与明細書・通帳など収入のわかるもの"
    GUARDIAN_CONSENT = "guardian_consent", "親権者または後見人の同意書"
    STATUS_SHEET = "status_sheet", "状況確認シート"
    DISABILITY_PENSION = "disability_pension", "障害年金額のわかるもの"
    DISABILITY_SERVICES = "disability_services", "障害福祉サービスの利用状況等のわかるもの"
    CARE_INSURANCE_CARD = "care_insurance_card", "介護保険証の写し"
    INCOME_PROOF = "income_proof", "収入の状況がわかる書類"
    EXPENSE_PROOF = "expense_proof", "支出の状況がわかる書類"
    BANKBOOK = "bankbook", "預貯金通帳等の写し（直近6か月分）"
    BENEFIT_PROOF = "benefit_proof", "ほかの公的給付・公的貸付の状況がわかる書類"
    AGENCY_SLIP = "agency_slip", "相談受付・申込票の写し（受付印のあるもの）"
    LOAN_MEDIATION = "loan_mediation", "貸付あっせん書"
    OWN_ACCOUNT = "own_account", "振込先通帳の写し（借受人本人の口座）"
    BILL = "bill", "請求書の写し"
    RECEIPT = "receipt", "領収書の写し"
    DUNNING_LETTER = "dunning_letter", "督促状の写し"
    FIRE_CERTIFICATE = "fire_certificate", "火災証明書の写し"
    DISASTER_CERTIFICATE = "disaster_certificate", "被災証明書の写し"
    UNEMPLOYMENT_ELIGIBILITY = "unemployment_eligibility", "雇用保険受給資格者証の写し"
    PENSION_DECISION = "pension_decision", "老齢年金決定通知書の写し"
    PENSION_RECEIPT_SLIP = "pension_receipt_slip", "老齢年金受給申請時の受理票の写し"
    DISABILITY_PENSION_RULING = "disability_pension_ruling", "障害年金の裁定通知書の写し"
    SICKNESS_ALLOWANCE_FORM = "sickness_allowance_form", "傷病手当の申請書の写し（受付印の押印があるもの）"
    CHILD_ALLOWANCE_FORM = "child_allowance_form", "児童手当・児童扶養手当の申請書の写し（受付印の押印があるもの）"
    CHILD_ALLOWANCE_SLIP = "child_allowance_slip", "児童手当・児童扶養手当の受理票の写し"
    TRAINING_DECISION = "training_decision", "職業訓練受講決定通知書の写し"
    WORK_CONDITIONS = "work_conditions", "労働（雇用）条件通知書の写し"
    EMPLOYMENT_CERTIFICATE = "employment_certificate", "雇用証明書の写し"
    LABOUR_CONTRACT = "labour_contract", "労働契約書の写し"
    RESIGNATION_CERTIFICATE = "resignation_certificate", "退職証明書の写し"
    LEAVING_SLIP = "leaving_slip", "離職票の写し"
    THEFT_REPORT = "theft_report", "盗難届出報告書"
    DEFERRAL_FORM = "deferral_form", "償還猶予申請書"
    MEDICAL_CERTIFICATE = "medical_certificate", "診断書など療養中とわかる書類"
    OTHER_DEBT_DEFERRAL = "other_debt_deferral", "ほかの借入金の返済猶予がわかる書類"
    COUNCIL_OPINION = "council_opinion", "市区町村社協の意見書"
    UNAVOIDABLE_EXPENSE = "unavoidable_expense", "真にやむを得ない最小限の経費がわかる書類"
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


class FileKind(models.TextChoices):
    """What a scan may be, by its content. The values are what a browser is told."""

    PDF = "application/pdf", "PDF"
    JPEG = "image/jpeg", "JPEG"
    PNG = "image/png", "PNG"
    TIFF = "image/tiff", "TIFF"


class TransitState(models.TextChoices):
    PACKING = "packing", "梱包中"
    SENT = "sent", "送付済み"
    CHECKED = "checked", "照合済み"
    DISCARDED = "discarded", "取りやめ"


class ItemState(models.TextChoices):
    """Where one piece of paper is. It is on its way until somebody says that they have it."""

    ON_THE_WAY = "on_the_way", "未着"
    RECEIVED = "received", "受領"
    FOUND = "found", "所在を確認"
    TAKEN_OUT = "taken_out", "取り出し"


class HouseholdCause(models.TextChoices):
    """Why somebody came onto a residence record, or their place on it changed."""

    MOVE = "move", "転居・転入"
    MARRIAGE = "marriage", "婚姻・同居の開始"
    BIRTH = "birth", "出生"
    DIVORCE = "divorce", "離婚"
    SEPARATION = "separation", "世帯分離（住まいは同じ）"
    MERGER = "merger", "世帯合併"
    HEAD = "head", "世帯主変更"
    DEATH = "death", "死亡"
    CORRECTION = "correction", "記録の訂正"


class PairState(models.TextChoices):
    """What was said about two persons who may be one."""

    OPEN = "open", "未確認"
    PROPOSED = "proposed", "確認待ち"
    MERGED = "merged", "統合済み"
    UNDOING = "undoing", "取消しの確認待ち"
    DIFFERENT = "different", "別人"


class PairReason(models.TextChoices):
    """Why two persons may be one."""

    SAME_KANA = "same_kana", "カナと生年月日が同じ"
    SAME_ACCOUNT = "same_account", "口座が同じ"
    SAME_PHONE = "same_phone", "電話が同じで氏名が似ている"
    SWAPPED_DAY = "swapped_day", "カナが同じで、生年月日の月と日が入れ替わっている"
    RENAMED_PHONE = "renamed_phone", "名・生年月日・電話が同じで姓が違う"
    RENAMED_HOME = "renamed_home", "名・生年月日・住所が同じで姓が違う"
    BY_HAND = "by_hand", "職員が候補に加えた"


class RowChange(models.TextChoices):
    """What a merge did to a row."""

    CHANGED = "changed", "変更"
    CREATED = "created", "追加"
    REMOVED = "removed", "削除"


class CertificateKind(models.TextChoices):
    """The three disability certificates (EX-31 … EX-33)."""

    PHYSICAL = "PHYSICAL", "身体障害者手帳"
    MENTAL = "MENTAL", "精神障害者保健福祉手帳"
    INTELLECTUAL = "INTELLECTUAL", "療育手帳"


class EventKind(models.TextChoices):
    """What can happen to a person that settles what they owe (EX-50 … EX-53)."""

    DEATH = "DEATH", "死亡"
    DISAPPEARANCE = "DISAPPEARANCE", "失踪宣告"
    BANKRUPTCY_DISCHARGE = "BANKRUPTCY_DISCHARGE", "自己破産の免責確定"
    CIVIL_REHABILITATION_DISCHARGE = "CIVIL_REHABILITATION_DISCHARGE", "個人再生の免責確定"
