import dataclasses
from enum import Enum
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices import typesetting
from notices.fonts import chain
from notices.typesetting import GlyphMissing, Run, check_facts, runs, set_tree, strings, with_code_points
from tests.notices.sample_letters import SAMPLES

GAIJI = "\ue123"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("髙﨑 𠮷田", [Run("髙﨑 𠮷田", 0)]),
        ("渡邉 太郎", [Run("渡邉 太郎", 0)]),
        ("渡邉\U000e0102 太郎", [Run("渡", 0), Run("邉\U000e0102", 1), Run(" 太郎", 0)]),
        ("渡邉\U000e010f 太郎", [Run("渡邉\U000e010f 太郎", 0)]),
        ("葛\U000e0100飾 辻\U000e0101", [Run("葛\U000e0100", 1), Run("飾 ", 0), Run("辻\U000e0101", 1)]),
        ("Nguyễn 様", [Run("Nguyễn", 1), Run(" 様", 0)]),
    ],
)
def test_each_cluster_is_set_in_the_first_font_that_has_base_and_selector(text: str, expected: list[Run]) -> None:
    assert list(runs(text, chain())) == expected


def test_a_sequence_that_no_font_has_is_refused_and_not_printed_as_its_base() -> None:
    with pytest.raises(GlyphMissing) as refused:
        runs("渡邉\U000e01ee、\ue123邉\U000e01ee", chain(), "氏名")
    assert refused.value.characters == ("邉\U000e01ee", "\ue123")
    assert refused.value.field_label == "氏名"
    assert str(refused.value) == "「氏名」に、印刷できる書体がない文字があります（U+9089 U+E01EE、U+E123）。"


@pytest.mark.parametrize("code", SAMPLES)
def test_every_string_in_the_facts_passes_the_gate_and_is_named_when_it_fails(code: str) -> None:
    facts = SAMPLES[code]()
    check_facts(facts, chain())
    total = len(list(strings(facts)))
    assert total > 20
    for number in range(total):
        with pytest.raises(GlyphMissing) as refused:
            check_facts(_with_gaiji_in(facts, number), chain())
        assert refused.value.characters == (GAIJI,)
        assert refused.value.field_label != "本文", f"string {number} has no Japanese label"


@given(st.text(alphabet=st.sampled_from("渡邉太á aW1。<&\U000e0102\U000e010f𠮷ễ"), min_size=1))
def test_typesetting_a_page_changes_no_text(text: str) -> None:
    root = ET.fromstring("<html><head><title/></head><body><p><b/></p></body></html>")
    paragraph, bold = root[1][0], root[1][0][0]
    paragraph.text, bold.text, bold.tail = text, text, text
    try:
        set_tree(root, chain())
    except GlyphMissing:
        return
    assert "".join(root[1].itertext()) == text * 3
    for span in root.iter("span"):
        assert runs(span.text or "", chain())[0].font == int(span.attrib["class"].removeprefix("font-"))


def test_the_page_is_set_in_spans_of_the_fonts_class() -> None:
    root = ET.fromstring("<html><body><p>渡邉\U000e0102様<br/>辻\U000e0101</p></body></html>")
    set_tree(root, chain())
    assert ET.tostring(root[0], encoding="unicode") == (
        '<body><p>渡<span class="font-1">邉\U000e0102</span>様<br /><span class="font-1">辻\U000e0101</span></p></body>'
    )


def test_wording_of_a_template_that_cannot_be_printed_is_refused_too() -> None:
    root = ET.fromstring(f"<html><body><p>記{GAIJI}</p></body></html>")
    with pytest.raises(GlyphMissing, match="本文"):
        set_tree(root, chain())


def test_a_list_about_unprintable_text_shows_its_code_points() -> None:
    assert with_code_points(f"渡邉\U000e01ee{GAIJI}様", chain()) == "渡〓[U+9089 U+E01EE]〓[U+E123]様"


def test_width_adds_the_advances_of_the_fonts_used() -> None:
    latin = chain()[1].width("N")
    assert typesetting.width("渡邉\U000e0102", chain()) == 2.0
    assert typesetting.width("Nễ", chain()) == pytest.approx(latin + chain()[1].width("ễ"))


def _with_gaiji_in(facts: Any, number: int) -> Any:
    """The facts with a character that no font has in their n-th string."""
    seen = iter(range(1_000))

    def replaced(value: Any) -> Any:
        if isinstance(value, str) and not isinstance(value, Enum):
            return GAIJI if next(seen) == number else value
        if isinstance(value, tuple):
            return tuple(replaced(part) for part in value)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            copy = object.__new__(type(value))  # past the checks of the fields' own form
            for field in dataclasses.fields(value):
                object.__setattr__(copy, field.name, replaced(getattr(value, field.name)))
            return copy
        return value

    return replaced(facts)
