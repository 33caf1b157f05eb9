"""Where a look at an application reads from: the database each time it asks, or what was read ahead for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from exemptions.enums import PaperSlot
from exemptions.models import Application, ApplicationPaper
from people import households
from people.enums import PaperKind
from people.households import HouseholdPeriod
from people.models import Paper, TaxCertificate
from people.papers import SAYING, papers_saying, tax_certificates_of
from repayment.selectors import History, histories_of, history_of
from rulebook.models import SettingRow
from rulebook.rules import Rule
from rulebook.selectors import published_rules, settings_with_rows
from rulebook.settings import Settings

SHOWING = (
    PaperKind.PUBLIC_ASSISTANCE_NOTICE,
    PaperKind.DISABILITY_CERTIFICATE,
    PaperKind.DEATH_RECORD,
    PaperKind.DISAPPEARANCE_RULING,
    PaperKind.DISCHARGE_DECISION,
    PaperKind.REHABILITATION_PROOF,
)
"""The papers that show any ground but tax."""
WITH_WHAT_THEY_SAY = tuple(f"paper__{name}" for name in SAYING)


class Reading:
    """Asks the database whenever somebody wants to know: right for one application."""

    def history(self, loan_id: int) -> History:
        """The plans, deferrals and ledger rows of a loan."""
        return history_of(loan_id)

    def certificates(self, person_ids: Collection[int]) -> list[TaxCertificate]:
        """The tax certificates of these persons, of each the newest issue of each year first."""
        return list(tax_certificates_of(list(person_ids)))

    def papers(self, application: Application) -> dict[PaperSlot, ApplicationPaper]:
        """The papers that count for an application, by slot; a replaced one does not."""
        rows = application.papers.filter(replaced_on__isnull=True).select_related(*WITH_WHAT_THEY_SAY)
        return {PaperSlot(row.slot): row for row in rows}

    def saying(self, person_id: int) -> list[Paper]:
        """The papers of a person that show any ground but tax, the newest issue of each kind first."""
        return list(papers_saying([person_id], *SHOWING))

    def households(self, person_id: int) -> list[HouseholdPeriod]:
        """The households a person has belonged to, the latest first."""
        return households.history_of(person_id)

    def settings(self, day: date) -> tuple[Settings, Mapping[str, SettingRow]]:
        """The settings of a day, and the rows they come from."""
        return settings_with_rows(day)

    def published(self, day: date) -> Mapping[str, Rule]:
        """The sentences the house has published for rules, as they stand on a day."""
        return published_rules(day)


class ReadAhead(Reading):
    """Has read everything for many applications in eight queries, however many they are."""

    def __init__(self, applications: Iterable[Application]) -> None:
        rows = list(applications)
        borrowers = {row.loan.borrower_id for row in rows}
        heads = {row.head_id for row in rows if row.head_id is not None}
        self._histories = histories_of({row.loan_id for row in rows})
        self._certificates: dict[int, list[TaxCertificate]] = defaultdict(list)
        for certificate in tax_certificates_of(sorted(borrowers | heads)):
            self._certificates[certificate.paper.person_id].append(certificate)
        self._saying: dict[int, list[Paper]] = defaultdict(list)
        for paper in papers_saying(sorted(borrowers), *SHOWING):
            self._saying[paper.person_id].append(paper)
        self._papers: dict[int, dict[PaperSlot, ApplicationPaper]] = defaultdict(dict)
        laid = ApplicationPaper.objects.filter(application__in=rows, replaced_on__isnull=True)
        for row in laid.select_related(*WITH_WHAT_THEY_SAY):
            self._papers[row.application_id][PaperSlot(row.slot)] = row
        self._households = households.histories_of(borrowers)
        self._settings: dict[date, tuple[Settings, Mapping[str, SettingRow]]] = {}
        self._published: dict[date, Mapping[str, Rule]] = {}

    def history(self, loan_id: int) -> History:
        return self._histories[loan_id]

    def certificates(self, person_ids: Collection[int]) -> list[TaxCertificate]:
        return [row for person_id in sorted(person_ids) for row in self._certificates[person_id]]

    def papers(self, application: Application) -> dict[PaperSlot, ApplicationPaper]:
        return self._papers[application.pk]

    def saying(self, person_id: int) -> list[Paper]:
        return self._saying[person_id]

    def households(self, person_id: int) -> list[HouseholdPeriod]:
        return self._households[person_id]

    def settings(self, day: date) -> tuple[Settings, Mapping[str, SettingRow]]:
        if day not in self._settings:
            self._settings[day] = super().settings(day)
        return self._settings[day]

    def published(self, day: date) -> Mapping[str, Rule]:
        if day not in self._published:
            self._published[day] = super().published(day)
        return self._published[day]


EACH_TIME = Reading()
