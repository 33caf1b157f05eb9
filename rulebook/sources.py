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
    """A document that rules are taken from. ``issued`` is None where it carries no date, ``url`` where it is read."""

    code: str
    title: str
    issuer: str
    issued: date | None = None
    url: str = ""

    def at(self, where: str) -> Source:
        """Return the place *where* (question number, table, form) in this document."""
        return Source(code=self.code, title=self.title, where=where, issued=self.issued)


def _page(code: str, council: str, subject: str, url: str) -> Document:
    """A council's own page: it shows the practice of that prefecture only."""
    return Document(code, f"{council}のホームページ（{subject}）", council, url=url)


QA_VOL17 = Document(
    "QA17",
    "生活福祉資金貸付制度における緊急小口資金等の特例貸付の運用に関する問答集（vol.17）",
    "厚生労働省社会・援護局地域福祉課生活困窮者自立支援室",
    date(2021, 6, 1),
)
FOLLOW_UP_CIRCULAR = Document(
    "FOLLOW-UP",
    "緊急小口資金等の特例貸付の借受人へのフォローアップ支援の推進について（2023年）",
    "厚生労働省社会・援護局地域福祉課生活困窮者自立支援室",
)
EXEMPTION_GUIDE = Document(
    "MENJO-ANNAI", "「緊急小口資金等の特例貸付」返済免除について（北海道、2024年）", "北海道社会福祉協議会"
)
FORM_1_1_D = Document(
    "FORM-1-1-D",
    "緊急小口資金等の特例貸付に係る貸付金償還免除申請書【要件①】（様式1-1-D、北海道、2024年）",
    "北海道社会福祉協議会",
)
FORM_1_2 = Document(
    "FORM-1-2",
    "緊急小口資金等の特例貸付に係る貸付金償還免除申請書【要件②～④】（様式1-2、北海道、2024年）",
    "北海道社会福祉協議会",
)
EASY_LEAFLET = Document(
    "YASASHII",
    "特例貸付を「返さなくていい（償還免除）」ことについて（やさしい日本語、北海道、2024年）",
    "北海道外国人相談センター",
)
REGULAR_LOAN_GUIDE = Document("HONSOKU", "緊急小口資金のご案内（本則、長崎県）", "長崎県社会福祉協議会")
RELOAN_LEAFLET = Document(
    "RELOAN", "総合支援資金（再貸付）のリーフレット（償還月額の表）", "厚生労働省", date(2021, 2, 19)
)
EXEMPTION_RULES_1999 = Document(
    "KITEI-1999",
    "生活福祉資金貸付金の償還免除規程（社援第1729号）",
    "厚生省",
    date(1999, 7, 13),
    "https://www.mhlw.go.jp/web/t_doc?dataId=00tb4117",
)
MHLW_EXEMPTION_FAQ = _page(
    "MHLW-MENJO",
    "厚生労働省",
    "返済免除のよくある質問",
    "https://corona-support.mhlw.go.jp/seikatsufukushi/hensaimenjo/faq.html",
)
MHLW_DEFERRAL_FAQ = _page(
    "MHLW-YUYO",
    "厚生労働省",
    "返済猶予のよくある質問",
    "https://corona-support.mhlw.go.jp/seikatsufukushi/hensaiyuuyo/faq.html",
)
FUKUOKA_GUIDE = _page("FUKUOKA", "福岡県社会福祉協議会", "償還免除", "https://fuku-shakyo.jp/corona/sabupage7")
KANAGAWA_GUIDE = _page("KANAGAWA", "神奈川県社会福祉協議会", "償還", "https://knsyk.jp/service/fukushi-shikin/shokan")
KUJI_PAGE = _page("KUJI", "久慈市社会福祉協議会", "生活福祉資金、2009年", "https://kuji-shakyo.jp/")
KUMAMOTO_REPAYMENT = _page(
    "KUMAMOTO-SHOKAN", "熊本県社会福祉協議会", "本則の貸付の償還", "https://fukushi-kumamoto.or.jp/pages/154"
)
KUMAMOTO_TABLE = _page("KUMAMOTO", "熊本県社会福祉協議会", "償還免除の表", "https://fukushi-kumamoto.or.jp/pages/264")
MIYAGI_GUIDE = _page("MIYAGI", "宮城県社会福祉協議会", "償還猶予", "https://miyagi-sfk.net/consultation/12445")
KANZAKI_PAGE = _page("KANZAKI", "神埼市社会福祉協議会", "償還猶予", "https://kanzaki-syakyo.com/pages/105")
OKINAWA_DEFERRAL_PAGE = _page(
    "OKINAWA-YUYO",
    "沖縄県社会福祉協議会",
    "償還猶予、2022年12月",
    "https://www.okishakyo.or.jp/blog/2022/12/27/",
)
TOCHIGI_DEFERRAL_PAGE = _page(
    "TOCHIGI-YUYO",
    "栃木県社会福祉協議会",
    "償還猶予",
    "https://tochigikenshakyo.jp/syakyo/shingatacoronakashituke-shoukanyuuyo.html",
)
OSAKA_DEFERRAL_GUIDE = _page(
    "OSAKA-YUYO",
    "大阪府社会福祉協議会",
    "償還猶予",
    "https://osakafusyakyo.or.jp/sikinbu/tokureiportal/procedure/grace.html",
)
OSAKA_EXEMPTION_GUIDE = _page(
    "OSAKA-MENJO",
    "大阪府社会福祉協議会",
    "償還免除",
    "https://osakafusyakyo.or.jp/sikinbu/tokureiportal/procedure/exemption.html",
)
TOKUSHIMA_PAGE = _page(
    "TOKUSHIMA", "徳島県", "償還免除", "https://www.pref.tokushima.lg.jp/ippannokata/kenko/chiikifukushi/7212172/"
)
TOKYO_CENTRE = _page("TOKYO", "東京都社会福祉協議会", "コロナ特例貸付", "https://tcsw.tvac.or.jp/coronatokurei/")
TOYAMA_GUIDE = _page("TOYAMA", "富山県社会福祉協議会", "償還免除", "https://toyama-shakyo.or.jp/covid-19-2")
TACHIKAWA_PAGE = _page(
    "TACHIKAWA",
    "立川市社会福祉協議会",
    "特例貸付の受付期間の延長、2020年9月",
    "https://www.tachikawa-shakyo.or.jp/2020/09/16/",
)
NIHONMATSU_PAGE = _page(
    "NIHONMATSU",
    "二本松市社会福祉協議会",
    "特例貸付の受付期間の延長、2020年12月",
    "http://www.nihonmatsushisyakyo.or.jp/news/2020/12/post-64.html",
)
OKINAWA_PAGE = _page(
    "OKINAWA",
    "沖縄県社会福祉協議会",
    "特例貸付の申請受付期限の延長",
    "https://www.okishakyo.or.jp/blog/2021/03/31/",
)
FUDAI_PAGE = _page("FUDAI", "普代村社会福祉協議会", "特例貸付の受付期間の延長", "https://fudai-shakyo.com/")
SHIZUOKA_PAGE = _page(
    "SHIZUOKA",
    "静岡県社会福祉協議会",
    "総合支援資金の特例貸付",
    "https://shizuoka-wel.jp/money-resolution/lend/sougouryuuijikou/",
)
FUKUOKA_RELOAN_PAGE = _page(
    "FUKUOKA-SAIKASHI",
    "福岡県社会福祉協議会",
    "総合支援資金の再貸付、2021年2月",
    "http://fuku-shakyo.jp/jigyo/shikin/korona%20tokurei3.html",
)
CHOFU_PAGE = _page(
    "CHOFU", "調布市", "緊急小口資金等の特例貸付の受付窓口、2020年10月", "https://www.city.chofu.tokyo.jp/"
)
GUNMA_PAGE = _page("GUNMA", "群馬県社会福祉協議会", "延長貸付の終了、2021年6月", "https://g-shakyo.or.jp/?p=37522")
TAGAJO_PAGE = _page("TAGAJO", "多賀城市社会福祉協議会", "総合支援資金の延長", "https://tagajo-shakyo.jp/")
MHLW_WINDOW_2020 = Document(
    "MHLW-UKETSUKE-2020",
    "緊急小口資金等の特例貸付の受付期間の延長に関する事務連絡（2020年9月）",
    "厚生労働省社会・援護局地域福祉課生活困窮者自立支援室",
)
KOMASYA_PAGE = _page(
    "KOMASYA", "市町村社会福祉協議会", "特例貸付の受付期間の延長、2021年8月", "https://komasya.com/entry-376.html"
)
HOUSE_DEFAULT = Document("HOUSE", "つなぎの既定値（資料に定めがなく、設定で変えられる事項）", "つなぎ")

DOCUMENTS: tuple[Document, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Document))


def document(code: str) -> Document:
    """Return the document with this code; ``KeyError`` if the library has none."""
    for candidate in DOCUMENTS:
        if candidate.code == code:
            return candidate
    raise KeyError(code)
