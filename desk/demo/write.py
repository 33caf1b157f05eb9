"""Writing the demonstration down: offices and staff by Django, everything else by COPY, one chunk of lives at a time.

All of it is one transaction, so that a demonstration is there as a whole or not at all; only the closed months follow in one
of their own, since counting every loan needs the planner's statistics. Keys come from the tables' own
sequences in the order of the lives, moments from the days of the story: two runs on fresh databases write the same
rows, but for the hashes of passwords.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from accounts.enums import Role, SealMode
from accounts.models import Deputy, Office, OfficeLetterhead, RoleAssignment, User
from accounts.roles import ROLES
from audit.owner import as_owner
from audit.services import acting
from desk.demo.applying import put_applications_on_desks, set_income_ceilings
from desk.demo.changingover import change_over
from desk.demo.closings import close_months
from desk.demo.debiting import debit_some
from desk.demo.deferring import put_deferrals_on_the_desk
from desk.demo.discovering import discover_candidates
from desk.demo.easing import ease_repayment
from desk.demo.filling import done_once_for_all
from desk.demo.inquiring import ask_authorities
from desk.demo.money import put_money_on_its_way
from desk.demo.oldpapers import leave_old_papers_behind
from desk.demo.parcels import put_papers_on_their_way
from desk.demo.places import OFFICES, OfficePlan
from desk.demo.reminding import agree_with_an_agent, remind_people
from desk.demo.rows import DEMO, KEYED, at_hour
from desk.demo.scans import lay_scans
from desk.demo.signins import PASSWORD, signins
from desk.demo.staff import SINCE, STAFF, STAND_INS
from desk.demo.tables import IN_ORDER, keys_for, skip_keys
from desk.demo.taking_back import take_some_back
from desk.demo.telling import Telling, chunks
from jobs.importing.statistics import refresh_statistics
from notices.envelopes import NAGA3_EXAMPLE
from repayment.models import LoanTotals
from rulebook.selectors import settings_on

LETTERHEAD_SINCE: Final = date(2020, 4, 1)
LARGE: Final = 5_000
"""Borrowers from which on tables are filled without their brakes; the connection is the tables' owner's then."""
FILLED: Final = (*(table.model._meta.db_table for table in IN_ORDER), LoanTotals._meta.db_table)
HOURS: Final = "平日 9時から17時まで"


def make(*, borrowers: int, seed: int, as_of: date, progress: Callable[[int], None] = lambda made: None) -> None:
    """Write a whole prefecture into an empty database. ``progress`` is told how many borrowers there are so far."""
    if borrowers < LARGE:
        _make_all(borrowers, seed, as_of, progress)
    else:
        with as_owner(connection):
            _make_all(borrowers, seed, as_of, progress)
    refresh_statistics(connection.introspection.table_names())
    close_months(as_of)


def _make_all(borrowers: int, seed: int, as_of: date, progress: Callable[[int], None]) -> None:
    with transaction.atomic(), acting(DEMO, at=at_hour(as_of, 7)):
        offices = _write_offices(as_of)
        users = _write_staff(as_of, offices)
        set_income_ceilings(as_of)
        agree_with_an_agent(as_of)
        told = Telling(
            borrowers=borrowers, seed=seed, as_of=as_of, rules=settings_on(as_of), offices=offices, users=users
        )
        keys, made = Keys(), 0
        connection.check_constraints()
        lane = done_once_for_all(FILLED) if borrowers >= LARGE else nullcontext()
        with lane, chunks(told, keys.take) as laid_out:
            for chunk in laid_out:
                for table, text in zip(IN_ORDER, chunk.texts, strict=True):
                    table.copy_text(text)
                connection.check_constraints()
                made += chunk.borrowers
                progress(made)
        keys.give_back()
        refresh_statistics(FILLED)
        put_money_on_its_way(as_of)
        ease_repayment(as_of)
        take_some_back(as_of)
        put_applications_on_desks(as_of)
        put_deferrals_on_the_desk(as_of)
        put_papers_on_their_way(as_of)
        leave_old_papers_behind(as_of)
        lay_scans(as_of)
        debit_some(as_of)
        change_over(as_of)
        remind_people(as_of)
        discover_candidates(as_of)
        ask_authorities(as_of)


class Keys:
    """Keys of the tables whose rows name each other, counted here and taken from the tables' sequences in the end.

    Nobody else writes into a demonstration that is being made; if somebody does, a key is there twice and nothing is
    made at all.
    """

    def __init__(self) -> None:
        self.began = [next(keys_for(table.model, 1)) for table in KEYED]
        self.coming = list(self.began)

    def take(self, counts: Sequence[int]) -> list[int]:
        """The first of so many keys of each table."""
        first, self.coming = self.coming, [key + count for key, count in zip(self.coming, counts, strict=True)]
        return first

    def give_back(self) -> None:
        """Let the sequences go on behind the keys that were taken."""
        for table, began, coming in zip(KEYED, self.began, self.coming, strict=True):
            skip_keys(table.model, coming - began - 1)


# --- offices and staff ------------------------------------------------------------------------------


def _write_offices(as_of: date) -> dict[str, int]:
    rows = Office.objects.bulk_create(
        Office(code=plan.code, name=plan.name, kind=plan.kind, municipality=plan.municipality) for plan in OFFICES
    )
    keys = {office.code: office.pk for office in rows}
    heads = [_letterhead(plan, keys[plan.code]) for plan in OFFICES if plan.prefix]
    elected = replace(OFFICES[0], chairperson="千々石 眞佐子")
    heads.append(_letterhead(elected, keys[elected.code], since=as_of - timedelta(days=170)))
    OfficeLetterhead.objects.bulk_create(heads)
    return keys


def _letterhead(plan: OfficePlan, office: int, *, since: date = LETTERHEAD_SINCE) -> OfficeLetterhead:
    own = {"name": plan.name, "contact": plan.phone, "hours": HOURS}
    centre = {"name": "架瀬県社協 特例貸付事務センター", "contact": "0190-00-2410", "hours": "平日 9時から18時まで"}
    agency = {"name": "架瀬市くらし相談支援センター（自立相談支援機関）", "contact": "0190-01-3300", "hours": HOURS}
    return OfficeLetterhead(
        office_id=office,
        valid_from=since,
        letter_name=f"社会福祉法人 {plan.name}",
        chairperson=f"会長 {plan.chairperson}",
        seal_mode=SealMode.SEALED if plan.sealed else SealMode.OMITTED,
        number_prefix=plan.prefix,
        postal_code=plan.postal_code,
        address=plan.address,
        phone=plan.phone,
        hours=HOURS,
        envelope_profile=NAGA3_EXAMPLE.code,
        desks=[centre, agency] if plan == OFFICES[0] or plan.code == OFFICES[0].code else [own, agency],
    )


def _write_staff(as_of: date, offices: dict[str, int]) -> dict[str, int]:
    # One password for all: hashing it anew for each would take most of the time of a small demonstration.
    hashed = make_password(PASSWORD)
    may_sign_in = {line.username for line in signins()}
    rows = User.objects.bulk_create(
        User(
            username=each.username,
            name=each.name,
            office_id=offices[each.office],
            password=hashed if each.username in may_sign_in else f"!{each.username}",
            is_active=each.left_days_ago is None,
            joined_at=at_hour(SINCE, 9),
        )
        for each in STAFF
    )
    keys = {user.username: user.pk for user in rows}
    RoleAssignment.objects.bulk_create(
        RoleAssignment(
            user_id=keys[each.username],
            role=each.role,
            side=ROLES[Role(each.role)].side,
            since=SINCE,
            until=None if each.left_days_ago is None else as_of - timedelta(days=each.left_days_ago),
            granted_by=DEMO.label,
        )
        for each in STAFF
    )
    for stand_in in STAND_INS:
        since, until = stand_in.period(as_of)
        Deputy.objects.create(
            supervisor_id=keys[stand_in.supervisor],
            deputy_id=keys[stand_in.deputy],
            since=since,
            until=until,
            reason=stand_in.reason,
        )
    return keys
