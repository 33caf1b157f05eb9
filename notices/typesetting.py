"""Set text in the fonts of the chain, cluster by cluster, and refuse what no font has.

Both halves work on the same runs: the gate asks the facts before anything is laid out, so that the refusal names the
field; the page's tree is then set run by run, so that nothing printed, static wording included, escapes the chain.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from itertools import groupby
from typing import Any
from xml.etree.ElementTree import Element

from notices.fonts import Font, clusters, font_class, printable


class GlyphMissing(Exception):
    """Text that no font of the chain can print. The letter is held.

    `characters` are the clusters in order of appearance, `field_label` says where they stand. The message names code
    points, so that it can itself be printed and read.
    """

    def __init__(self, characters: Sequence[str], field_label: str) -> None:
        self.characters = tuple(characters)
        self.field_label = field_label
        codes = "、".join(code_points(cluster) for cluster in self.characters)
        super().__init__(f"「{field_label}」に、印刷できる書体がない文字があります（{codes}）。")


@dataclass(frozen=True)
class Run:
    """Consecutive text set in one font; `font` is the place in the chain."""

    text: str
    font: int


def runs(text: str, fonts: Sequence[Font], field_label: str = "本文") -> tuple[Run, ...]:
    """Text as runs of the first font that has each cluster, base *and* selector.

    A word in Latin letters stays in one font where one has all of it, so that Nguyễn is not set in two faces.
    Raises `GlyphMissing` with `field_label`.
    """
    placed = [(cluster, place) for word in _words(printable(text)) for cluster, place in _place(word, fonts)]
    lacking = list(dict.fromkeys(cluster for cluster, place in placed if place is None))
    if lacking:
        raise GlyphMissing(lacking, field_label)
    return tuple(
        Run("".join(cluster for cluster, _ in group), place)
        for place, group in groupby(placed, key=lambda pair: pair[1])
        if place is not None
    )


def check_facts(facts: Any, fonts: Sequence[Font]) -> None:
    """Pass every string in the facts, however deep, through the gate. Raises `GlyphMissing` for the first failure."""
    for label, text in strings(facts):
        runs(text, fonts, label)


def without_unprintable(facts: Any, fonts: Sequence[Font]) -> tuple[Any, tuple[str, ...]]:
    """Facts with every string that no font can print emptied, and the labels of those fields, each once.

    For sheets that are filled in by hand: a name with a rare character is written there, never printed as another one.
    """
    emptied: list[str] = []

    def checked(value: Any, label: str) -> Any:
        if isinstance(value, Enum):
            return value
        if isinstance(value, str):
            try:
                runs(value, fonts, label)
            except GlyphMissing:
                emptied.append(label)
                return ""
            return value
        if isinstance(value, tuple):
            return tuple(checked(part, label) for part in value)
        if is_dataclass(value) and not isinstance(value, type):
            own = {part.name: part.metadata.get("label", label) for part in fields(value) if part.init}
            return replace(value, **{name: checked(getattr(value, name), said) for name, said in own.items()})
        return value

    cleared = checked(facts, "本文")
    return cleared, tuple(dict.fromkeys(emptied))


def strings(facts: Any, label: str = "本文") -> Iterator[tuple[str, str]]:
    """Every string in a facts object with the Japanese label of its field (the nearest labelled one)."""
    if isinstance(facts, Enum):
        return  # a choice, not text
    if isinstance(facts, str):
        yield label, facts
    elif isinstance(facts, tuple):
        for part in facts:
            yield from strings(part, label)
    elif is_dataclass(facts):
        for field in fields(facts):
            yield from strings(getattr(facts, field.name), field.metadata.get("label", label))


def set_tree(root: Element, fonts: Sequence[Font]) -> None:
    """Wrap, in place, every run of the body that is not in the first font in a span of that font's class.

    Raises `GlyphMissing` when wording of the template itself cannot be printed.
    """
    for body in root.iter("body"):
        for element in list(body.iter()):
            _set_children(element, fonts)


def with_code_points(text: str, fonts: Sequence[Font]) -> str:
    """Text with each cluster that no font has replaced by 〓 and its code points; for lists *about* such text."""
    return "".join(
        cluster if any(font.has(cluster) for font in fonts) else f"〓[{code_points(cluster)}]"
        for cluster in clusters(printable(text))
    )


def code_points(cluster: str) -> str:
    """A cluster as `U+9089 U+E0102`."""
    return " ".join(f"U+{ord(character):04X}" for character in cluster)


def width(text: str, fonts: Sequence[Font]) -> float:
    """Width of one line of text in em, by the advance widths of the fonts it will be set in. Raises `GlyphMissing`."""
    return sum(fonts[run.font].width(cluster) for run in runs(text, fonts) for cluster in clusters(run.text))


def _set_children(element: Element, fonts: Sequence[Font]) -> None:
    element.text, rebuilt = _spans(element.text, fonts)
    for child in list(element):
        child.tail, spans = _spans(child.tail, fonts)
        rebuilt += [child, *spans]
    element[:] = rebuilt


def _spans(text: str | None, fonts: Sequence[Font]) -> tuple[str, list[Element]]:
    """The leading text in the first font, and spans (each with its tail in the first font) for the rest."""
    lead, spans = "", list[Element]()
    for run in runs(text or "", fonts):
        if run.font:
            span = Element("span", {"class": font_class(run.font)})
            span.text, span.tail = run.text, ""
            spans.append(span)
        elif spans:
            spans[-1].tail = run.text
        else:
            lead = run.text
    return lead, spans


def _words(text: str) -> Iterator[list[str]]:
    """Clusters in groups: neighbouring Latin letters together, everything else one by one."""
    for latin, group in groupby(clusters(text), key=_is_latin):
        if latin:
            yield list(group)
        else:
            yield from ([cluster] for cluster in group)


def _is_latin(cluster: str) -> bool:
    return cluster[0].isalpha() and unicodedata.name(cluster[0], "").startswith("LATIN ")


def _place(word: list[str], fonts: Sequence[Font]) -> list[tuple[str, int | None]]:
    for place, font in enumerate(fonts):
        if all(font.has(cluster) for cluster in word):
            return [(cluster, place) for cluster in word]
    return [
        (cluster, next((place for place, font in enumerate(fonts) if font.has(cluster)), None)) for cluster in word
    ]
