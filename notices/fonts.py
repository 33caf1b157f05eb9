"""The fonts of the letters, and which of them has which character.

One chain of families serves everybody: the style sheet (`font_css`), the typesetter and the gate that holds a letter
back. A name comes with its variant selectors: 邉 followed by U+E0102 is another character than plain 邉, and a layout
engine without that pair silently draws the plain one. So a font *has* a cluster only when its `cmap` has the base and,
for every selector, its format 14 table has the pair (see docs/adr/0006-fonts-for-names.md).
"""

import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

FONT_CHAIN = ("IPAmjMincho", "Noto Serif CJK JP", "Noto Sans CJK JP")
"""Families in order of preference. The first sets all text; the others only what the ones before them lack."""

_NO_INK = dict.fromkeys([0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF])
_SPACES = dict.fromkeys([0x0009, 0x000A, 0x000D, 0x00A0, 0x2028, 0x2029, 0x202F], " ")
_HYPHENS = {0x2011: "-"}
_PRINTABLE = _NO_INK | _SPACES | _HYPHENS


class FontMissing(Exception):
    """A family of the chain is not installed; `family` names it."""

    def __init__(self, family: str) -> None:
        self.family = family
        super().__init__(f"書体「{family}」がこのサーバーにありません。")


@dataclass(frozen=True, eq=False, repr=False)
class Font:
    """One installed face and what it covers.

    `bases` are the code points with a glyph of their own, `sequences` the (base, selector) pairs, `narrow` the advance
    widths in em of the code points that are not one em wide.
    """

    family: str
    path: str
    index: int
    bases: frozenset[int]
    sequences: frozenset[tuple[int, int]]
    narrow: dict[int, float]

    def has(self, cluster: str) -> bool:
        """Whether the base and each selector or mark of the cluster are in this face."""
        base = ord(cluster[0])
        return base in self.bases and all(
            (base, ord(mark)) in self.sequences if is_selector(mark) else ord(mark) in self.bases
            for mark in cluster[1:]
        )

    def width(self, cluster: str) -> float:
        """Advance width of a cluster in em; selectors and combining marks add nothing."""
        return self.narrow.get(ord(cluster[0]), 1.0)


def is_selector(character: str) -> bool:
    """Whether the character is a variation selector (U+FE00–FE0F, U+E0100–E01EF)."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def clusters(text: str) -> Iterator[str]:
    """Split text into a base with the selectors and combining marks that follow it.

    A selector or mark at the very start has no base and is a cluster of its own, which no font has.
    """
    start = 0
    for at in range(1, len(text)):
        if not (is_selector(text[at]) or unicodedata.category(text[at]) in ("Mn", "Me")):
            yield text[start:at]
            start = at
    if text:
        yield text[start:]


def printable(text: str) -> str:
    """Text as it goes to the layout engine: characters without ink removed, odd spaces made plain, U+2011 made "-".

    U+2011 is not a matter of taste: it sends the layout engine into a search that takes most of a minute. Letters are
    never changed, and no normalisation form is applied, because NFC already loses name variants.
    """
    return text.translate(_PRINTABLE)


@cache
def font(family: str) -> Font:
    """Read one family's coverage from the file fontconfig, and so the layout engine, picks for it.

    Raises `FontMissing` when fontconfig offers a substitute or is not there itself.
    """
    from fontTools.ttLib import TTFont

    path, index = _find(family)
    with TTFont(path, fontNumber=index if path.endswith(".ttc") else -1, lazy=True) as face:
        glyphs = {code: name for code, name in face.getBestCmap().items() if name != ".notdef"}
        sequences = frozenset(
            (base, selector)
            for table in face["cmap"].tables
            if table.format == 14
            for selector, pairs in table.uvsDict.items()
            for base, _ in pairs
        )
        em = face["head"].unitsPerEm
        advances = face["hmtx"].metrics
        narrow = {code: advances[name][0] / em for code, name in glyphs.items() if advances[name][0] != em}
    return Font(family, path, index, frozenset(glyphs), sequences, narrow)


def chain() -> tuple[Font, ...]:
    """The faces of `FONT_CHAIN`, in order. Raises `FontMissing`."""
    return tuple(font(family) for family in FONT_CHAIN)


def missing_families() -> list[str]:
    """Families of the chain that are not installed, without reading the others."""
    absent = []
    for family in FONT_CHAIN:
        try:
            _find(family)
        except FontMissing:
            absent.append(family)
    return absent


def font_css() -> str:
    """The style rules that name the chain: the page's own family list, and one class for each later font."""
    families = ", ".join(f'"{family}"' for family in FONT_CHAIN)
    classes = (
        f'.{font_class(place)} {{ font-family: "{family}" }}' for place, family in enumerate(FONT_CHAIN) if place
    )
    return "\n".join((f"html {{ font-family: {families} }}", *classes))


def font_class(place: int) -> str:
    """Class name of the font at this place of the chain."""
    return f"font-{place}"


@cache
def _find(family: str) -> tuple[str, int]:
    """File and face number of a family, asked of fontconfig."""
    matcher = shutil.which("fc-match")
    if matcher is None:
        raise FontMissing(family)
    found = subprocess.run(
        [matcher, "--format", "%{family}\t%{file}\t%{index}", family], capture_output=True, text=True, check=True
    )
    names, path, index = found.stdout.split("\t")
    if family not in names.split(","):
        raise FontMissing(family)
    return path, int(index)
