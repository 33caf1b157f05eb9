"""Invented bank files: the three samples, and strategies for any file."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

from japan.zengin.kana import FieldClass
from japan.zengin.records import DebitFile, DebitLine, Header, TransferFile, TransferLine

OURS: Final[dict[str, Any]] = {
    "code": "1234567890",
    "name": "ｻﾝﾌﾟﾙｼｼﾔｷﾖｳ",
    "bank": "9999",
    "branch": "999",
    "kind": "1",
    "number": "7654321",
    "bank_name": "ﾃｽﾄｷﾞﾝｺｳ",
    "branch_name": "ﾃｽﾄｼﾃﾝ",
}
YAMADA: Final[dict[str, Any]] = {
    "bank": "9999",
    "bank_name": "ﾃｽﾄｷﾞﾝｺｳ",
    "branch": "999",
    "branch_name": "ﾃｽﾄｼﾃﾝ",
    "kind": "1",
    "number": "1234567",
    "holder": "ﾔﾏﾀﾞ ﾀﾛｳ",
    "new_code": "1",
}
SATO: Final[dict[str, Any]] = YAMADA | {
    "bank": "9900",
    "bank_name": "ﾕｳﾁﾖ",
    "branch": "058",
    "branch_name": "ｾﾞﾛｺﾞﾊﾁ",
    "holder": "ｻﾄｳ ﾊﾅｺ",
    "new_code": "0",
}

TRANSFERS: Final = TransferFile(
    Header(mmdd="0430", **OURS), (TransferLine(amount=200_000, customer_1=1001, **YAMADA),)
)
INSTRUCTION: Final = DebitFile(
    Header(mmdd="0427", **OURS),
    (DebitLine(amount=12_500, customer=1001, **YAMADA), DebitLine(amount=7_500, customer=1002, **SATO)),
)
RESULT: Final = DebitFile(
    Header(mmdd="0427", **OURS),
    (
        DebitLine(amount=12_500, customer=1001, result="0", **YAMADA),
        DebitLine(amount=7_500, customer=1002, result="1", **SATO),
    ),
)


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


def text(field_class: FieldClass, length: int, *, least: int = 0) -> st.SearchStrategy[str]:
    """Text of a class that fits its field and begins and ends with something to see."""
    letters = sorted(field_class.value)
    return (
        st.text(letters, min_size=least, max_size=length)
        .map(lambda found: found.strip(" "))
        .filter(lambda found: len(found) >= least)
    )


ACCOUNT: Final = {
    "bank": digits(4),
    "branch": digits(3),
    "number": digits(7),
    "bank_name": text(FieldClass.BANK, 15),
    "branch_name": text(FieldClass.BANK, 15),
}
LINE: Final = ACCOUNT | {
    "holder": text(FieldClass.NAME, 30),
    "amount": st.integers(0, 10**10 - 1),
    "new_code": st.sampled_from("012"),
}
HEADERS = st.builds(
    Header,
    code=digits(10),
    name=text(FieldClass.NAME, 40),
    mmdd=st.dates().map(lambda day: f"{day:%m%d}"),
    kind=st.sampled_from("129"),
    **ACCOUNT,
)
TRANSFER_LINES = st.builds(
    TransferLine,
    kind=st.sampled_from("1249"),
    mode=st.sampled_from("78"),
    customer_1=st.integers(0, 10**10 - 1),
    customer_2=st.integers(0, 10**10 - 1),
    **LINE,
) | st.builds(
    TransferLine,
    kind=st.sampled_from("1249"),
    mode=st.sampled_from("78"),
    edi=text(FieldClass.EDI, 20, least=1),
    **LINE,
)
TRANSFER_FILES = st.builds(TransferFile, HEADERS, st.lists(TRANSFER_LINES, min_size=1, max_size=4).map(tuple))


def debit_files(results: str) -> st.SearchStrategy[DebitFile]:
    lines = st.builds(
        DebitLine,
        kind=st.sampled_from("1239"),
        customer=st.integers(0, 10**20 - 1),
        result=st.sampled_from(results),
        **LINE,
    )
    return st.builds(DebitFile, HEADERS, st.lists(lines, min_size=1, max_size=4).map(tuple))
