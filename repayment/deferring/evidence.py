"""Which paper shows which of the six grounds (rule DF-01). One of the named papers suffices.

The lists are those of the councils of Okinawa and Osaka; the Ministry's examples (debt adjustment, unstable income, utility
arrears, evacuation) come under the last two grounds. Other debts do not count where they are a housing loan.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from people.enums import PaperKind
from repayment.enums import DeferralGround
from rulebook.sources import OKINAWA_DEFERRAL_PAGE, Source

SOURCE: Source = OKINAWA_DEFERRAL_PAGE.at("猶予の事由と書類")
"""Where the table of papers comes from, for those who print or show it."""

EVIDENCE: Mapping[str, tuple[PaperKind, ...]] = MappingProxyType(
    {
        DeferralGround.DISASTER: (PaperKind.DISASTER_CERTIFICATE, PaperKind.FIRE_CERTIFICATE),
        DeferralGround.ILLNESS: (PaperKind.MEDICAL_CERTIFICATE, PaperKind.SICKNESS_ALLOWANCE_FORM),
        DeferralGround.UNEMPLOYED: (
            PaperKind.LEAVING_SLIP,
            PaperKind.RESIGNATION_CERTIFICATE,
            PaperKind.UNEMPLOYMENT_ELIGIBILITY,
        ),
        DeferralGround.OTHER_DEFERRAL: (PaperKind.OTHER_DEBT_DEFERRAL,),
        DeferralGround.AGENCY_OPINION: (PaperKind.OPINION_LETTER,),
        DeferralGround.EQUIVALENT: (PaperKind.COUNCIL_OPINION,),
    }
)

HINTS: Mapping[str, str] = MappingProxyType(
    {
        DeferralGround.DISASTER: "地震、火災などの被害にあった",
        DeferralGround.ILLNESS: "病気やけがで治療中",
        DeferralGround.UNEMPLOYED: "仕事を失った、離職した",
        DeferralGround.OTHER_DEFERRAL: "奨学金や事業の借入金の返済を猶予されている（住宅ローンは除く）",
        DeferralGround.AGENCY_OPINION: "自立相談支援機関に相談し、猶予が適当とされた",
        DeferralGround.EQUIVALENT: "収入が少なく不安定、債務整理の予定、公共料金の滞納、避難中など",
    }
)


def papers_of(ground: str) -> tuple[PaperKind, ...]:
    """The papers of which one shows a ground; none for a word that is no ground."""
    return EVIDENCE.get(ground, ())


def named(kinds: Collection[PaperKind]) -> str:
    """Papers in words, any of them: 「離職票の写し または 退職証明書の写し」."""
    return " または ".join(str(kind.label) for kind in kinds)
