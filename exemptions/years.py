"""Which fiscal year's residence tax an application may name, and which certificates answer it (EX-10, EX-21)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from exemptions.inquiry import newest_fixed_year
from japan.eras import fiscal_year_text
from loans.funds import Cohort


@dataclass(frozen=True, slots=True)
class YearsAsked:
    """The judgement years of a loan, and the newest fiscal year whose tax is fixed on the day of receipt."""

    judgement: tuple[int, ...]
    newest: int

    @classmethod
    def of(cls, cohort: Cohort, received_on: date) -> YearsAsked:
        """Return the years in question for a loan of a cohort and a form received on a day."""
        return cls(judgement=tuple(sorted(cohort.judgement_years)), newest=newest_fixed_year(received_on))

    @property
    def choices(self) -> tuple[int, ...]:
        """The years a form may name: the judgement years, and the newest year after them (①′).

        Empty for a loan that knows no requirement ①.
        """
        if not self.judgement:
            return ()
        later = (self.newest,) if self.newest > self.judgement[-1] else ()
        return (*self.judgement, *later)

    @property
    def usual(self) -> int | None:
        """The year most forms name: the newest of the choices whose tax is fixed, else the first that will be."""
        fixed = [year for year in self.choices if year <= self.newest]
        return max(fixed) if fixed else next(iter(self.choices), None)

    def accepted(self, fiscal_year: int | None) -> tuple[int, ...]:
        """The certificates that answer a form naming a year: of several judgement years any one will do (EX-10).

        A form that names none and asks for tax all the same asks for the newest year that is fixed (EX-43).
        """
        if fiscal_year is None:
            return (self.newest,)
        return self.judgement if fiscal_year in self.judgement else (fiscal_year,)

    def is_later(self, fiscal_year: int) -> bool:
        """Whether a form naming this year asks for requirement ①′."""
        return bool(self.judgement) and fiscal_year > self.judgement[-1]

    def label(self, fiscal_year: int) -> str:
        """The year with what it means for this loan: 「令和5年度（判定年度より後。一部免除）」."""
        text = fiscal_year_text(fiscal_year)
        if self.is_later(fiscal_year):
            return f"{text}（判定年度より後。一部免除）"
        known = "" if fiscal_year <= self.newest else "。税額はまだ決まっていません"
        return f"{text}（判定年度{known}）"
