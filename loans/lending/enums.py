"""The words in which an application for a loan is told. Members are stored and used in case files; labels are shown.

Sources: MHLW Q&A vol. 17 (special loans) and the guide to the regular emergency small-sum loan (Nagasaki council).
"""

from __future__ import annotations

from django.db.models import TextChoices


class Acceptable(TextChoices):
    """Whether an application may be accepted, as ``manage.py case lending`` prints it."""

    YES = "yes", "受け付けられる"
    NO = "no", "受け付けられない"
    REVIEW = "review", "個別に確認"


class LendingPurpose(TextChoices):
    """What the money is meant for (LN-21)."""

    LIVING = "LIVING", "生活費"
    BUSINESS = "BUSINESS", "事業資金"
    GAMBLING = "GAMBLING", "ギャンブル・遊興"
    COURT_DEPOSIT = "COURT_DEPOSIT", "破産の予納金"
    DEBT_SETTLEMENT = "DEBT_SETTLEMENT", "債務整理の費用（任意整理・特定調停）"


class SmallLoanGround(TextChoices):
    """What allows a small loan of more than 100,000 yen (LN-10, question 4 ア to カ)."""

    INFECTED_MEMBER = "INFECTED_MEMBER", "世帯員にり患した人などがいる"
    CARE_NEEDING_MEMBER = "CARE_NEEDING_MEMBER", "世帯員に要介護の人がいる"
    FOUR_OR_MORE_MEMBERS = "FOUR_OR_MORE_MEMBERS", "世帯員が4人以上いる"
    CHILD_CARE = "CHILD_CARE", "休校などで子の世話が必要になった労働者がいる"
    SELF_EMPLOYED = "SELF_EMPLOYED", "個人事業主などがいて、生活費が不足する"
    OTHER = "OTHER", "そのほか、特に資金が必要"


class ChildAbsence(TextChoices):
    """Why the child stays at home, for ground エ (question 13)."""

    CLOSED = "CLOSED", "学校や園が臨時休業した"
    ASKED_TO_STAY_AWAY = "ASKED_TO_STAY_AWAY", "利用を控えるよう依頼があった"
    CHILD_ILL = "CHILD_ILL", "子が感染した、または感染のおそれがある"
    RECOGNISED = "RECOGNISED", "自主的に休ませ、校長が特別に認めた"
    OWN_CHOICE = "OWN_CHOICE", "保護者の判断で休ませた"


class IncomeProof(TextChoices):
    """How the fall of income is shown (questions 2-1, 2-10)."""

    PAPERS = "PAPERS", "給与明細書・通帳など"
    DECLARATION = "DECLARATION", "申立書"


class OtherScheme(TextChoices):
    """What else the household receives or could receive. None of it comes first or excludes (questions 2-8, 3, 16, 22)."""

    EMPLOYMENT_SUBSIDY = "EMPLOYMENT_SUBSIDY", "雇用調整助成金"
    LEAVE_SUPPORT = "LEAVE_SUPPORT", "休業支援金・給付金"
    SCHOOL_CLOSURE_SUPPORT = "SCHOOL_CLOSURE_SUPPORT", "小学校休業等対応助成金・支援金"
    UNEMPLOYMENT_BENEFIT = "UNEMPLOYMENT_BENEFIT", "失業等給付"
    TRAINING_BENEFIT = "TRAINING_BENEFIT", "職業訓練受講給付金"
    PENSION = "PENSION", "年金"
    HOUSING_BENEFIT = "HOUSING_BENEFIT", "住居確保給付金"
    SINGLE_PARENT_LOAN = "SINGLE_PARENT_LOAN", "母子父子寡婦福祉資金"
    OTHER = "OTHER", "その他"


class Burden(TextChoices):
    """What alone never decides an application for a special loan (questions 20-1-1, 20-1-2)."""

    OTHER_DEBTS = "OTHER_DEBTS", "返済中の借入れがある"
    PAST_EXEMPTION = "PAST_EXEMPTION", "償還免除を受けたことがある"
    BANKRUPTCY_DISCHARGE = "BANKRUPTCY_DISCHARGE", "自己破産して免責が確定したことがある"
    TAX_OR_UTILITY_ARREARS = "TAX_OR_UTILITY_ARREARS", "税や公共料金の滞納がある"
    BANKRUPT_COMPANY = "BANKRUPT_COMPANY", "世帯員が破産手続中の会社の代表を務めている"


class Residence(TextChoices):
    """Where the applicant lives, compared with the residence record (questions 25, 26)."""

    REGISTERED = "REGISTERED", "住民票の住所に住んでいる"
    EVACUATED = "EVACUATED", "DVなどで避難している"
    ELSEWHERE = "ELSEWHERE", "住民票の住所と異なる所に住んでいる"
    NO_ADDRESS = "NO_ADDRESS", "住所がない"


class MinorWay(TextChoices):
    """By which way an unmarried minor may borrow (question 17-1)."""

    GUARDIAN_CONSENT = "GUARDIAN_CONSENT", "親権者または後見人の同意"
    CARER_OPINION = "CARER_OPINION", "児童養護施設等の長または里親の意見書"
    INTERVIEW = "INTERVIEW", "面接による自立の能力の確認"
    SUPPORT_BODY_OPINION = "SUPPORT_BODY_OPINION", "民間支援団体等の意見書"


class LendingCause(TextChoices):
    """The nine causes for which the regular loan is lent (K-4), in the order of the guide."""

    MEDICAL_OR_CARE = "MEDICAL_OR_CARE", "①医療費または介護費の支払等"
    DISASTER = "DISASTER", "②火災等の被災"
    BRIDGE_TO_FIRST_PAYMENT = "BRIDGE_TO_FIRST_PAYMENT", "③年金・保険・公的給付・給与等の初回支給日まで"
    REDUCED_INCOME = "REDUCED_INCOME", "④解雇、休業等による収入減"
    TAX_OR_INSURANCE_ARREARS = "TAX_OR_INSURANCE_ARREARS", "⑤滞納していた税金・保険料の支払い"
    UTILITY_ARREARS = "UTILITY_ARREARS", "⑥公共料金の滞納"
    STATUTORY_SUPPORT = "STATUTORY_SUPPORT", "⑦法に基づく支援等を受けるための経費"
    THEFT_OF_WAGES = "THEFT_OF_WAGES", "⑧給与等の盗難"
    EQUIVALENT = "EQUIVALENT", "⑨その他同等のやむを得ない事由"


class BridgeTo(TextChoices):
    """What causes ③ and ④ bridge to (K-5)."""

    BENEFIT = "BENEFIT", "年金・保険・公的給付の初回支給日"
    WAGE_OF_NEXT_JOB = "WAGE_OF_NEXT_JOB", "再就職先の初回給与"
    WAGE_OF_FIRST_JOB = "WAGE_OF_FIRST_JOB", "初就職先の初回給与"


class Condition(TextChoices):
    """What the regular loan asks about the household, each yes or no."""

    STEADY_INCOME = "STEADY_INCOME", "これまで定期的な収入により生計を維持してきた"
    ONE_OFF = "ONE_OFF", "急いで資金を必要とし、今回の貸付の後は自身の収入で生活できる"
    REPAYMENT_IN_SIGHT = "REPAYMENT_IN_SIGHT", "貸付月を含む3か月以内に返済を始める見通しが立つ"
    CONTINUED_SUPPORT_CONSENT = "CONTINUED_SUPPORT_CONSENT", "実施主体と関係機関の継続的な支援に同意している"


class Exclusion(TextChoices):
    """The twelve cases in which the regular loan is not lent (K-6), in the order of the guide."""

    CHRONIC_SHORTFALL = "CHRONIC_SHORTFALL", "恒常的に生活費が不足している"
    DEBT_OR_GAMBLING = "DEBT_OR_GAMBLING", "債務の返済、ギャンブル、遊興等に費消するおそれがある"
    SOURCE_UNVERIFIABLE = "SOURCE_UNVERIFIABLE", "返済財源を書類等で確認できない"
    LARGE_OVERDUE_DEBTS = "LARGE_OVERDUE_DEBTS", "多額な負債があり、返済が滞っている"
    DEBT_ADJUSTMENT = "DEBT_ADJUSTMENT", "債務整理の予定がある、または債務整理中である"
    PAST_EXEMPTION = "PAST_EXEMPTION", "過去に生活福祉資金等の償還免除を受けた"
    WAGE_GARNISHMENT = "WAGE_GARNISHMENT", "給与差押を受けて生活費が不足する"
    PUBLIC_ASSISTANCE = "PUBLIC_ASSISTANCE", "生活保護を受給している"
    SITUATION_UNVERIFIABLE = "SITUATION_UNVERIFIABLE", "生活状況が確認できない"
    OTHER_PUBLIC_LOAN = "OTHER_PUBLIC_LOAN", "母子父子寡婦福祉資金等、ほかの公的な貸付制度を利用できる"
    GUARANTOR = "GUARANTOR", "現在、生活福祉資金の連帯保証人になっている"
    ORGANISED_CRIME = "ORGANISED_CRIME", "暴力団員である者が世帯に属する"


class Involvement(TextChoices):
    """How the self-reliance consultation agency has to be involved in the regular loan (K-7)."""

    NOT_NEEDED = "NOT_NEEDED", "自立相談支援事業の利用は不要"
    AGENCY = "AGENCY", "自立相談支援事業の利用が必要"
    AGENCY_AND_BUDGET = "AGENCY_AND_BUDGET", "家計改善支援事業の利用も必要"
