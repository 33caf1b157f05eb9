"""What lies on the desk while an application is typed: the form, its rows, and what the rules say of it so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.forms import BaseFormSet

from accounts.enums import OfficeKind
from accounts.models import Office
from loans.enums import FundKind, LendingState
from loans.intake.forms import IntakeForm, initial_of
from loans.intake.rows import IncomeRows, MemberRows, entries_of, income_initial, member_initial
from loans.lending.enums import Residence
from loans.lending.snapshot import transcript_of
from loans.lending.transcript import Transcript
from loans.lending.workflow import Move
from loans.models import LendingApplication
from loans.services.assessing import Look, look_at
from loans.services.intake import move_for
from people.models import HouseholdMember, Person, Protection, in_force


@dataclass(frozen=True)
class IntakeDesk:
    """A form being typed over a stored application. ``move`` is the step that taking it in would be."""

    application: LendingApplication
    stored: Transcript
    form: IntakeForm
    members: BaseFormSet[Any]
    incomes: BaseFormSet[Any]
    move: Move | None

    @property
    def fund(self) -> FundKind:
        return FundKind(self.application.fund)

    @property
    def is_special(self) -> bool:
        return self.fund != FundKind.REG_SMALL

    @property
    def is_draft(self) -> bool:
        return self.application.state == LendingState.DRAFT

    @property
    def readable(self) -> bool:
        """Whether everything that was typed could be read."""
        return self.form.is_valid() and self.members.is_valid() and self.incomes.is_valid()

    def told(self) -> Transcript:
        """What was typed, as far as it could be read, over what is stored. A row that cannot be read keeps its list."""
        if not self.form.is_bound:
            return self.stored
        self.form.is_valid()
        told = self.form.over(self.stored)
        lists: dict[str, Any] = {}
        for name, rows in (("members", self.members), ("incomes", self.incomes)):
            if rows.is_valid():
                lists[name] = entries_of(rows)
        return replace(told, **lists)

    def evacuated_unprotected(self) -> bool:
        """Whether somebody says they fled, and no measure keeps their address secret yet (question 25)."""
        if self.told().residence != Residence.EVACUATED:
            return False
        measures = Protection.objects.filter(in_force(self.told().applied_on), person=self.application.applicant_id)
        return not measures.exists()

    def look(self, *, today: date) -> Look:
        """What the rules say of what was typed so far."""
        return look_at(self.application, as_of=today, told=self.told())

    @property
    def unreadable(self) -> list[tuple[str, str]]:
        """(label, sentence) of everything that could not be read."""
        found = [(str(self.form[name].label), str(errors[0])) for name, errors in self.form.errors.items()]
        for rows in (self.members, self.incomes):
            for number, row in enumerate(rows.forms, start=1):
                for name, errors in row.errors.items():
                    found.append((f"{number}行目 {row[name].label}", str(errors[0])))
            found += [("", str(message)) for message in rows.non_form_errors()]
        return found


def desk_of(application: LendingApplication, data: Any = None, *, as_draft: bool = True) -> IntakeDesk:
    """The desk for a stored application; ``data`` is what was posted."""
    stored = transcript_of(application)
    known = persons_known(application, stored)
    return IntakeDesk(
        application=application,
        stored=stored,
        form=IntakeForm(
            data,
            initial=initial_of(stored),
            fund=FundKind(application.fund),
            born_on=application.applicant.birth_date,
            offices=Office.objects.exclude(kind=OfficeKind.AGENCY).filter(closed_on__isnull=True).order_by("code"),
        ),
        members=MemberRows(
            data, prefix="members", initial=member_initial(stored.members), form_kwargs={"known": known}
        ),
        incomes=IncomeRows(data, prefix="incomes", initial=income_initial(stored.incomes)),
        move=move_for(application.state, as_draft=as_draft),
    )


def persons_known(application: LendingApplication, stored: Transcript) -> list[tuple[str, str]]:
    """Who of the household is registered: everybody on the residence record, and whoever was named before."""
    record = HouseholdMember.objects.filter(in_force(stored.applied_on), person=application.applicant_id)
    on_record = HouseholdMember.objects.filter(
        in_force(stored.applied_on), household__in=record.values("household")
    ).values_list("person_id", flat=True)
    keys = {application.applicant_id, *on_record}
    keys |= {member.person_id for member in stored.members if member.person_id is not None}
    people = Person.objects.filter(pk__in=keys).order_by("birth_date", "pk")
    return [(str(person.pk), person.name) for person in people]
