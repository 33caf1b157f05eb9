import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices import checks, fonts
from notices.fonts import FONT_CHAIN, FontMissing, chain, clusters, font, font_css, is_selector, missing_families

MINCHO, SERIF, SANS = FONT_CHAIN

COVERAGE = [
    # text, IPAmj, Noto Serif CJK JP, Noto Sans CJK JP: read from the fonts of Debian 12
    ("髙", True, True, True),
    ("﨑", True, True, True),
    ("𠮷", True, True, True),
    ("邉", True, True, True),
    ("邉\U000e0102", False, True, True),  # the Adobe-Japan1 number of the variant
    ("邉\U000e010f", True, False, False),  # the Moji_Joho number of another
    ("辻\U000e0101", False, True, True),
    ("ễ", False, True, True),
    ("か\u309a", True, True, True),
    ("\ue000", False, False, False),  # private use: a council's own 外字
    ("\U000e0102", False, False, False),  # a selector without a base
]


@pytest.mark.parametrize(("text", "mincho", "serif", "sans"), COVERAGE)
def test_a_font_has_a_cluster_only_with_base_and_selector(text: str, mincho: bool, serif: bool, sans: bool) -> None:
    assert [face.has(text) for face in chain()] == [mincho, serif, sans]


def test_every_font_of_the_chain_is_installed_here() -> None:
    assert missing_families() == []
    assert [face.family for face in chain()] == list(FONT_CHAIN)


def test_a_family_that_is_not_installed_is_named_and_never_substituted() -> None:
    with pytest.raises(FontMissing, match="どこにもない明朝"):
        font("どこにもない明朝")


def test_the_start_up_check_names_a_missing_font(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.letter_fonts_are_installed(None) == []

    monkeypatch.setattr(fonts, "FONT_CHAIN", (MINCHO, "どこにもない明朝"))

    (problem,) = checks.letter_fonts_are_installed(None)
    assert problem.id == "notices.E001"
    assert "どこにもない明朝" in problem.msg


def test_starting_the_project_looks_for_the_fonts() -> None:
    code = (
        "import django; django.setup();"
        "from django.core.checks.registry import registry;"
        "print([check.__name__ for check in registry.get_checks()])"
    )
    started = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "letter_fonts_are_installed" in started.stdout


def test_the_style_sheet_names_the_chain_in_its_order() -> None:
    css = font_css()
    assert f'html {{ font-family: "{MINCHO}", "{SERIF}", "{SANS}" }}' in css
    assert f'.font-1 {{ font-family: "{SERIF}" }}' in css
    assert f'.font-2 {{ font-family: "{SANS}" }}' in css


def test_selectors_and_marks_stay_with_their_base() -> None:
    assert list(clusters("渡邉\U000e0102か\u309a 太")) == ["渡", "邉\U000e0102", "か\u309a", " ", "太"]


@given(st.text(alphabet=st.sampled_from("渡邉太あé \U000e0102\U000e010f\ufe00\u309a\u0301")))
def test_clusters_lose_nothing_and_no_cluster_but_the_first_starts_with_a_selector(text: str) -> None:
    parts = list(clusters(text))
    assert "".join(parts) == text
    assert not any(is_selector(part[0]) for part in parts[1:])


@pytest.mark.parametrize(
    ("received", "printed"),
    [
        ("1\u20112\u20113", "1-2-3"),  # the layout engine hangs on the non-breaking hyphen
        ("山田\u00a0太郎", "山田 太郎"),
        ("山田\t太郎\n", "山田 太郎 "),
        ("\ufeff山\u200b田\u00ad", "山田"),
        ("渡邉\U000e0102 神\uff0d１", "渡邉\U000e0102 神\uff0d１"),
        ("\ufa19", "\ufa19"),  # 神 as a compatibility ideograph: every normalisation form would change it
    ],
)
def test_text_is_made_printable_without_changing_a_letter(received: str, printed: str) -> None:
    assert fonts.printable(received) == printed


def test_widths_come_from_the_font() -> None:
    assert font(MINCHO).width("邉\U000e010f") == 1.0
    assert font(MINCHO).width("1") == pytest.approx(0.5, abs=0.15)
    assert font(SERIF).width("W") > font(SERIF).width("i")
