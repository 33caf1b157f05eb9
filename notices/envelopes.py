"""Window envelopes: where the address must stand so that it shows, and what must stay clear so that nothing else does.

All lengths are millimetres. A sheet folded to one panel lies in the envelope with its top-left corner anywhere in
[0, slack_x] × [0, slack_y] of the envelope's inner top-left corner. There is no standard window position, so a profile
is measured for the envelopes an office really buys, and none is assumed for an office that has not chosen one.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product

PAGE_RIGHT = 190.0
"""Right edge of the text on the A4 sheet."""
PRINT_SHIFT = 3.0
"""How far a printer may shift the text on the sheet, in any direction."""
LEAST_HEAD_WIDTH = 55.0
"""Width that number, date and sender need beside the window."""
MOST_ROWS = 6

_MM_PER_PT = 25.4 / 72
_LEADING = 1.35
_SIZES = ((11.0, 13.0), (10.5, 12.0), (10.0, 11.5), (9.5, 10.5), (9.0, 10.0))
"""Type sizes in points to try, address and name, largest first. Smaller than 9 points is not read well by sorters."""
_WORDS = re.compile(r"[ \u3000]+|[^ \u3000]+")
_TOKENS = re.compile(
    r"[0-9０-９A-Za-zＡ-Ｚａ-ｚ.．‐−－-]+"  # a house number stays in one piece
    r"|[（(「『]?.[\ufe00-\ufe0f\U000e0100-\U000e01ef\u3099\u309a]*[ーァィゥェォッャュョぁぃぅぇぉっゃゅょ々・、。）)」』]*",
    re.DOTALL,
)


class AddressDoesNotFit(Exception):
    """The address has too many or too long rows for the window even in the smallest type. The letter is held."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = tuple(lines)
        super().__init__(f"宛名（{len(self.lines)}行）が封筒の窓に収まりません。住所の行を短くしてください。")


@dataclass(frozen=True)
class Rect:
    """A rectangle on the sheet, millimetres from its top-left corner."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True)
class EnvelopeProfile:
    """One kind of envelope as measured: window on the landscape envelope, play of the sheet, folds from its top.

    Raises ValueError, with a sentence for the person who typed the measures, when a letter cannot be laid out for it.
    """

    code: str = field(metadata={"label": "封筒の型"})
    label_ja: str = field(metadata={"label": "封筒の名称"})
    window_left: float
    window_top: float
    window_w: float
    window_h: float
    slack_x: float
    slack_y: float
    fold: tuple[float, ...] = (99.0, 198.0)

    def __post_init__(self) -> None:
        if min(self.window_left, self.window_top, self.slack_x, self.slack_y) < 0 or not self.fold:
            raise ValueError("封筒の寸法は0以上で、折り位置を1つ以上入力してください。")
        seen, clear = always_visible(self), keep_clear(self)
        if seen.width <= 0 or seen.height <= 0:
            raise ValueError("窓が小さいか用紙の遊びが大きいため、宛名がいつも見える場所がありません。")
        if clear.right > PAGE_RIGHT - LEAST_HEAD_WIDTH:
            raise ValueError("窓の右に文書番号と発信者名を置く幅（55mm）がありません。")
        if clear.bottom > self.fold[0]:
            raise ValueError("窓が1つ目の折り位置より下まで見えるため、本文が窓から見えてしまいます。")


@dataclass(frozen=True)
class AddressRow:
    """One row of the address block: text, type size in points, row height."""

    text: str
    size_pt: float
    height: float


@dataclass(frozen=True)
class AddressBlock:
    """The address as it will stand on the sheet."""

    left: float
    top: float
    rows: tuple[AddressRow, ...]


def always_visible(profile: EnvelopeProfile) -> Rect:
    """What the window shows wherever the sheet has slid to: window size less the play."""
    return Rect(
        profile.window_left,
        profile.window_top,
        profile.window_left + profile.window_w - profile.slack_x,
        profile.window_top + profile.window_h - profile.slack_y,
    )


def keep_clear(profile: EnvelopeProfile, shift: float = PRINT_SHIFT) -> Rect:
    """What the window shows in at least one position, widened by the printer's shift: nothing but the address here."""
    return Rect(
        profile.window_left - profile.slack_x - shift,
        profile.window_top - profile.slack_y - shift,
        profile.window_left + profile.window_w + shift,
        profile.window_top + profile.window_h + shift,
    )


NAGA3_EXAMPLE = EnvelopeProfile(
    code="naga3-example",
    label_ja="長形3号 窓付き（採寸例）",
    window_left=20.0,
    window_top=22.0,
    window_w=90.0,
    window_h=45.0,
    slack_x=21.0,
    slack_y=18.0,
)
"""An example of a measured profile: 長形3号 (235 × 120), window 90 × 45, A4 in three. An office chooses it by name."""

EXAMPLES = (NAGA3_EXAMPLE,)


def address_block(
    profile: EnvelopeProfile, *, postal_mark: str, lines: Sequence[str], name: str, em_width: Callable[[str], float]
) -> AddressBlock:
    """Set postal code, address and name (with its honorific) in the part of the window that always shows.

    The largest type is taken in which each line fits or breaks at its spaces; only where there is none, a line breaks
    between other characters, and even then not inside a house number. `em_width` gives the width of a text in em.
    Raises `AddressDoesNotFit` with the lines as given.
    """
    seen = always_visible(profile)
    parts = [part for part in (postal_mark, *lines) if part]
    for pieces, (size, name_size) in product((_WORDS, _TOKENS), _SIZES):
        rows = [
            (row, points)
            for text, points in (*((part, size) for part in parts), (name, name_size))
            for row in _wrap(pieces.findall(text), seen.width / (points * _MM_PER_PT), em_width)
        ]
        height = sum(points * _LEADING * _MM_PER_PT for _, points in rows)
        widest = max(em_width(text) * points * _MM_PER_PT for text, points in rows)
        if len(rows) <= MOST_ROWS and height <= seen.height and widest <= seen.width:
            return AddressBlock(
                left=seen.left + min(PRINT_SHIFT, (seen.width - widest) / 2),
                top=seen.top + (seen.height - height) / 2,
                rows=tuple(AddressRow(text, points, points * _LEADING * _MM_PER_PT) for text, points in rows),
            )
    raise AddressDoesNotFit([*parts, name])


def _wrap(pieces: list[str], limit: float, em_width: Callable[[str], float]) -> list[str]:
    """Rows of at most `limit` em where the pieces allow it, broken at the last space that fits, else between pieces."""
    rows, row = [], ""
    for piece in pieces:
        while row.strip() and em_width((row + piece).rstrip()) > limit:
            head, _, tail = row.rstrip().replace("\u3000", " ").rpartition(" ")
            rows.append((head or row).rstrip())
            row = tail if head else ""
        row = (row + piece).lstrip()
    return [*rows, row.rstrip()] if row.strip() else rows
