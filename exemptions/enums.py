"""The closed lists of words that exemptions use, with the labels people see."""

from django.db.models import TextChoices

from people.enums import CertificateKind as CertificateKind
from people.enums import EventKind as EventKind


class Ground(TextChoices):
    """The grounds of exemption. Their order breaks the last tie: same amount, met on the same day."""

    RESIDENCE_TAX = "RESIDENCE_TAX", "要件① 住民税非課税（判定年度）"
    RESIDENCE_TAX_LATER_YEAR = "RESIDENCE_TAX_LATER_YEAR", "要件①' 住民税非課税（判定年度より後の年度）"
    PUBLIC_ASSISTANCE = "PUBLIC_ASSISTANCE", "要件② 生活保護の受給"
    DISABILITY = "DISABILITY", "要件③ 障害者手帳の交付"
    LONG_ARREARS = "LONG_ARREARS", "要件④ 12か月分以上の償還未済"
    DEATH = "DEATH", "死亡"
    DISAPPEARANCE = "DISAPPEARANCE", "失踪宣告"
    BANKRUPTCY_DISCHARGE = "BANKRUPTCY_DISCHARGE", "自己破産の免責確定"
    CIVIL_REHABILITATION_DISCHARGE = "CIVIL_REHABILITATION_DISCHARGE", "個人再生の免責確定"
    UNTRACEABLE = "UNTRACEABLE", "所在不明"
    GENERAL_1999 = "GENERAL_1999", "平成11年の免除規程"
    OVERDUE_EX_OFFICIO = "OVERDUE_EX_OFFICIO", "職権（滞納分）"


FORM_1_1_GROUNDS: tuple[Ground, ...] = (Ground.RESIDENCE_TAX, Ground.RESIDENCE_TAX_LATER_YEAR)
"""What the forms 1-1-x ask for; all other grounds have forms or ways of their own."""

FORM_1_2_GROUNDS: tuple[Ground, ...] = (Ground.PUBLIC_ASSISTANCE, Ground.DISABILITY, Ground.LONG_ARREARS)
"""What form 1-2 asks for: reason ① (② or ③, only the one met earliest) and reason ② (④)."""

DISCHARGES: tuple[Ground, ...] = (Ground.BANKRUPTCY_DISCHARGE, Ground.CIVIL_REHABILITATION_DISCHARGE)
"""What a court has settled; the borrower asks for these and consents."""

EVIDENCE_GROUNDS: tuple[Ground, ...] = (Ground.DEATH, Ground.DISAPPEARANCE, *DISCHARGES)
"""What is told by the family or shown by a paper, without a form of the guide (EX-50 … EX-53)."""

EX_OFFICIO_GROUNDS: tuple[Ground, ...] = (Ground.UNTRACEABLE, Ground.GENERAL_1999, Ground.OVERDUE_EX_OFFICIO)
"""What only the council itself begins (EX-54 … EX-56); nobody applies, so nobody consents."""


class ApplicationForm(TextChoices):
    """How an exemption is asked for: each way has its papers, its fields and its grounds."""

    FORM_1_1 = "FORM_1_1", "様式1-1（要件①）"
    FORM_1_2 = "FORM_1_2", "様式1-2（要件②～④）"
    EVIDENCE = "EVIDENCE", "届出・証拠書類（死亡・失踪宣告・免責）"
    EX_OFFICIO = "EX_OFFICIO", "職権"

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """The grounds this way is open to."""
        return GROUNDS_OF_FORM[self]


GROUNDS_OF_FORM: dict[ApplicationForm, tuple[Ground, ...]] = {
    ApplicationForm.FORM_1_1: FORM_1_1_GROUNDS,
    ApplicationForm.FORM_1_2: FORM_1_2_GROUNDS,
    ApplicationForm.EVIDENCE: EVIDENCE_GROUNDS,
    ApplicationForm.EX_OFFICIO: EX_OFFICIO_GROUNDS,
}


class Result(TextChoices):
    """What an assessment of one loan comes to. The values are those ``manage.py case exemption`` prints."""

    ELIGIBLE = "eligible", "免除できる"
    WAITING = "waiting", "償還開始待ち"
    NOT_YET = "not_yet", "判定年度の税額がまだ決まっていない"
    UNKNOWN = "unknown", "確認が必要"
    NOT_ELIGIBLE = "not_eligible", "免除できない"


class Person(TextChoices):
    """Whose residence tax is looked at."""

    BORROWER = "borrower", "借受人"
    HEAD = "head", "世帯主"


class HouseholdSituation(TextChoices):
    """The four boxes of form 1-1-D, of which exactly one is ticked."""

    BORROWER_IS_HEAD = "BORROWER_IS_HEAD", "現在、借受人が世帯主である"
    HEAD_WAS_SEPARATE = (
        "HEAD_WAS_SEPARATE",
        "現在は借受人以外の者が世帯主で、その世帯主は貸付申請時に借受人と別世帯だった",
    )
    HEAD_CERTIFICATE_UNOBTAINABLE = (
        "HEAD_CERTIFICATE_UNOBTAINABLE",
        "現在は借受人以外の者が世帯主だが、DVによる避難等により世帯主の所得証明書を取得できない",
    )
    NONE_OF_THESE = "NONE_OF_THESE", "いずれにも当てはまらない"


class Composition(TextChoices):
    """The kind of household that requirement ④ asks for (EX-40 no. 4)."""

    ELDERLY_ONLY = "elderly_only", "高齢者のみの世帯"
    WITH_DISABLED = "with_disabled", "障害者のいる世帯"
    SINGLE_PARENT = "single_parent", "ひとり親世帯"
    OTHER = "other", "その他の世帯"


class ApplicationState(TextChoices):
    """The life of an exemption application (the moves between them are in ``workflow.py``)."""

    DRAFT = "DRAFT", "入力中"
    RECEIVED = "RECEIVED", "受付済み"
    INCOMPLETE = "INCOMPLETE", "不備（返送中）"
    UNDER_REVIEW = "UNDER_REVIEW", "審査中"
    WAITING_FOR_START = "WAITING_FOR_START", "償還開始待ち"
    APPROVED = "APPROVED", "承認"
    REFUSED = "REFUSED", "不承認"
    REVOKED = "REVOKED", "承認取消"
    WITHDRAWN = "WITHDRAWN", "取下げ"


class Extent(TextChoices):
    """How much of the outstanding principal a decision takes away."""

    FULL = "FULL", "一括免除"
    PARTIAL = "PARTIAL", "一部免除"


class Outcome(TextChoices):
    """What was decided about an application."""

    APPROVED = "APPROVED", "承認"
    REFUSED = "REFUSED", "不承認"


class RevocationGround(TextChoices):
    """Why an exemption may be taken back (EX-06; consent 6 of the forms): the closed list that a letter may print."""

    FALSE_STATEMENT = "FALSE_STATEMENT", "申請の内容が事実と異なっていた"
    REQUIREMENT_NOT_MET = "REQUIREMENT_NOT_MET", "免除の要件に当てはまっていなかった"
    HEAD_CHANGED = "HEAD_CHANGED", "免除を受けるために世帯主を変更していた"


class Flag(TextChoices):
    """What a reviewer should notice about an application before anything else."""

    LATE = "late", "受付期間後"
    INDIVIDUAL = "individual", "個別対応"
    HEAD_CHANGED = "head_changed", "世帯主の変更"
    HEAD_DIFFERS = "head_differs", "登録と違う世帯主"
    BORROWER_DIED = "borrower_died", "死亡の記録"
    OTHER_GROUND = "other_ground", "ほかの要件の可能性"


class PaperSlot(TextChoices):
    """What a paper laid to an application is there for, in the order in which they are looked at."""

    FORM = "form", "申請書"
    RESIDENCE_RECORD = "residence_record", "住民票（世帯全員）"
    BORROWER_TAX = "borrower_tax", "借受人の課税証明書"
    HEAD_TAX = "head_tax", "世帯主の課税証明書"
    CIRCUMSTANCES = "circumstances", "事情を確認できる書類"
    ASSISTANCE = "assistance", "生活保護受給証明書"
    DISABILITY = "disability", "障害者手帳の写し"
    HOUSEHOLD_KIND = "household_kind", "世帯の種類を確認できる書類"
    DEATH = "death", "死亡を確認できる書類"
    DISAPPEARANCE = "disappearance", "失踪宣告を確認できる書類"
    DISCHARGE = "discharge", "免責の確定を確認できる書類"
    REHABILITATION = "rehabilitation", "個人再生の完了と免責を確認できる書類"
    RETURNED_MAIL = "returned_mail", "あて所不明で返送された督促状"
    NOT_COLLECTABLE = "not_collectable", "相続人等から償還を受けられないことの記録"


CONSENT_NUMBERS: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
