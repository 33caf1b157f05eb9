"""The invented prefecture: 架瀬県, its municipalities, its offices, and addresses in it.

No prefecture has the code 48, no post office the prefixes 008 and 009, no exchange begins with 0: whatever is made
here looks right and belongs to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from accounts.enums import OfficeKind
from people.addresses import Place

PREFECTURE = "架瀬県"
PREFECTURAL_CODE = "48000"


@dataclass(frozen=True, slots=True)
class Municipality:
    """One city, town or village. ``share`` is how many of a hundred borrowers live there."""

    code: str
    name: str
    district: str
    share: int
    postal_prefix: str
    towns: tuple[str, ...]

    @property
    def area(self) -> str:
        """Prefecture and municipality as written on an envelope."""
        return f"{PREFECTURE}{self.district}{self.name}"

    @property
    def council(self) -> str:
        return f"{self.name}社会福祉協議会"

    def postal_code(self, town: str) -> str:
        return f"{self.postal_prefix}{self.towns.index(town):02d}"


def _city(number: int, name: str, share: int, *towns: str, district: str = "") -> Municipality:
    series = "482" if name.endswith("市") else "483"
    return Municipality(f"{series}{number:02d}", name, district, share, f"008{number:02d}", towns)


MUNICIPALITIES: tuple[Municipality, ...] = (
    _city(
        1, "架瀬市", 30, "中央", "本町", "栄町", "県庁前", "東架瀬", "若葉町", "緑が丘", "港新町", "瀬端町",
        "上川原", "下川原", "学園台", "旭ヶ丘", "北新田",
    ),
    _city(2, "白鐘市", 16, "鐘つき町", "大手", "春日台", "白鐘本町", "南鐘", "新屋敷", "柳川町", "石橋"),
    _city(3, "凪原市", 12, "凪原本町", "浜通", "凪の丘", "船見町", "砂山", "西凪", "花園町"),
    _city(4, "桐ヶ浜市", 10, "桐ヶ浜", "松並町", "汐入", "漁師町", "東桐", "桐山台"),
    _city(5, "霧沢市", 8, "霧沢町", "沢口", "朝日町", "霧ヶ丘", "杉並木", "川東"),
    _city(6, "灯浦市", 7, "灯台下", "浦町", "宮の前", "大浦", "小浦"),
    _city(7, "遠鳴町", 5, "大字遠鳴", "大字鳴沢", "大字東野", district="磯代郡"),
    _city(8, "澪浜町", 4, "大字澪浜", "大字磯部", "大字浜尻", district="磯代郡"),
    _city(9, "蒼木町", 3, "大字蒼木", "大字木原", "大字神田", district="奥霧郡"),
    _city(10, "梢川町", 3, "大字梢川", "大字上梢", "大字落合", district="奥霧郡"),
    _city(11, "雪解村", 1, "字雪解", "字谷内", district="奥霧郡"),
    _city(12, "水無原村", 1, "字水無原", "字下原", district="奥霧郡"),
)  # fmt: skip

_CHOME = "一二三四五六"
_HOUSES = ("コーポ", "メゾン", "ハイツ", "サンコート", "グリーンハイム", "第二")
_HOUSE_NAMES = ("凪", "若葉", "白鐘", "すみれ", "朝霧", "みなと", "やまぶき", "かもめ", "けやき", "あおぞら")


def a_municipality(rng: Random) -> Municipality:
    """One of the municipalities, the large ones more often."""
    return rng.choices(MUNICIPALITIES, [each.share for each in MUNICIPALITIES])[0]


def a_place(rng: Random, where: Municipality) -> Place:
    """An address in a municipality; more than a third of them are flats."""
    town = rng.choice(where.towns)
    rural = town.startswith(("大字", "字"))
    number = f"{rng.randrange(1, 2800)}番地" if rural else f"{rng.randrange(1, 29)}番{rng.randrange(1, 31)}号"
    quarter = "" if rural or rng.random() < 0.4 else f"{rng.choice(_CHOME)}丁目"
    building = ""
    if not rural and rng.random() < 0.55:
        house = f"{rng.choice(_HOUSES)}{rng.choice(_HOUSE_NAMES)}"
        building = f"{house} {rng.randrange(1, 6)}{rng.randrange(1, 13):02d}号"
    return Place(where.postal_code(town), where.area, f"{town}{quarter}{number}", building)


def a_mobile_number(rng: Random) -> str:
    """A mobile number of a block that is never given out (it begins with 0)."""
    return f"0{rng.choice('789')}0-0{rng.randrange(1000):03d}-{rng.randrange(10_000):04d}"


def a_home_number(rng: Random) -> str:
    return f"0190-0{rng.randrange(10)}-{rng.randrange(10_000):04d}"


@dataclass(frozen=True, slots=True)
class OfficePlan:
    """One office to be set up, with what its letters say about it. ``prefix`` is empty for agencies: they send none."""

    code: str
    name: str
    kind: OfficeKind
    municipality: str = ""
    prefix: str = ""
    chairperson: str = ""
    postal_code: str = ""
    address: str = ""
    phone: str = ""
    sealed: bool = False


_CHAIRPERSONS = (
    "三ツ沢 康夫", "葉山 律子", "戸隠 誠", "早乙女 昭", "小鳥遊 宏", "東海林 和子",
    "五十公野 実", "百々 美津江", "鬼灯 勝", "月見里 喜代", "四十物 茂", "薬袋 千代子",
)  # fmt: skip
_AGENCIES = (
    ("架瀬市くらし相談支援センター", 0), ("架瀬市ひがし暮らしの窓口", 0), ("白鐘市生活自立サポートセンター", 1),
    ("凪原市自立相談支援室", 2), ("桐ヶ浜市くらしの相談室", 3), ("霧沢市生活応援窓口", 4),
    ("灯浦市自立サポートセンター", 5), ("架瀬県郡部生活支援センター", 6),
)  # fmt: skip


def _offices() -> tuple[OfficePlan, ...]:
    capital = MUNICIPALITIES[0]
    prefectural = OfficePlan(
        PREFECTURAL_CODE,
        "架瀬県社会福祉協議会",
        OfficeKind.PREFECTURAL,
        prefix="架社協",
        chairperson="海老名 藤一郎",
        postal_code="0080103",
        address=f"{capital.area}県庁前二丁目4番1号 架瀬県福祉会館",
        phone="0190-00-2400",
    )
    councils = tuple(
        OfficePlan(
            each.code,
            each.council,
            OfficeKind.MUNICIPAL,
            each.name,
            prefix=f"{each.name[:-1]}社協",
            chairperson=_CHAIRPERSONS[number],
            postal_code=each.postal_code(each.towns[0]),
            address=f"{each.area}{each.towns[0]}1番{number + 1}号 地域福祉センター",
            phone=f"0190-{number + 1:02d}-2401",
            sealed=each.name == "灯浦市",
        )
        for number, each in enumerate(MUNICIPALITIES)
    )
    agencies = tuple(
        OfficePlan(f"{MUNICIPALITIES[at].code}J{number}", name, OfficeKind.AGENCY, MUNICIPALITIES[at].name)
        for number, (name, at) in enumerate(_AGENCIES, start=1)
    )
    return (prefectural, *councils, *agencies)


OFFICES = _offices()
