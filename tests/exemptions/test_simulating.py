"""A change of a setting is drafted, simulated over every loan, published by a second person; then it is as predicted.

Gold tests of N-3 (what-if over the portfolio) and N-21, G-21, G-22 (published like law, with a simulation).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from audit.actors import Actor
from exemptions.enums import ApplicationState, Ground, Result
from exemptions.evidence import facts_of
from exemptions.models import Simulation, SimulationBlock, SimulationLine
from exemptions.simulating import holding
from exemptions.simulating.comparing import Comparison, comparison_of
from exemptions.simulating.enums import Sign, SimulationState
from exemptions.simulating.holding import held_facts, reading_only
from exemptions.simulating.services import (
    SimulationRefused,
    cancel_simulation,
    check_publication,
    start_simulation,
)
from exemptions.simulating.totals import totals_of
from japan.months import month_of
from jobs.engine import advance, select_items, work_batch
from jobs.enums import RunState
from jobs.models import Run, RunItem
from loans.enums import FundKind
from loans.models import Loan
from people.enums import PaperKind
from people.models import Person
from people.papers import Levies, record_paper
from rulebook.models import SettingRow, SimulationCertificate
from rulebook.refusals import NoSimulation, NoSource, OnePersonAlone, StaleSimulation
from rulebook.selectors import settings_on
from rulebook.services import approve_setting, propose_setting, withdraw_setting
from tests.desk.builders import a_payment, a_plan, an_application
from tests.loans.builders import a_loan
from tests.people.builders import a_household, a_member_of_staff, a_person, an_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

DAY = date(2026, 11, 20)
SINCE = DAY + timedelta(days=11)
SOURCE = "見本県社協 運営委員会議事録（令和8年11月10日）議題3"
OWN = {
    model._meta.db_table
    for model in (Simulation, SimulationBlock, SimulationLine, SimulationCertificate, Run, RunItem)
}


@dataclass(frozen=True)
class House:
    """Two supervisors, and the loans whose outcome depends on what late applications may be exempted of."""

    clerk: User
    supervisor: User
    late: Loan
    ended: Loan
    others: tuple[Loan, ...]


@pytest.fixture
def house() -> House:
    office = an_office(name="見本市社会福祉協議会", municipality="見本市")
    late = _lent(_untaxed("架空 遅子", 2022), office=office)
    an_application(
        late, state=ApplicationState.RECEIVED, received_on=date(2026, 11, 2), fiscal_year=2022,
        situation="BORROWER_IS_HEAD", consents=[1, 2, 3, 4, 5, 6],
    )  # fmt: skip
    small = {"fund": FundKind.SP_SMALL, "principal": 200_000, "instalments": 24, "household_size": 1}
    ended = _lent(_untaxed("架空 済男", 2022), office=office, **small)
    taxed = _lent(a_person("架空 税子"), office=office)
    repaid = _lent(_untaxed("架空 完子", 2022), office=office, **small)
    a_payment(repaid, 200_000, date(2023, 2, 1))
    return House(
        clerk=a_member_of_staff(Role.PREFECTURAL_CLERK),
        supervisor=a_member_of_staff(Role.SUPERVISOR),
        late=late,
        ended=ended,
        others=(taxed, repaid),
    )


def _untaxed(name: str, year: int) -> Person:
    """Somebody who heads a household of one and paid no residence tax in a fiscal year."""
    person = a_person(name)
    a_household(person)
    record_paper(
        person=person, kind=PaperKind.TAX_CERTIFICATE, received_on=DAY, issued_on=date(2026, 10, 1),
        source_key=f"tax:{person.pk}", says=Levies(year, per_capita=False, income=False), by=Actor.machine("test"),
        at=timezone.now(),
    )  # fmt: skip
    return person


def _lent(borrower: Person, **fields: Any) -> Loan:
    loan = a_loan(borrower, **{"first_due_month": month_of(2023, 1)} | fields)
    a_plan(loan)
    return loan


def draft(house: House, value: Any = "ALL_UNPAID", *, key: str = "late_application_policy", **more: Any) -> SettingRow:
    given: dict[str, Any] = {"valid_from": SINCE, "source": SOURCE, "reason": "受付期間の延長に合わせるため"} | more
    return propose_setting(key=key, value=value, by=Actor.person(house.clerk), at=timezone.now(), **given)


def publish(row: SettingRow, by: User) -> SettingRow:
    return approve_setting(row_id=row.pk, by=Actor.person(by), at=timezone.now())


def started(house: House, row: SettingRow) -> Simulation:
    return start_simulation(draft_id=row.pk, by=Actor.person(house.clerk), at=timezone.now())


def simulated(house: House, row: SettingRow) -> Simulation:
    return finished(started(house, row))


def finished(simulation: Simulation) -> Simulation:
    assert simulation.run_id is not None
    assert advance(simulation.run_id)
    simulation.refresh_from_db()
    return simulation


def everything() -> dict[str, Any]:
    """Every table's rows and every sequence's value, but for the simulation's own."""
    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
        for (table,) in cursor.fetchall():
            if table not in OWN:
                cursor.execute(f"select count(*), sum(hashtext(t::text)::bigint) from {table} t")
                found[table] = cursor.fetchone()
        cursor.execute("select sequencename, last_value from pg_sequences where schemaname = 'public'")
        found |= {name: value for name, value in cursor.fetchall() if name.removesuffix("_id_seq") not in OWN}
    return found


@pytest.fixture
def one_loan_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "BLOCK", 1)


# --- N-3, N-21, G-21, G-22: the whole way ---


@pytest.mark.usefixtures("one_loan_a_block")
def test_n_3_n_21_g_21_g_22_simulation_equals_publication(house: House) -> None:
    with pytest.raises(NoSource):
        draft(house, source="  ")
    row = draft(house)
    with pytest.raises(NoSimulation, match="影響を試算してから"):
        publish(row, house.supervisor)

    simulation = started(house, row)
    before = everything()
    finished(simulation)

    assert everything() == before  # nothing was written outside the simulation's own rows: no audit row, no sequence
    assert simulation.state == SimulationState.DONE
    assert {line.loan_id: (line.sign, line.amount_before, line.amount_after) for line in simulation.lines.all()} == {
        house.late.pk: (Sign.CHANGED, 370_000, 600_000),
        house.ended.pk: (Sign.ADDED, 0, 200_000),
    }
    totals = totals_of(simulation)
    assert (totals.whole.added, totals.whole.removed, totals.whole.changed) == (1, 0, 1)
    assert totals.whole.yen == 430_000
    assert (totals.whole.letters, totals.whole.cases, totals.hours) == (2, 2, 1)
    assert [(part.label, part.counted.total, part.counted.yen) for part in totals.by_municipality] == [
        ("見本市", 2, 430_000)
    ]
    assert {part.query["fund"] for part in totals.by_fund} == {"SP_SMALL", "SP_GS_INITIAL"}

    # what the prediction was laid upon changes: publishing is refused until it was simulated again
    publish(draft(house, 27, key="debit_day"), house.supervisor)
    with pytest.raises(StaleSimulation, match="ほかの設定または規則が変わりました"):
        publish(row, house.supervisor)
    again = simulated(house, row)
    with pytest.raises(OnePersonAlone):
        publish(draft_by(house.supervisor, house), house.supervisor)
    publish(row, house.supervisor)

    row.refresh_from_db()
    assert row.certificate is not None and row.certificate.number == again.pk
    assert settings_on(SINCE - timedelta(days=1)).late_application_policy == "FUTURE_ONLY"
    assert settings_on(SINCE).late_application_policy == "ALL_UNPAID"
    check = finished(check_publication(draft_id=row.pk, by=Actor.person(house.clerk), at=timezone.now()))
    assert check.after == again.after == row.certificate.prediction
    assert comparison_of(check, again) == Comparison(equal=True, facts_changed=0, unexplained=0)

    # a payment afterwards is told apart from rules that do other than predicted
    a_payment(house.late, 5_000, DAY)
    later = finished(check_publication(draft_id=row.pk, by=Actor.person(house.clerk), at=timezone.now()))
    assert comparison_of(later, again) == Comparison(equal=False, facts_changed=1, unexplained=0)


def draft_by(supervisor: User, house: House) -> SettingRow:
    row = propose_setting(
        key="late_application_cutoff", value="DECISION", valid_from=SINCE + timedelta(days=30), source=SOURCE,
        by=Actor.person(supervisor), at=timezone.now(),
    )  # fmt: skip
    simulated(house, row)
    return row


@pytest.mark.usefixtures("one_loan_a_block")
def test_a_simulation_cancelled_half_way_leaves_nothing_but_the_word_and_can_be_run_again(house: House) -> None:
    row = draft(house)
    simulation = started(house, row)
    assert simulation.run is not None
    with pytest.raises(SimulationRefused, match="いま試算しています"):
        started(house, row)
    select_items(simulation.run.pk)
    for _ in range(2):
        work_batch(simulation.run)
    assert simulation.blocks.count() == 2 and simulation.run.items.count() > 2

    cancelled = cancel_simulation(simulation_id=simulation.pk, by=Actor.person(house.supervisor), at=timezone.now())

    assert (cancelled.state, cancelled.loans, cancelled.after) == (SimulationState.CANCELLED, 0, "")
    assert not SimulationBlock.objects.exists() and not SimulationLine.objects.exists()
    assert not RunItem.objects.exists() and not SimulationCertificate.objects.exists()
    assert advance(simulation.run.pk)  # a worker that comes late finds nothing to do
    simulation.run.refresh_from_db()
    assert simulation.run.state == RunState.CANCELLED and not SimulationBlock.objects.exists()
    with pytest.raises(NoSimulation):
        publish(row, house.supervisor)
    with pytest.raises(SimulationRefused, match="すでに終わっています"):
        cancel_simulation(simulation_id=simulation.pk, by=Actor.person(house.clerk), at=timezone.now())
    assert simulated(house, row).state == SimulationState.DONE


def test_a_worker_killed_within_a_block_leaves_it_to_be_done_once(house: House) -> None:
    row = draft(house)
    simulation = started(house, row)
    assert simulation.run is not None
    select_items(simulation.run.pk)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        work_batch(simulation.run)
        raise KeyboardInterrupt
    assert not simulation.blocks.exists()

    finished(simulation)

    assert simulation.state == SimulationState.DONE and simulation.lines.count() == 2


def test_while_loans_are_read_the_database_refuses_every_write_and_afterwards_none(house: House) -> None:
    with pytest.raises(DatabaseError, match="read-only"), reading_only():
        a_payment(house.late, 1_000, DAY)
    with reading_only():
        held_facts([house.late.pk], on=DAY)
    assert a_payment(house.late, 1_000, DAY).pk


def test_what_is_held_about_many_loans_is_what_an_application_is_judged_by(house: House) -> None:
    (held,) = held_facts([house.late.pk], on=DAY)
    application = house.late.applications.get()
    alone = facts_of(application)

    assert held.facts.loan == alone.loan
    assert (held.facts.household, held.facts.taxes, held.facts.events) == (alone.household, alone.taxes, alone.events)
    assert held.facts.application == alone.application


def test_a_block_is_read_with_the_same_queries_however_many_loans_it_has(
    house: House, django_assert_num_queries: Any
) -> None:
    loans = [house.ended.pk, house.late.pk, *(loan.pk for loan in house.others)]
    for some in (loans[:1], loans):
        with django_assert_num_queries(8):
            held_facts(some, on=DAY)


# --- what is refused ---


def test_the_database_itself_refuses_what_was_neither_sourced_nor_simulated(house: House) -> None:
    row = draft(house)
    for wrong in ({"source": ""}, {"approved_by": house.supervisor, "approved_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SettingRow.objects.filter(pk=row.pk).update(**wrong)


def test_a_simulation_older_than_the_house_allows_is_stale(house: House) -> None:
    row = draft(house)
    simulated(house, row)
    late = timezone.now() + timedelta(days=8)
    with pytest.raises(StaleSimulation, match="有効な日数を過ぎました"):
        approve_setting(row_id=row.pk, by=Actor.person(house.supervisor), at=late)


def test_a_draft_withdrawn_while_it_is_simulated_gets_no_certificate(house: House) -> None:
    row = draft(house)
    simulation = started(house, row)
    withdraw_setting(row_id=row.pk, by=Actor.person(house.clerk), at=timezone.now())

    finished(simulation)

    assert simulation.state == SimulationState.FAILED and "取り下げられた" in simulation.problem
    assert not simulation.lines.exists() and not SimulationCertificate.objects.exists()


def test_a_setting_that_moves_no_loan_needs_no_simulation_and_gets_none(house: House) -> None:
    row = draft(house, 6, key="residence_record_max_age_months")
    with pytest.raises(SimulationRefused, match="試算は要りません"):
        started(house, row)
    assert publish(row, house.supervisor).approved_at is not None


def test_who_proposes_nothing_simulates_nothing(house: House) -> None:
    row = draft(house)
    for by in (Actor.person(a_member_of_staff(Role.MUNICIPAL_CLERK)), Actor.machine("night")):
        with pytest.raises(SimulationRefused, match="都道府県社協の職員"):
            start_simulation(draft_id=row.pk, by=by, at=timezone.now())


# --- rules, and decisions of the past ---


def test_g_21_a_rule_is_published_with_source_simulation_and_second_person_and_then_quoted(house: House) -> None:
    row = draft(house, "受付期間の後も、理由を問わず申請できる。", key="rule-EX-15")
    with pytest.raises(NoSimulation):
        publish(row, house.supervisor)
    simulation = simulated(house, row)
    assert (simulation.asked, simulation.lines.count()) == (0, 0)  # a sentence moves no figure
    publish(row, house.supervisor)

    from exemptions.services.assessing import look_at

    application = house.late.applications.get()
    said = {
        day: next(
            check.rule for check in look_at(application, as_of=day).findings.checks if check.rule.code == "EX-15"
        )
        for day in (SINCE - timedelta(days=1), SINCE)
    }
    assert said[SINCE].wording_ja == "受付期間の後も、理由を問わず申請できる。"
    assert (said[SINCE].version, str(said[SINCE].source)) == (f"EX-15@{SINCE}", SOURCE)
    assert said[SINCE - timedelta(days=1)].version == "EX-15@2020-03-25"


def test_repayment_settings_show_what_becomes_of_late_interest_and_balance(house: House) -> None:
    past = _lent(a_person("架空 期男"), fund=FundKind.SP_SMALL, principal=200_000, instalments=24, household_size=1)
    a_payment(past, 50_000, date(2026, 1, 26))
    simulation = simulated(house, draft(house, "LATE_INTEREST_FIRST", key="allocation_order"))

    line = simulation.lines.get(loan=past)
    assert (line.sign, line.outstanding_before, line.told) == (Sign.CHANGED, 150_000, False)
    assert line.outstanding_after is not None and line.outstanding_after > 150_000
    assert line.late_interest_after is not None and line.late_interest_before is not None
    assert line.late_interest_after < line.late_interest_before
    assert totals_of(simulation).whole.outstanding == line.outstanding_after - 150_000


def test_results_before_and_after_are_kept_for_each_loan(house: House) -> None:
    simulated(house, draft(house))
    line = SimulationLine.objects.get(loan=house.ended)
    assert (line.result_before, line.result_after) == (Result.NOT_ELIGIBLE, Result.ELIGIBLE)
    assert (line.ground_before, line.ground_after) == ("", Ground.RESIDENCE_TAX)
