"""Variant kanji of names and the form under which they are searched.

Families write the same name with different characters; a clerk on the telephone types the common one. In each word
below the first character is the form used in search keys, the others are folded into it. The list is a choice of
characters met in names of people and places; the reduction map of the character information base (文字情報基盤
縮退マップ) is where to look for more. Characters that NFKC already folds (the compatibility ideographs, like 神
U+FA19) are not repeated.

This is for search keys only: names are stored and printed exactly as they were received.
"""

_FAMILIES = """
    高髙 崎﨑嵜碕 吉𠮷 辺邉邊边 斉齋齊斎 沢澤 浜濱濵 桜櫻 広廣 国國圀 島嶋嶌嶹 富冨 会會 学學 恵惠 渕淵渊
    橋槗𣘺 滝瀧 竜龍 関關 塩鹽 寿壽 栄榮 円圓 万萬 亀龜 鉄鐵鐡 徳德 青靑 清淸 静靜 真眞 槙槇 慎愼 弥彌
    芦蘆 芸藝 薮藪籔 曽曾 増增 蔵藏 黒黑 黄黃 横橫 緑綠 録錄 禄祿 礼禮 豊豐 宝寶寳 実實 竈竃 籠篭 条條
    来來 松枩柗 桧檜 柳栁桺 栃杤 権權 館舘 剣劍劔劒 労勞 勲勳 教敎 峰峯 岳嶽 峡峽 巌巖 荘莊 茎莖 蛍螢
    読讀 誉譽 諌諫 頼賴 瀬瀨 満滿 湾灣 渓溪谿 渋澁澀 済濟 浅淺 灯燈 炉爐 焼燒 為爲 独獨 画畫 県縣 砺礪
    研硏 稲稻 穣穰 経經 継繼 絵繪 総總 縁緣 聡聰 声聲 舎舍 舗舖 船舩 桑桒 梅楳 釈釋 鋭銳 錬鍊 隠隱
    霊靈 穎頴 顔顏 顕顯 駅驛 髪髮 鶏鷄 鴎鷗 麦麥 壺壷 壱壹 変變 応應 戸戶 戦戰 拡擴 挙擧舉 枡桝 楽樂
    様樣 歩步 歳歲 毎每 気氣 児兒 尭堯 奨奬 寛寬 将將 専專 壮壯 奥奧 晋晉 晃晄 暁曉 杉杦 柏栢 櫟檪
    狭狹 秋穐 穂穗 蓑簑 糸絲 艶艷 萌萠 園薗 衛衞 裏裡 観觀 覚覺 遥遙 郎郞 郷鄕 釜釡 鈎鉤 与與 両兩
    並竝 乗乘 亘亙 伝傳 仏佛 体體 倶俱 党黨 内內 凛凜 区區 医醫 厳嚴 参參 双雙 収收 叙敍 呉吳 喜㐂
    団團 図圖 壌壤 売賣 姉姊 姫姬 嬢孃 宮宫 寧寕 岡崗 巻卷 巣巢 帯帶 庵菴 弐貳 強强 恒恆 悦悅 懐懷
    拝拜 摂攝 数數 旧舊 昂昻 暦曆 枢樞 楼樓 歴歷 毘毗 沖冲 温溫 潜潛 焔焰 熙煕凞 爾尓 産產 畳疊 発發
    禰祢袮 称稱 窓窗窻 粛肅 続續 縄繩 聴聽 肇肈 蒋蔣 薫薰 薬藥 虎乕 譲讓 賛贊 軽輕 転轉 醸釀 野埜 鎮鎭
    頬頰 験驗 鶴靏靍靎 点點 彦彥 尚尙 即卽 既旣 争爭 浄淨 絶絕 説說 閲閱 脱脫 税稅 村邨 第㐧 峨峩 崖崕
    潟泻 兎莵兔菟 痩瘦 掴摑 噛嚙 繋繫 屏屛 并幷 餅餠 麺麵 侠俠 騨驒 鯵鰺 土圡𡈽 丈𠀋 卯夘 藁藳 場塲
    梁樑 略畧 祇祗 戻戾 涙淚 徴徵 抜拔 虚虛 昇曻 峠𡶛 窪漥 迫廹 鉱鑛 鋳鑄 弁辨瓣辯 予豫
    余餘 台臺 欠缺 号號 処處 証證 触觸 辞辭 随隨 髄髓 属屬 択擇 担擔 胆膽 昼晝 虫蟲 勅敕 逓遞 闘鬭
    悩惱 脳腦 廃廢 蛮蠻 秘祕 賓賔 瓶甁 払拂 翻飜 黙默 訳譯 猟獵 塁壘 齢齡 湧涌 鑑鑒
"""

FOLDED = {variant: family[0] for family in _FAMILIES.split() for variant in family[1:]}
"""Variant character → character used in search keys."""
