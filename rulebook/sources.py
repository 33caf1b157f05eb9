"""Where a rule comes from: the document, the place in it, and the day it was issued.

Every rule and every setting names one of these, so that a clerk, a borrower's adviser or an auditor can open the
page and check us. Documents are named by their own titles; what no document settles rests on ``HOUSE_DEFAULT``,
which says so openly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Source:
    """A place in a document: ``code`` of the document, its ``title``, ``where`` in it, and when it was issued."""

    code: str
    title: str
    where: str
    issued: date | None

    def __str__(self) -> str:
        return f"{self.title} {self.where}".strip()


@dataclass(frozen=True, slots=True)
class Document:
    """A document that rules are taken from. ``issued`` is unknown (None) for pages that carry no date."""

    code: str
    title: str
    issuer: str
    issued: date | None = None

    def at(self, where: str) -> Source:
        """Return the place *where* (question number, table, form) in this document."""
        return Source(code=self.code, title=self.title, where=where, issued=self.issued)


QA_VOL17 = Document(
    "QA17",
    "生活福祉資金貸付制度における緊急小口資金等の特例貸付の運用に関する問答集（vol.17）",
    "厚生労働省社会・援護局地域福祉課生活困窮者自立支援室",
    date(2021, 6, 1),
)
EXEMPTION_GUIDE = Document(
    "MENJO-ANNAI",
    "「緊急小口資金等の特例貸付」返済免除について（免除案内）",
    "北海道社会福祉協議会",
    date(2024, 6, 1),
)
FORM_1_1_D = Document(
    "FORM-1-1-D",
    "緊急小口資金等の特例貸付に係る貸付金償還免除申請書【要件①】（様式1-1-D）",
    "北海道社会福祉協議会",
    date(2024, 6, 1),
)
FORM_1_2 = Document(
    "FORM-1-2",
    "緊急小口資金等の特例貸付に係る貸付金償還免除申請書【要件②～④】（様式1-2）",
    "北海道社会福祉協議会",
    date(2024, 6, 1),
)
EASY_LEAFLET = Document(
    "YASASHII",
    "特例貸付の償還免除について（やさしい日本語版）",
    "北海道社会福祉協議会のホームページを基に作成",
    date(2024, 6, 1),
)
REGULAR_LOAN_GUIDE = Document("HONSOKU", "緊急小口資金のご案内", "長崎県社会福祉協議会")
FOLLOW_UP_CIRCULAR = Document(
    "FOLLOWUP-2023",
    "緊急小口資金等の特例貸付の借受人へのフォローアップ支援の推進について",
    "厚生労働省社会・援護局地域福祉課生活困窮者自立支援室",
)
MHLW_EXEMPTION_FAQ = Document("MHLW-MENJO-FAQ", "特例貸付の償還免除に関するよくあるご質問", "厚生労働省")
MHLW_DEFERRAL_FAQ = Document("MHLW-YUYO-FAQ", "特例貸付の償還猶予に関するよくあるご質問", "厚生労働省")
RELOAN_LEAFLET = Document("SAIKASHITSUKE-LEAFLET", "総合支援資金（再貸付）のご案内", "厚生労働省", date(2021, 2, 19))
GRACE_NOTICE_2021 = Document(
    "SUEOKI-2021-11",
    "緊急小口資金等の特例貸付における据置期間の延長について（通知）",
    "厚生労働省社会・援護局長",
    date(2021, 11, 22),
)
FUKUOKA_GUIDE = Document("FUKUOKA", "特例貸付の償還免除のご案内", "福岡県社会福祉協議会")
GUNMA_GUIDE = Document("GUNMA", "特例貸付の償還免除のお知らせ", "群馬県社会福祉協議会")
HIROSHIMA_GUIDE = Document("HIROSHIMA", "特例貸付の償還・償還免除のご案内", "広島県社会福祉協議会")
HOKKAIDO_PAGE = Document("DOSHAKYO", "生活福祉資金特例貸付の償還免除（ホームページ）", "北海道社会福祉協議会")
IBARAKI_GUIDE = Document("IBARAKI", "特例貸付の償還について", "茨城県社会福祉協議会")
KANAGAWA_GUIDE = Document("KANAGAWA", "特例貸付の償還について", "神奈川県社会福祉協議会")
KUMAMOTO_TABLE = Document("KUMAMOTO", "特例貸付の償還免除要件一覧", "熊本県社会福祉協議会")
MIYAGI_GUIDE = Document("MIYAGI", "特例貸付の償還猶予・償還免除について", "宮城県社会福祉協議会")
ONOMICHI_NEWS = Document("ONOMICHI", "特例貸付の償還開始時期について", "尾道市社会福祉協議会")
OSAKA_DEFERRAL_GUIDE = Document("OSAKA-YUYO", "特例貸付の償還猶予について", "大阪府社会福祉協議会")
OSAKA_EXEMPTION_GUIDE = Document("OSAKA-MENJO", "特例貸付の償還免除について", "大阪府社会福祉協議会")
TOKUSHIMA_PAGE = Document("TOKUSHIMA", "生活福祉資金特例貸付の償還免除について", "徳島県")
TOKYO_CENTRE = Document("TOKYO", "特例貸付の償還・償還免除のご案内", "東京都社会福祉協議会")
TOYAMA_GUIDE = Document("TOYAMA", "特例貸付の償還免除について", "富山県社会福祉協議会")
YAMANASHI_PAGE = Document("YAMANASHI", "特例貸付の据置期間について", "山梨県社会福祉協議会")
EXEMPTION_RULES_1999 = Document(
    "MENJO-KITEI-1999", "生活福祉資金貸付金償還免除規程（社援第1729号）", "厚生省社会・援護局長", date(1999, 7, 13)
)
HOUSE_DEFAULT = Document(
    "HOUSE", "本システムの既定値（資料に定めがないため、設定で変更できる事項）", "つなぎ", date(2024, 6, 1)
)

DOCUMENTS: tuple[Document, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Document))


def document(code: str) -> Document:
    """Return the document with this code; ``KeyError`` if the library has none."""
    for candidate in DOCUMENTS:
        if candidate.code == code:
            return candidate
    raise KeyError(code)
