"""The places to turn to that are the same in the whole country, as the guide names them (H-22).

The council's own desks are its letterhead's. Source: the second page of the Hokkaido exemption guide of 2024.
"""

from __future__ import annotations

from notices.kinds import Desk
from rulebook.sources import EXEMPTION_GUIDE

SOURCE = EXEMPTION_GUIDE.at("返済が困難な方へ関係機関のご案内")

NATIONAL: tuple[Desk, ...] = (
    Desk("生活福祉資金貸付相談コールセンター", "0120-46-1999", "9時から17時まで（土日祝日を除く）"),
    Desk("自立相談支援機関（暮らし、家計、借金など）", "minna-tunagaru.jp/ichiran/"),
    Desk("ハローワーク（仕事、職業訓練）", "お近くのハローワーク"),
    Desk("消費者ホットライン（ほかの借金）", "188"),
    Desk("法テラス（ほかの借金、法律の相談）", "0570-078374"),
    Desk("日本弁護士連合会 ひまわりお悩み110番", "0570-783-110"),
    Desk("司法書士総合相談センター", "shiho-shoshi.or.jp"),
    Desk("多重債務相談窓口（金融庁）", "fsa.go.jp/soudan/"),
)


def with_national(own: tuple[Desk, ...]) -> tuple[Desk, ...]:
    """The council's own desks, then those of the whole country whose number or address it does not name itself."""
    named = {desk.contact for desk in own}
    return (*own, *(desk for desk in NATIONAL if desk.contact not in named))
