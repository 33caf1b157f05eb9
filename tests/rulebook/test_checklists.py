"""A council's own checklist: what the Ministry's answers rule out is refused with the question, the rest is kept."""

import pytest

from rulebook.checklists import ruling_out
from rulebook.setting_keys import BY_KEY, SettingError


@pytest.mark.parametrize(
    "line",
    [
        "給与明細書３か月分",
        "給与明細（直近三ヶ月分）",
        "賃金明細2カ月",
        "預金通帳の写し 6ヵ月分",
        "毎月の給与明細",
        "源泉徴収票（2年分）",
        "収入のわかるもの　3箇月以上",
    ],
)
def test_a_count_of_months_is_found_however_it_is_written(line):
    found = ruling_out(line, special=True)

    assert found is not None
    assert "問2-4" in found.message_ja


@pytest.mark.parametrize(
    "line",
    [
        "収入が2割以上減少したこと",
        "減収５０％以上",
        "収入の減少が月3万円以上",
        "収入が半減したこと",
        "三分の一以上下がった証明",
    ],
)
def test_a_threshold_is_found_however_it_is_written(line):
    found = ruling_out(line, special=True)

    assert found is not None
    assert "問2-3" in found.message_ja


@pytest.mark.parametrize("special", [True, False])
@pytest.mark.parametrize("line", ["印鑑登録証明書", "印鑑証明", "実印", "登録印を押した申込書"])
def test_a_seal_is_found_for_every_loan(line, special):
    found = ruling_out(line, special=special)

    assert found is not None
    assert "問23" in found.message_ja


@pytest.mark.parametrize(
    "line",
    [
        "在留カードの写し",
        "給与明細書",
        "令和2年3月の給与明細書と、減少した月の給与明細書",
        "収入の減少がわかるもの",
        "住民票（3か月以内に発行）",
        "車検証の写し",
        "印鑑（認印でよい）",
    ],
)
def test_an_ordinary_paper_may_be_asked_for(line):
    assert ruling_out(line, special=True) is None


def test_the_regular_loans_guide_itself_asks_for_six_months_of_the_bankbook():
    assert ruling_out("預貯金通帳（直近6か月分）", special=False) is None


@pytest.mark.parametrize("value", [None, "在留カード", [""], ["x" * 101], [1], ["a"] * 11])
def test_a_checklist_is_a_short_list_of_names(value):
    with pytest.raises(SettingError):
        BY_KEY["local_papers_small"].read(value)


@pytest.mark.parametrize("value", [None, [200_000, 150_000], ["150000"], [0], [True], [1] * 11])
def test_ceilings_by_household_never_fall(value):
    with pytest.raises(SettingError):
        BY_KEY["regular_income_ceiling"].read(value)


def test_ceilings_by_household_are_shown_with_the_sizes():
    setting = BY_KEY["regular_income_ceiling"]

    assert setting.text_ja(setting.read([150_000, 200_000])) == "1人 150,000円、2人以上 200,000円"
    assert setting.text_ja(setting.read([])) == "設定なし（個別に確認）"
