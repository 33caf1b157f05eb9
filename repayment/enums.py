"""The closed lists of words that repayment uses, with the labels people see."""

from django.db import models


class LedgerKind(models.TextChoices):
    """What one ledger row says. A row is never changed; a mistake is a further row that points at it."""

    DISBURSED = "disbursed", "送金"
    PAID = "paid", "入金"
    PAID_REVERSED = "paid_reversed", "入金の取消"
    EXEMPTED = "exempted", "免除"
    EXEMPTION_REVOKED = "exemption_revoked", "免除の取消"
    REFUNDED = "refunded", "返金"


class PlanReason(models.TextChoices):
    """Why a version of a repayment plan was made (rules RP-01 and RP-13; small repayment is none of them)."""

    ORIGINAL = "original", "当初の償還計画"
    PLAN_CHANGE = "plan_change", "償還計画の変更"
    EARLY_REPAYMENT = "early", "繰上償還による変更"
    REVOCATION = "revocation", "免除の取消による変更"
    ACCELERATION = "acceleration", "一括償還の請求"


class HoldReason(models.TextChoices):
    """Why debits and dunning of a loan rest."""

    EXEMPTION_PENDING = "exemption_pending", "免除の審査中"
    DEFERRAL_PENDING = "deferral_pending", "猶予の審査中"
    LEGAL = "legal", "債務整理・破産などの手続き中"
    PROTECTED = "protected", "支援措置による保護"
    DISPUTE = "dispute", "内容を確認中"


class DeferralGround(models.TextChoices):
    """The six grounds of deferral (DF-01; the same list at every council whose guide was read)."""

    DISASTER = "DISASTER", "災害を受けた"
    ILLNESS = "ILLNESS", "病気療養中"
    UNEMPLOYED = "UNEMPLOYED", "失業・離職"
    OTHER_DEFERRAL = "OTHER_DEFERRAL", "ほかの借入金の返済猶予を受けている"
    AGENCY_OPINION = "AGENCY_OPINION", "自立相談支援機関の意見"
    EQUIVALENT = "EQUIVALENT", "同程度の事情（都道府県社協会長の判断）"


class AgreementEnd(models.TextChoices):
    """Why an agreement to pay less ended before its last month."""

    RENEWED = "renewed", "新しい約束に改めた"
    BACK_TO_PLAN = "back_to_plan", "約定どおりの返済に戻る"
    NOT_KEPT = "not_kept", "約束が守られなかった"
    PLAN_CHANGED = "plan_changed", "償還計画を変更した"
    DEFERRED = "deferred", "償還を猶予した"
    SETTLED = "settled", "完済・免除となった"


class PaymentChannel(models.TextChoices):
    """The way money came in."""

    DIRECT_DEBIT = "direct_debit", "口座振替"
    SLIP = "slip", "払込票"
    TRANSFER = "transfer", "銀行振込"
    COUNTER = "counter", "窓口"


class HolidayRoll(models.TextChoices):
    """What becomes of a debit day that is no bank day (RP-04)."""

    NEXT_BUSINESS_DAY = "NEXT_BUSINESS_DAY", "翌営業日"
    NONE = "NONE", "動かさない"


class RemainderPosition(models.TextChoices):
    """Which instalment carries what does not divide evenly (RP-03)."""

    LAST = "LAST", "最終回"
    FIRST = "FIRST", "初回"


class DeadlineBasis(models.TextChoices):
    """From which day on the whole loan is past its deadline (RP-05)."""

    MONTH_END = "MONTH_END", "最終回の月の末日"
    LAST_INSTALMENT_DATE = "LAST_INSTALMENT_DATE", "最終回の引落日"


class LateInterestRounding(models.TextChoices):
    """Where fractions of a yen of late interest are cut off (LI-04)."""

    FLOOR_TOTAL = "FLOOR_TOTAL", "合計してから切り捨て"
    FLOOR_EACH = "FLOOR_EACH", "期間ごとに切り捨て"


class AllocationOrder(models.TextChoices):
    """What a payment made after the deadline is counted against first (RP-14)."""

    PRINCIPAL_FIRST = "PRINCIPAL_FIRST", "元金から"
    LATE_INTEREST_FIRST = "LATE_INTEREST_FIRST", "延滞利子から"


class LateInterestOnExemption(models.TextChoices):
    """What becomes of late interest accrued on principal that is then exempted (LI-07)."""

    WAIVE_WITH_PRINCIPAL = "WAIVE_WITH_PRINCIPAL", "元金とともに免除する"
    KEEP = "KEEP", "残す"


class RefundCause(models.TextChoices):
    """Why money may have to go back (RP-12, RP-13)."""

    LATE_DEBIT = "late_debit", "止めるべき引落し"
    SURPLUS = "surplus", "払い過ぎ"
    WRONG_PAYER = "wrong_payer", "支払った人の間違い"


class RefundAnswer(models.TextChoices):
    """What is to become of the money."""

    PAY_OUT = "pay_out", "返金する"
    KEEP = "keep", "これからの償還に充てる"
    DROP = "drop", "返金は不要（入金の取消など）"


class RefundState(models.TextChoices):
    """Where a refund task stands. Prepared by one person, agreed to by another, then paid out."""

    OPEN = "open", "対応前"
    PROPOSED = "proposed", "承認待ち"
    APPROVED = "approved", "返金待ち"
    PAID = "paid", "返金済み"
    KEPT = "kept", "償還に充当"
    DROPPED = "dropped", "返金不要"


class SlipCause(models.TextChoices):
    """Why a payment slip was made (RP-10)."""

    FAILED_DEBIT = "failed_debit", "引落しができなかった"
    NO_ACCOUNT = "no_account", "引落口座の登録がない"


class SlipState(models.TextChoices):
    """Where a payment slip stands."""

    ISSUED = "issued", "支払い待ち"
    PAID = "paid", "収納済み"
    EXPIRED = "expired", "期限切れ"
    REISSUED = "reissued", "再発行済み"

    @property
    def meaning(self) -> str:
        """What the word means for the eye."""
        return {"issued": "key", "paid": "done", "expired": "caution"}.get(self.value, "")


class NoticeKind(models.TextChoices):
    """The letters that the state of a repayment calls for (RP-20)."""

    START = "start", "償還開始のお知らせ"
    ARREARS = "arrears", "償還滞納額のお知らせ"
    BALANCE = "balance", "償還残額のお知らせ"
    COMPLETED = "completed", "償還完了のお知らせ"
    DEADLINE = "deadline", "最終償還期限到来のお知らせ"


class HeldCause(models.TextChoices):
    """Why nobody is asked to pay for now: a collection hold, or something that is under way (RP-11, RP-12)."""

    EXEMPTION_PENDING = "exemption_pending", "免除の審査中"
    DEFERRAL_PENDING = "deferral_pending", "猶予の審査中"
    LEGAL = "legal", "債務整理・破産などの手続き中"
    PROTECTED = "protected", "支援措置による保護"
    DISPUTE = "dispute", "内容を確認中"
    DIED = "died", "借受人が亡くなっている"
    DEFERRED = "deferred", "償還猶予中"
    AGREEMENT = "agreement", "少額返済の約束を守っている"
    PROMISE = "promise", "入金の約束を待っている"
    SLIP = "slip", "払込票の入金が届くのを待っている"
    DEBIT = "debit", "口座振替の結果を待っている"


class PromiseWay(models.TextChoices):
    """How a promise to pay was heard."""

    PHONE = "phone", "電話"
    COUNTER = "counter", "窓口"
    VISIT = "visit", "訪問"
    LETTER = "letter", "手紙"


class PromiseState(models.TextChoices):
    """How a promise to pay stands on a day; told from the ledger."""

    OPEN = "open", "待っている"
    KEPT = "kept", "守られた"
    BROKEN = "broken", "守られなかった"
    CANCELLED = "cancelled", "取り消した"

    @property
    def meaning(self) -> str:
        """What the word means for the eye."""
        return {"open": "key", "kept": "done", "broken": "caution"}.get(self.value, "")


class AcknowledgementKind(models.TextChoices):
    """What the borrower did that acknowledges the debt."""

    WRITTEN = "written", "債務承認書"
    PROMISE = "promise", "分割払いの誓約書"
    DEFERRAL = "deferral", "償還猶予の申請"
    SMALL = "small", "少額返済の申込み"
    OTHER = "other", "その他の書面"


class AssistanceBegan(models.TextChoices):
    """When public assistance began, for a borrower who was found to receive it after lending."""

    BEFORE = "before", "借入申込みの時にはすでに受給していた"
    AFTER = "after", "貸付の後に受給が始まった"
    NEVER = "never", "受給していない（記録の誤り）"
