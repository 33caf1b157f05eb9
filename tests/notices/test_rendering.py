import dataclasses
from datetime import date
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from notices import rendering
from notices.envelopes import AddressDoesNotFit
from notices.fonts import FONT_CHAIN, chain, font
from notices.kinds import LetterKind, Seal, all_kinds, kind
from notices.rendering import RenderFailed, StaticFetcher, letter_html, render_letter
from notices.typesetting import GlyphMissing
from tests.notices.sample_letters import (
    DESKS,
    SAMPLES,
    SENDER,
    WATANABE_VARIANT,
    addressee,
    approved,
    approved_in_part,
    embedded_fonts,
    grey_first_page,
    outline,
    page_texts,
    refused,
    render,
    text_of,
)

PDF_NAMES = {family.replace(" ", "-") for family in FONT_CHAIN}


# --- the names ---


def test_a_variant_is_drawn_with_its_own_glyph_and_not_as_the_plain_character() -> None:
    """The outline in the file is the one the font gives for the sequence; that of plain 邉 is not in the file."""
    with TTFont(font("Noto Serif CJK JP").path, fontNumber=font("Noto Serif CJK JP").index) as whole:
        pairs = dict(next(t for t in whole["cmap"].tables if t.format == 14).uvsDict[0xE0102])
        variant, plain = outline(whole, pairs[0x9089]), outline(whole, whole.getBestCmap()[0x9089])
    assert variant != plain

    embedded = embedded_fonts(render("exemption_approved", approved(addressee=addressee(WATANABE_VARIANT))).pdf)

    drawn = [outline(face, name) for face in embedded.values() for name in face.getGlyphOrder()]
    assert variant in drawn
    assert plain not in drawn
    assert set(embedded) == {"IPAmjMincho", "Noto-Serif-CJK-JP"}


def test_the_printed_names_differ_where_the_written_ones_do(tmp_path: Path) -> None:
    pages = {
        name: grey_first_page(render("exemption_refused", refused(addressee=addressee(name))).pdf, tmp_path)
        for name in (
            "渡邉",
            WATANABE_VARIANT,
            "渡邉\U000e0110",
            "渡邊",
            "吉田",
            "𠮷田",
            "高木",
            "髙木",
            "山崎",
            "山﨑",
        )
    }
    assert len({b"".join(page) for page in pages.values()}) == len(pages)


@pytest.mark.parametrize("name", ["髙𠮷 﨑子", WATANABE_VARIANT, "Nguyễn Thị Hương", "渡邉\U000e010f 辻\U000e0101"])
def test_a_name_can_be_read_back_from_the_file_and_only_fonts_of_the_chain_are_in_it(name: str) -> None:
    letter = render("exemption_approved", approved(addressee=addressee(name)))
    assert name.replace(" ", "") + "様" in text_of(letter.pdf)
    assert set(embedded_fonts(letter.pdf)) <= PDF_NAMES


def test_a_letter_with_common_characters_needs_one_font() -> None:
    assert set(embedded_fonts(render("exemption_approved").pdf)) == {"IPAmjMincho"}


def test_no_glyph_in_the_file_is_the_missing_one() -> None:
    for face in embedded_fonts(
        render("exemption_approved", approved(addressee=addressee(WATANABE_VARIANT))).pdf
    ).values():
        used = [name for name in face.getGlyphOrder()[1:] if outline(face, name)]
        assert outline(face, face.getGlyphOrder()[0]) not in [outline(face, name) for name in used]


@pytest.mark.parametrize(
    ("facts", "label"),
    [
        (approved(addressee=addressee("渡邉\U000e01ee")), "氏名"),
        (approved(addressee=addressee("横山 啓輔", "青海市\ue000町1番")), "住所"),
        (approved(document_number="\ue000第1号"), "文書番号"),
        (approved(desks=(dataclasses.replace(DESKS[0], name="窓口\ue000"),)), "相談窓口の名称"),
        (approved(sender=dataclasses.replace(SENDER, chairperson="会長　\ue000")), "代表者名"),
        (approved(fund_name="資金\ue000"), "資金の種類"),
    ],
)
def test_a_letter_with_a_character_no_font_has_is_not_printed(facts: object, label: str) -> None:
    with pytest.raises(GlyphMissing) as held:
        render("exemption_approved", facts)  # type: ignore[arg-type]
    assert held.value.field_label == label


def test_a_non_breaking_hyphen_is_printed_as_a_hyphen() -> None:
    letter = render("exemption_approved", approved(addressee=addressee("横山 啓輔", "青海市北浜町1\u20112\u20113")))
    assert "青海市北浜町1-2-3" in text_of(letter.pdf)


def test_a_font_outside_the_chain_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the style sheet to name another font than the gate, the letter would not leave the house."""
    chain()
    monkeypatch.setattr(rendering.fonts, "font_css", lambda: 'html { font-family: "DejaVu Sans" }')
    with pytest.raises(RenderFailed, match="outside the chain"):
        render("exemption_approved")


# --- what the letters say ---


def test_the_full_exemption_says_what_is_exempted_and_that_nothing_is_left() -> None:
    text = text_of(render("exemption_approved").pdf)
    for said in (
        "青海社協発第1234号",
        "令和5年9月15日",
        "会長三崎静江（公印省略）",
        "償還免除承認決定通知書",
        "資金の種類総合支援資金（初回貸付）",
        "貸付コード0200001（資金コードKB）",
        "貸付金額600,000円",
        "免除する金額540,000円",
        "残りの返済額ありません",
        "申請書の受付日令和5年7月10日",
        "決定日令和5年9月1日",
        "決定日までに返済された金額は、免除の対象にならず",
        "青海市くらし支援窓口（自立相談支援機関）000-555-0111平日9時から17時まで",
        "電話000-555-0100（平日9時から17時まで）",
        "〒999-0001青海県青海市中央1丁目2番3号福祉会館3階",
        "以上",
    ):
        assert said in text


def test_the_partial_exemption_says_what_is_exempted_and_what_stays() -> None:
    text = text_of(render("exemption_approved_in_part").pdf)
    assert "償還免除一部承認決定通知書" in text
    assert "免除する金額540,000円令和6年1月分以降" in text
    assert "残りの返済額20,000円令和5年9月分から12月分まで" in text
    assert "償還猶予や少額での返済をご相談いただけます" in text


def test_the_refusal_gives_no_reason_and_offers_help() -> None:
    fields = {field.name for field in dataclasses.fields(kind("exemption_refused").facts_type)}
    assert fields == {
        *("addressee", "sender", "envelope", "document_number", "issued_on"),
        *("fund_name", "fund_code", "loan_code", "principal", "application_received_on", "decided_on", "desks"),
    }
    text = text_of(render("exemption_refused").pdf)
    assert "審査の結果不承認" in text
    assert "理由" not in text
    for offered in ("償還の猶予", "少額での返済", "免除の再申請", *(desk.name.replace(" ", "") for desk in DESKS)):
        assert offered in text


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ((2023, 9), (2023, 12), "令和5年9月分から12月分まで"),
        ((2023, 9), (2024, 3), "令和5年9月分から令和6年3月分まで"),
        ((2018, 12), (2019, 5), "平成30年12月分から令和元年5月分まで"),
        ((2024, 1), None, "令和6年1月分以降"),
        (None, (2024, 1), "令和6年1月分まで"),
        ((2024, 1), (2024, 1), "令和6年1月分"),
        (None, None, ""),
    ],
)
def test_a_period_is_said_the_way_a_person_would(first: tuple[int, int], last: tuple[int, int], words: str) -> None:
    from exemptions.letters import Portion

    def index(month: tuple[int, int] | None) -> int | None:
        return None if month is None else month[0] * 12 + month[1] - 1

    assert Portion(1, index(first), index(last)).period_ja == words


def test_an_office_that_seals_by_hand_gets_room_for_the_seal() -> None:
    sealed = approved(sender=dataclasses.replace(SENDER, seal=Seal.BY_HAND))
    assert "公印省略" not in text_of(render("exemption_approved", sealed).pdf)
    assert "公印" in text_of(render("exemption_approved", sealed).pdf)


def test_the_wording_does_not_depend_on_the_person() -> None:
    """What differs between two letters of a kind is facts; the rest is one fixed page."""
    one = letter_html(kind("exemption_refused"), refused(), letter_id="L-1")
    other = letter_html(
        kind("exemption_refused"), refused(addressee=addressee("佐藤 花"), principal=1), letter_id="L-1"
    )
    assert [item for item in one.split("<li>")[1:]] == [item for item in other.split("<li>")[1:]]


# --- pages ---


@pytest.mark.parametrize("code", SAMPLES)
def test_a_usual_letter_is_one_page_and_carries_its_number(code: str) -> None:
    letter = render(code, letter_id="L-0000987")
    assert letter.pages == 1
    assert page_texts(letter.pdf)[0].endswith("L-00009871/1")


def test_every_page_of_a_long_letter_carries_its_number() -> None:
    letter = render("exemption_refused", refused(desks=DESKS * 20), letter_id="L-0000987")
    assert letter.pages == 3
    assert [text[-12:] for text in page_texts(letter.pdf)] == ["L-00009871/3", "L-00009872/3", "L-00009873/3"]


def test_the_same_facts_give_the_same_bytes() -> None:
    assert render("exemption_approved_in_part").pdf == render("exemption_approved_in_part").pdf


def test_every_declared_kind_has_a_sample_here_and_a_template_of_its_version() -> None:
    assert {declared.code for declared in all_kinds()} >= set(SAMPLES)
    for declared in all_kinds():
        assert declared.template.endswith(f"{declared.code}/v{declared.version}.html")


def test_a_letter_id_that_could_break_the_page_is_refused() -> None:
    with pytest.raises(ValueError, match="letter id"):
        render("exemption_approved", letter_id='L-1" }')


def test_an_address_that_does_not_fit_holds_the_letter() -> None:
    with pytest.raises(AddressDoesNotFit, match="窓に収まりません"):
        render("exemption_approved", approved(addressee=addressee("横山 啓輔", *["青海県青海市北浜町"] * 6)))


def test_text_is_text_and_not_markup() -> None:
    letter = render("exemption_approved", approved(addressee=addressee("<b>横山</b> & 啓輔")))
    assert "<b>横山</b>&啓輔様" in text_of(letter.pdf)


# --- nothing from outside ---


@pytest.mark.parametrize(
    "address",
    [
        "https://example.invalid/logo.png",
        "http://127.0.0.1:8000/logo.png",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "tsunagi:../config/settings/base.py",
        "tsunagi:notices/nothing.css",
        "tsunagi:/etc/passwd",
    ],
)
def test_nothing_but_our_own_static_files_is_fetched(address: str) -> None:
    with pytest.raises(ValueError, match="not one of our static files"):
        StaticFetcher().fetch(address)


def test_our_own_style_sheet_is_fetched() -> None:
    assert b"@page" in StaticFetcher().fetch("tsunagi:notices/letter-v1.css").read()


def test_a_template_that_asks_for_the_network_fails_as_an_ordinary_error(tmp_path: Path, settings: object) -> None:
    (tmp_path / "spy.html").write_text(
        '<html><body><img src="https://example.invalid/x.png">{{ facts.issued_on }}</body></html>'
    )
    engine = {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [tmp_path]}
    settings.TEMPLATES = [engine]  # type: ignore[attr-defined]
    spy = LetterKind("spy", "調査", 1, type(approved_in_part()), "spy.html")
    with pytest.raises(RenderFailed):
        render_letter(spy, approved_in_part(issued_on=date(2023, 9, 15)), letter_id="L-1")
