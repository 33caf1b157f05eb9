"""The twelve cases in which the regular loan is not lent (RS-21 to RS-32; K-6), with their two exceptions.

Source: the guide in force. The exemption of a special loan does not count, and a household on public assistance may
borrow where it is urgent, e.g. for an air conditioner in summer.
"""

from __future__ import annotations

from collections.abc import Mapping

from loans.lending.enums import Exclusion, LendingPurpose
from loans.lending.inquiry import Inquiry
from rulebook.rules import Check

CODES: Mapping[Exclusion, str] = {exclusion: f"RS-{21 + i}" for i, exclusion in enumerate(Exclusion)}

_EXCEPTIONS: Mapping[Exclusion, str] = {
    Exclusion.PAST_EXEMPTION: "regular:exemption_was_special",
    Exclusion.PUBLIC_ASSISTANCE: "regular:urgent_appliance",
}
_EXCEPTED_BECAUSE: Mapping[Exclusion, str] = {
    Exclusion.PAST_EXEMPTION: "免除を受けたのは特例貸付だけなので、妨げにならない。",
    Exclusion.PUBLIC_ASSISTANCE: "夏季のエアコンの設置等の緊急性があり、対象にできる。",
}
_EXCEPTION_WORDS: Mapping[Exclusion, str] = {
    Exclusion.PAST_EXEMPTION: "免除を受けたのが特例貸付だけであれば、満たす。",
    Exclusion.PUBLIC_ASSISTANCE: "夏季のエアコンの設置等の緊急性があれば、満たす。",
}


def look(inquiry: Inquiry) -> list[Check]:
    """Look at each exclusion of the guide. Without answers only what the application itself says is judged."""
    if inquiry.facts.regular is not None:
        return [_check(inquiry, exclusion) for exclusion in inquiry.guide.exclusions]
    told = (Exclusion.DEBT_OR_GAMBLING, Exclusion.PUBLIC_ASSISTANCE)
    return [_check(inquiry, it) for it in inquiry.guide.exclusions if it in told and _applies(inquiry, it) is not None]


def _applies(inquiry: Inquiry, exclusion: Exclusion) -> bool | None:
    """Whether the case is given, exceptions aside; None where that is not established."""
    facts = inquiry.facts
    said = facts.regular.exclusions.get(exclusion) if facts.regular is not None else None
    if exclusion == Exclusion.PUBLIC_ASSISTANCE:
        return facts.on_public_assistance
    if exclusion == Exclusion.DEBT_OR_GAMBLING and facts.purpose not in (None, LendingPurpose.LIVING):
        return True
    if exclusion == Exclusion.DEBT_OR_GAMBLING and facts.regular is None:
        return None if facts.purpose is None else False
    return said


def _fact(inquiry: Inquiry, exclusion: Exclusion) -> str:
    """The fact the case rests on; a purpose other than living costs decides by itself."""
    if exclusion == Exclusion.PUBLIC_ASSISTANCE:
        return "on_public_assistance"
    purpose = inquiry.facts.purpose
    if exclusion == Exclusion.DEBT_OR_GAMBLING and (
        inquiry.facts.regular is None or purpose not in (None, LendingPurpose.LIVING)
    ):
        return "purpose"
    return f"regular:exclusions:{exclusion.value}"


def _check(inquiry: Inquiry, exclusion: Exclusion) -> Check:
    code, name = CODES[exclusion], _fact(inquiry, exclusion)
    applies = _applies(inquiry, exclusion)
    exception_fact = _EXCEPTIONS.get(exclusion)
    used = (name, exception_fact) if exception_fact else (name,)
    if exclusion == Exclusion.DEBT_OR_GAMBLING:
        used = ("purpose", f"regular:exclusions:{exclusion.value}")
    if applies is None:
        return inquiry.check(
            code,
            None,
            value="未確認",
            because=f"「{exclusion.label}」かどうかが、確認されていない。",
            would_change="当てはまらないとわかれば、満たす。",
            change_fact=name,
            facts=used,
            missing=(name,),
        )
    if not applies:
        return inquiry.check(
            code,
            True,
            value="当てはまらない",
            because=f"「{exclusion.label}」に当てはまらない。",
            would_change="" if _excepted(inquiry, exclusion) else "当てはまれば、満たさなくなる。",
            change_fact="" if _excepted(inquiry, exclusion) else name,
            facts=used,
        )
    if exception_fact is not None:
        return _with_exception(inquiry, exclusion, exception_fact, used)
    purpose = inquiry.facts.purpose
    regular = inquiry.facts.regular
    twice = name == "purpose" and regular is not None and regular.exclusions.get(exclusion) is not False
    detail = f"（{purpose.label}）" if name == "purpose" and purpose is not None else ""
    return inquiry.check(
        code,
        False,
        value=f"当てはまる{detail}",
        because=f"「{exclusion.label}」に当てはまる。",
        would_change="" if twice else "当てはまらなければ、満たす。",
        change_fact="" if twice else name,
        facts=used,
    )


def _excepted(inquiry: Inquiry, exclusion: Exclusion) -> bool | None:
    """Whether the exception of an exclusion is given; without answers none is."""
    regular = inquiry.facts.regular
    if regular is None:
        return False
    exceptions = {
        Exclusion.PAST_EXEMPTION: regular.exemption_was_special,
        Exclusion.PUBLIC_ASSISTANCE: regular.urgent_appliance,
    }
    return exceptions.get(exclusion, False)


def _with_exception(inquiry: Inquiry, exclusion: Exclusion, fact: str, used: tuple[str, ...]) -> Check:
    excepted = _excepted(inquiry, exclusion)
    because = {
        None: f"「{exclusion.label}」に当てはまり、例外になるかどうかが確認されていない。",
        True: _EXCEPTED_BECAUSE[exclusion],
        False: f"「{exclusion.label}」に当てはまる。",
    }[excepted]
    would_change = "例外に当てはまらなければ、満たさなくなる。" if excepted else _EXCEPTION_WORDS[exclusion]
    if inquiry.facts.regular is None:
        would_change, fact = "当てはまらなければ、満たす。", used[0]
    return inquiry.check(
        CODES[exclusion],
        excepted,
        value="当てはまる（例外）" if excepted else "当てはまる",
        because=because,
        would_change=would_change,
        change_fact=fact,
        facts=used,
        missing=(fact,) if excepted is None else (),
    )
