"""Whose residence tax is judged, and what it says: the borrower, and the head unless one of three facts takes him out.

Sources: form 1-1-D, 「世帯の状況」 with its flow chart (EX-12); MHLW Q&A vol. 17, part 2, questions 3 and 5 (EX-11).
Everything is three-valued: a ground can hold although it is open whether the head is judged, if the head's tax would
do.
"""

from __future__ import annotations

from dataclasses import dataclass

from exemptions.enums import Ground, Person
from exemptions.facts import Household, TaxRecord
from exemptions.inquiry import Inquiry
from japan.eras import fiscal_year_text
from rulebook.findings import Answer, Finding, all_of, any_of
from rulebook.rules import Check

IS_HEAD = "household:borrower_is_head"
WAS_SEPARATE = "household:head_was_separate_at_loan"
UNOBTAINABLE = "household:head_certificate_unobtainable"


def tax_fact(person: Person, fiscal_year: int) -> str:
    """Return the name of a fact: ``"residence_tax:borrower:2022"``."""
    return f"residence_tax:{person.value}:{fiscal_year}"


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether the head is judged beside the borrower, and the check that says why (EX-12)."""

    head: Answer
    individual_handling: bool
    check: Check


@dataclass(frozen=True, slots=True)
class _Reason:
    """One of the three facts that each leave the borrower to be judged alone."""

    fact: str
    holds: bool | None
    because: str
    would_change: str


def who_is_judged(inquiry: Inquiry, ground: Ground) -> Judged:
    """Look at the three household facts of form 1-1-D (EX-12)."""
    reasons = _reasons(inquiry.facts.household)
    alone = any_of(*(Answer.of(reason.holds, reason.fact) for reason in reasons))
    would_change = change_fact = ""
    individual = False
    if alone.finding is Finding.MET:
        reason = next(reason for reason in reasons if reason.holds)
        value, because = "借受人のみ", reason.because
        individual = reason.fact == UNOBTAINABLE
    elif alone.finding is Finding.NOT_MET:
        value, because = "借受人と世帯主", "世帯主は借受人以外で、貸付申請時に同じ世帯だったので、世帯主も判定する。"
    else:
        value, because = "未確認", "世帯の状況が確認できていないため、世帯主も判定するかどうかが決まらない。"
        reason = next(reason for reason in reasons if reason.holds is None)
        would_change, change_fact = reason.would_change, reason.fact
    check = inquiry.check(
        "EX-12",
        Finding.UNKNOWN if alone.finding is Finding.UNKNOWN else Finding.MET,
        ground,
        value=value,
        because=because,
        would_change=would_change,
        change_fact=change_fact,
        facts=(IS_HEAD, WAS_SEPARATE, UNOBTAINABLE),
        missing=tuple(sorted(alone.missing)),
    )
    return Judged(alone.negated(), individual, check)


def _reasons(household: Household) -> tuple[_Reason, ...]:
    return (
        _Reason(
            IS_HEAD,
            household.borrower_is_head,
            "借受人が世帯主なので、借受人だけで判定する。",
            "借受人が世帯主であると確認できれば、借受人だけで判定できる。",
        ),
        _Reason(
            WAS_SEPARATE,
            household.head_was_separate_at_loan,
            "現在の世帯主は貸付申請時に別世帯だったので、借受人だけで判定する。",
            "現在の世帯主が貸付申請時に別世帯だったと確認できれば、借受人だけで判定できる。",
        ),
        _Reason(
            UNOBTAINABLE,
            household.head_certificate_unobtainable,
            "やむを得ない事情で世帯主の証明書を取れないため、借受人だけで個別に判定する。",
            "やむを得ない事情で世帯主の証明書を取れないと確認できれば、借受人だけで判定できる。",
        ),
    )


@dataclass(frozen=True, slots=True)
class Levies:
    """What the records of one person and year say together; records that contradict each other establish nothing."""

    per_capita: bool | None
    income: bool | None
    contradictory: bool
    recorded: bool


def levies(taxes: tuple[TaxRecord, ...], person: Person, fiscal_year: int) -> Levies:
    """Return the two levies of a person in a fiscal year, None where not established."""
    records = [record for record in taxes if record.person == person and record.fiscal_year == fiscal_year]
    per_capita = {record.per_capita_levy for record in records} - {None}
    income = {record.income_levy for record in records} - {None}
    return Levies(
        per_capita=_only(per_capita),
        income=_only(income),
        contradictory=len(per_capita) > 1 or len(income) > 1,
        recorded=bool(records),
    )


def _only(values: set[bool | None]) -> bool | None:
    return next(iter(values)) if len(values) == 1 else None


@dataclass(frozen=True, slots=True)
class LevyTest:
    """What a rule asks of one person's residence tax: the levies that must be zero, by their names."""

    rule: str
    levies_ja: tuple[str, ...]

    @property
    def wanted_ja(self) -> str:
        """What would meet the test, in words."""
        return "と".join(self.levies_ja) + ("のどちらも0円" if len(self.levies_ja) > 1 else "が0円")

    def charged(self, found: Levies) -> tuple[str, ...]:
        """Return the names of the levies that are charged although they must not be."""
        return tuple(name for name, levy in _named(found) if name in self.levies_ja and levy)

    def answer(self, found: Levies) -> bool | None:
        """Whether every levy asked for is zero; one that is charged says no, whatever is unknown of the other."""
        if self.charged(found):
            return False
        return None if any(levy is None for name, levy in _named(found) if name in self.levies_ja) else True


def _named(found: Levies) -> tuple[tuple[str, bool | None], ...]:
    return (("均等割", found.per_capita), ("所得割", found.income))


UNTAXED = LevyTest("EX-11", ("均等割", "所得割"))
"""Requirement ① and ①′: the income-based levy alone being zero is not enough."""

NO_INCOME_LEVY = LevyTest("EX-40", ("所得割",))
"""Requirement ④, no. 3: here the income-based levy alone is enough."""


@dataclass(frozen=True, slots=True)
class TaxTest:
    """The test of one fiscal year: the joint answer, and a check for each person who is or may be judged."""

    answer: Answer
    checks: tuple[Check, ...]


def tax_test(inquiry: Inquiry, ground: Ground, judged: Judged, fiscal_year: int, test: LevyTest = UNTAXED) -> TaxTest:
    """Test one fiscal year: the borrower's tax, and the head's unless he is not judged (EX-11, EX-12)."""
    borrower, borrower_check = _look(inquiry, ground, Person.BORROWER, fiscal_year, test)
    if judged.head.finding is Finding.NOT_MET:
        return TaxTest(borrower, (borrower_check,))
    head, head_check = _look(inquiry, ground, Person.HEAD, fiscal_year, test)
    return TaxTest(all_of(borrower, any_of(judged.head.negated(), head)), (borrower_check, head_check))


def _look(inquiry: Inquiry, ground: Ground, person: Person, fiscal_year: int, test: LevyTest) -> tuple[Answer, Check]:
    name = tax_fact(person, fiscal_year)
    found = levies(inquiry.facts.taxes, person, fiscal_year)
    answer = Answer.of(test.answer(found), name)
    subject = f"{person.label}の{fiscal_year_text(fiscal_year)}の住民税"
    check = inquiry.check(
        test.rule,
        answer.finding,
        ground,
        value=f"{person.label} {fiscal_year_text(fiscal_year)} {_levies_ja(found)}",
        because=_because(answer.finding, found, subject, test),
        would_change=_would_change(answer.finding, subject, test),
        change_fact=name,
        facts=(name,),
        missing=tuple(answer.missing),
    )
    return answer, check


def _levies_ja(found: Levies) -> str:
    if found.contradictory:
        return "証明書の内容が食い違う"
    if not found.recorded:
        return "証明書なし"
    words = {True: "課税", False: "0円", None: "未確認"}
    return "・".join(f"{name}{words[levy]}" for name, levy in _named(found))


def _because(finding: Finding, found: Levies, subject: str, test: LevyTest) -> str:
    if finding is Finding.MET:
        return f"{subject}は、{test.wanted_ja}である。"
    if finding is Finding.NOT_MET:
        return f"{subject}は、{'・'.join(test.charged(found))}が課税されている。"
    if found.contradictory:
        return f"{subject}を示す証明書の内容が食い違っている。"
    return f"{subject}が確認できていない。"


def _would_change(finding: Finding, subject: str, test: LevyTest) -> str:
    if finding is Finding.MET:
        return f"{subject}で{'または'.join(test.levies_ja)}が課税となれば、満たさなくなる。"
    return f"{subject}について、{test.wanted_ja}という証明があれば、満たす。"
