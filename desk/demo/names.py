"""Names of invented people, with their readings. Family and given names are put together by chance."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from people.enums import Language, Sex


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written and as read; both as a form would have them, family name first."""

    written: str
    kana: str

    @property
    def family(self) -> str:
        return self.written.split(" ")[0]

    @property
    def family_kana(self) -> str:
        return self.kana.split(" ")[0]


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    words = text.split()
    return tuple(zip(words[::2], words[1::2], strict=True))


_FAMILIES = _pairs("""
    佐藤 サトウ 鈴木 スズキ 高橋 タカハシ 田中 タナカ 伊藤 イトウ 渡辺 ワタナベ 山本 ヤマモト 中村 ナカムラ
    小林 コバヤシ 加藤 カトウ 吉田 ヨシダ 山田 ヤマダ 佐々木 ササキ 山口 ヤマグチ 松本 マツモト 井上 イノウエ
    木村 キムラ 林 ハヤシ 斎藤 サイトウ 清水 シミズ 山崎 ヤマザキ 森 モリ 池田 イケダ 橋本 ハシモト 阿部 アベ
    石川 イシカワ 山下 ヤマシタ 中島 ナカジマ 石井 イシイ 小川 オガワ 前田 マエダ 岡田 オカダ 長谷川 ハセガワ
    藤田 フジタ 後藤 ゴトウ 近藤 コンドウ 村上 ムラカミ 遠藤 エンドウ 青木 アオキ 坂本 サカモト 福田 フクダ
    太田 オオタ 西村 ニシムラ 藤井 フジイ 金子 カネコ 岡本 オカモト 藤原 フジワラ 三浦 ミウラ 中野 ナカノ 原田 ハラダ
    松田 マツダ 竹内 タケウチ 小野 オノ 田村 タムラ 中山 ナカヤマ 和田 ワダ 石田 イシダ 森田 モリタ 上田 ウエダ
    原 ハラ 内田 ウチダ 柴田 シバタ 酒井 サカイ 宮崎 ミヤザキ 横山 ヨコヤマ 高木 タカギ 安藤 アンドウ 宮本 ミヤモト
    大野 オオノ 小島 コジマ 谷口 タニグチ 今井 イマイ 工藤 クドウ 高田 タカダ 増田 マスダ 丸山 マルヤマ 杉山 スギヤマ
    村田 ムラタ 大塚 オオツカ 新井 アライ 小山 コヤマ 平野 ヒラノ 河野 コウノ 藤本 フジモト 武田 タケダ 野村 ノムラ
    松井 マツイ 千葉 チバ 岩崎 イワサキ 菅原 スガワラ 木下 キノシタ 久保 クボ 佐野 サノ 野口 ノグチ 松尾 マツオ
    市川 イチカワ 菊地 キクチ 杉本 スギモト 古川 フルカワ 大西 オオニシ 島田 シマダ 水野 ミズノ 桜井 サクライ
    高野 タカノ 渡部 ワタナベ 吉川 ヨシカワ 山内 ヤマウチ 西田 ニシダ 飯田 イイダ 菊池 キクチ 西川 ニシカワ
    小松 コマツ 北村 キタムラ 安田 ヤスダ 五十嵐 イガラシ 川口 カワグチ 平田 ヒラタ 関 セキ 凪沢 ナギサワ
    桐生 キリュウ 汐見 シオミ 白鐘 シラガネ 霧島 キリシマ 澪川 ミオカワ 鳴海 ナルミ 蒼井 アオイ
""")

_GIVEN: dict[Sex, tuple[tuple[tuple[str, str], ...], ...]] = {
    Sex.FEMALE: (
        _pairs("""
            和子 カズコ 節子 セツコ 幸子 サチコ 洋子 ヨウコ 文子 フミコ 春江 ハルエ 光代 ミツヨ 静江 シズエ
            敏子 トシコ 京子 キョウコ 弘美 ヒロミ 典子 ノリコ 千代子 チヨコ 美津子 ミツコ 良子 ヨシコ 恵子 ケイコ
            早苗 サナエ 富美 フミ
        """),
        _pairs("""
            陽子 ヨウコ 由美 ユミ 真由美 マユミ 久美子 クミコ 智子 トモコ 裕子 ユウコ 美穂 ミホ 香織 カオリ
            直美 ナオミ 千恵 チエ 麻衣 マイ 沙織 サオリ 綾子 アヤコ 理恵 リエ 瑞穂 ミズホ 奈緒 ナオ 真理 マリ
            明日香 アスカ 舞 マイ 愛 アイ 彩 アヤ 美咲 ミサキ 千晴 チハル 紗希 サキ 亜由美 アユミ 恵美 エミ
        """),
        _pairs("""
            葵 アオイ 結衣 ユイ さくら サクラ 七海 ナナミ 花 ハナ 凛 リン 美月 ミツキ 遥 ハルカ 琴音 コトネ
            ひかり ヒカリ 陽菜 ヒナ 心春 コハル 莉子 リコ 紬 ツムギ 芽依 メイ 結菜 ユイナ
        """),
    ),
    Sex.MALE: (
        _pairs("""
            勝 マサル 実 ミノル 豊 ユタカ 進 ススム 正 タダシ 清 キヨシ 弘 ヒロシ 昭 アキラ 義男 ヨシオ 武 タケシ
            和夫 カズオ 光男 ミツオ 茂 シゲル 修 オサム 一郎 イチロウ 孝 タカシ 信二 シンジ 三千男 ミチオ
        """),
        _pairs("""
            健一 ケンイチ 大輔 ダイスケ 翔太 ショウタ 拓也 タクヤ 直樹 ナオキ 誠 マコト 隆 タカシ 浩 ヒロシ
            和也 カズヤ 達也 タツヤ 哲也 テツヤ 雅人 マサト 康平 コウヘイ 亮 リョウ 学 マナブ 剛 ツヨシ 秀樹 ヒデキ
            博之 ヒロユキ 友和 トモカズ 勇気 ユウキ 駿 シュン 祐介 ユウスケ 智也 トモヤ 慎吾 シンゴ
        """),
        _pairs("""
            大樹 ダイキ 蓮 レン 悠斗 ユウト 陽翔 ハルト 颯太 ソウタ 陸 リク 湊 ミナト 樹 イツキ 海斗 カイト
            朝陽 アサヒ 律 リツ 蒼 アオイ 悠真 ユウマ 大和 ヤマト 結翔 ユイト
        """),
    ),
}
"""Given names of those born before 1962, before 1998 and since."""

_ABROAD: dict[Language, tuple[tuple[str, str, Sex], ...]] = {
    Language.VIETNAMESE: (
        ("NGUYEN THI HOA MAI", "グエン ティ ホア マイ", Sex.FEMALE),
        ("NGUYỄN VĂN LÂM", "グエン ヴァン ラム", Sex.MALE),
        ("TRAN QUOC BINH", "チャン クオック ビン", Sex.MALE),
    ),
    Language.TAGALOG: (
        ("SANTOS MARIA LUZVIMINDA", "サントス マリア ルスビミンダ", Sex.FEMALE),
        ("DELA ROSA JOSELITO", "デラロサ ホセリト", Sex.MALE),
    ),
    Language.PORTUGUESE: (
        ("SILVA PEDRO HENRIQUE", "シルバ ペドロ エンリケ", Sex.MALE),
        ("オリベイラ マリアナ", "オリベイラ マリアナ", Sex.FEMALE),
    ),
    Language.CHINESE: (("王 暁梅", "ワン シャオメイ", Sex.FEMALE), ("陳 建偉", "チェン ジエンウェイ", Sex.MALE)),
    Language.KOREAN: (("金 秀賢", "キム スヒョン", Sex.MALE), ("朴 美蘭", "パク ミラン", Sex.FEMALE)),
    Language.NEPALI: (
        ("GURUNG SITA KUMARI", "グルン シタ クマリ", Sex.FEMALE),
        ("THAPA BIKRAM", "タパ ビクラム", Sex.MALE),
    ),
    Language.SPANISH: (
        ("GARCIA RAMOS JUAN CARLOS", "ガルシア ラモス フアン カルロス", Sex.MALE),
        ("ペレス ロサ マリア", "ペレス ロサ マリア", Sex.FEMALE),
    ),
    Language.INDONESIAN: (("PUTRI AYU LESTARI", "プトリ アユ レスタリ", Sex.FEMALE),),
    Language.BURMESE: (("THANDAR WIN", "タンダー ウィン", Sex.FEMALE),),
    Language.KHMER: (("SOK CHANDARA", "ソック チャンダラ", Sex.MALE),),
    Language.THAI: (("SOMSRI JAIDEE", "ソムシー ジャイディー", Sex.FEMALE),),
    Language.RUSSIAN: (("IVANOVA ANNA", "イワノワ アンナ", Sex.FEMALE),),
    Language.ENGLISH: (("MILLER JAMES ROBERT", "ミラー ジェームズ ロバート", Sex.MALE),),
}

_REGISTER_SPELLINGS: dict[str, str | int | None] = {
    "高": "髙", "崎": "﨑", "吉": "𠮷", "辺": "邉\U000e0102", "斎": "齋", "浜": "濵", "橋": "槗",
    "桜": "櫻", "沢": "澤", "島": "嶋",
}  # fmt: skip
RARE_CHARACTERS: tuple[str, ...] = ("髙", "﨑", "𠮷", "邉\U000e0102", "齋", "濵", "槗")
"""Characters of the family register that ordinary fonts lack, or have only with their variation selector."""

UNPRINTABLE = "\ue757"
"""A character of somebody's private use: no font has it, so a letter to its bearer is held."""


def a_family(rng: Random) -> tuple[str, str]:
    """A family name and its reading; one in thirty in the rare spelling of the register."""
    written, kana = rng.choice(_FAMILIES)
    if rng.random() < 1 / 30:
        written = written.translate(str.maketrans(_REGISTER_SPELLINGS))
    return written, kana


def a_name(rng: Random, sex: Sex, family: tuple[str, str], born_in: int) -> Name:
    """A given name, of the sort that was given in that year, put to a family name."""
    given = rng.choice(_GIVEN[sex][(born_in >= 1962) + (born_in >= 1998)])
    return Name(f"{family[0]} {given[0]}", f"{family[1]} {given[1]}")


def from_abroad(rng: Random) -> tuple[Name, Sex, Language]:
    """Somebody whose letters should come with a translated first page."""
    language = rng.choice(tuple(_ABROAD))
    written, kana, sex = rng.choice(_ABROAD[language])
    return Name(written, kana), sex, language
