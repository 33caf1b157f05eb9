"""Which role may open which page, page by page. A page that is not named here fails the tests until somebody names it.

Each letter is a role::

    M municipal clerk   P prefectural clerk   S supervisor   W agency worker   A auditor   Y system administrator
    N somebody signed in who holds no role
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.enums import Role

ROLE_OF = {
    "M": Role.MUNICIPAL_CLERK,
    "P": Role.PREFECTURAL_CLERK,
    "S": Role.SUPERVISOR,
    "W": Role.AGENCY_WORKER,
    "A": Role.AUDITOR,
    "Y": Role.SYSTEM_ADMINISTRATOR,
    "N": None,
}
ALL = "MPSWAYN"
STAFF = "MPSWAY"
CASES = "MPSA"
"""Whoever may know of borrowers; of them only M is bound to an office."""


@dataclass(frozen=True, slots=True)
class Page:
    """Who may GET and who may POST; everybody else is refused. An empty string: the method is not there (405).

    ``row`` names the kind of row in the address (``rows.py``). ``scoped``: the row belongs to an office, and for the
    municipal clerk of another office it does not exist. ``mine``: of those who may open such a page, only these see this
    row. ``public``: open without signing in, so nothing of it depends on roles. ``reading_writes``: opening the page leaves
    more than an access row. ``tells``: it shows personal data, so that opening it writes one access row. ``says``: what is
    posted.
    """

    get: str = ""
    post: str = ""
    row: str = ""
    scoped: bool = False
    mine: str = ""
    public: bool = False
    reading_writes: bool = False
    tells: bool = False
    says: Mapping[str, str] = field(default_factory=dict)


def of_an_office(row: str, *, get: str = "", post: str = "", **more: Any) -> Page:
    return Page(get=get, post=post, row=row, scoped=True, tells=bool(get), **more)


PAGES: dict[str, Page] = {
    # --- the door ---
    "healthz": Page(public=True),
    "readyz": Page(public=True),
    "account_login": Page(public=True),
    "account_logout": Page(public=True),
    "account_inactive": Page(public=True),
    "mfa_authenticate": Page(public=True),
    "accounts:enrol": Page(public=True, row="enrolment"),
    "account_reauthenticate": Page(get=ALL, post=ALL),
    "account_change_password": Page(get=ALL, post=ALL),
    "mfa_index": Page(get=ALL),
    "mfa_reauthenticate": Page(get=ALL, post=ALL),
    "mfa_activate_totp": Page(get=ALL, post=ALL),
    "mfa_deactivate_totp": Page(get=ALL, post=ALL),
    "mfa_view_recovery_codes": Page(get=ALL, reading_writes=True),
    "mfa_generate_recovery_codes": Page(get=ALL, post=ALL),
    "mfa_download_recovery_codes": Page(get=ALL, reading_writes=True),
    # --- desk ---
    "desk:today": Page(get=ALL),
    "desk:search": Page(get=CASES, tells=True),
    "desk:borrower": of_an_office("person", get=CASES),
    "desk:household": of_an_office("housed", get=CASES),
    "desk:duplicates": Page(get="PSA", tells=True),
    "desk:duplicate_new": Page(post="PS"),
    "desk:duplicate": Page(get="PSA", row="pair", tells=True),
    "desk:duplicate_step": Page(post="PS", row="pair_step"),
    "desk:merge": Page(get="PSA", row="merge", tells=True),
    "desk:merge_undo": Page(post="PS", row="merge"),
    "desk:merge_undo_answer": Page(post="PS", row="merge_answer"),
    "desk:gallery": Page(get=STAFF),
    # --- people ---
    "people:person": of_an_office("person", get=CASES),
    "people:correct": of_an_office("person", get="MPS", post="MPS"),
    "people:death": of_an_office("person", get="MPS", post="MPS"),
    "people:contact": of_an_office("person", get="MPS", post="MPS"),
    "people:phone_new": of_an_office("person", get="MPS", post="MPS"),
    "people:phone_end": of_an_office("phone", post="MPS"),
    "people:address_new": of_an_office("person", get="MPS", post="MPS"),
    "people:mail_block": of_an_office("person", get="MPS", post="MPS"),
    "people:mail_unblock": of_an_office("mail_block", post="MPS"),
    "people:office_add": of_an_office("person", get="MPS", post="MPS"),
    "people:office_end": of_an_office("caseload", post="MPS"),
    "people:transfer": of_an_office("person", get="MPS", post="MPS"),
    "people:protection_new": of_an_office("person", get="MPS", post="MPS"),
    "people:protection_end": of_an_office("sheltered", get="MPS", post="MPS"),
    "people:ending_answer": of_an_office("ending", post="S"),
    "people:account_new": of_an_office("person", get="MPS", post="MPS"),
    "people:account_new_yucho": of_an_office("person", get="MPS", post="MPS"),
    "people:account_end": of_an_office("account", get="MPS", post="MPS"),
    "people:account_discard": of_an_office("account", post="MPS"),
    "people:account_number": of_an_office("account", get="MPS", post="MPS"),
    "people:household_move": of_an_office("housed", get="MPS", post="MPS"),
    "people:household_head": of_an_office("housed", get="MPS", post="MPS"),
    "people:household_record": of_an_office("person", get="MPS", post="MPS"),
    "people:bank_lookup": Page(get="MPS"),
    "people:reveal_request": of_an_office("sheltered", get="MPS", post="MPS"),
    "people:reveal_list": Page(get="MPS", tells=True),
    "people:reveal_view": of_an_office("open_reveal", get="MPS", mine="M", reading_writes=True),
    "people:reveal_answer": of_an_office("answer", post="S"),
    "people:papers": of_an_office("person", get=CASES),
    "people:upload": of_an_office("person", get="MPS", post="MPS"),
    "people:document": of_an_office("document", get=CASES),
    "people:document_file": of_an_office("document", get=CASES),
    "people:document_preview": of_an_office("document", get=CASES),
    "people:document_refile": of_an_office("document", post="MPS"),
    "people:document_withdraw": of_an_office("document", post="MPS"),
    "people:pack_papers": of_an_office("person", post="MPS"),
    "people:transit": Page(get=CASES, tells=True),
    "people:transit_start": Page(post="MPS"),
    "people:transit_batch": of_an_office("parcel", get=CASES),
    "people:transit_step": of_an_office("parcel_step", post="MPS"),
    "notices:transit_slip": of_an_office("parcel", get=CASES),
    # --- loans, repayment ---
    "loans:funds": Page(get=STAFF),
    "loans:applications": Page(get=CASES, tells=True),
    "loans:apply": Page(get="MP"),
    "loans:applicant_new": Page(get="MP", post="MP"),
    "loans:apply_person": of_an_office("person", get="MP", post="MP"),
    "loans:application": of_an_office("lending", get=CASES),
    "loans:application_edit": of_an_office("lending", get="MP", post="MP"),
    "loans:application_live": of_an_office("lending", post="MP"),
    "loans:paper_add": of_an_office("lending", post="MP"),
    "loans:involvement": of_an_office("lending", get="MPS", post="MPS"),
    "loans:five_points": of_an_office("lending_special", get="MPS", post="MPS"),
    "loans:assessment": of_an_office("lending_assessment", get=CASES),
    "loans:application_move": of_an_office("lending_step", post="MPS"),
    "loans:prepare": of_an_office("lending_received", get="PS", post="PS"),
    "loans:decision": of_an_office("lending_proposed", get=CASES),
    "loans:decide": of_an_office("lending_decide", post="PS"),
    "loans:pay_first": of_an_office("lending_proposed", post="PS"),
    "loans:doubt_open": of_an_office("lending", post="MPS"),
    "loans:task_answer": of_an_office("lending_task", post="MPS"),
    "loans:guidance_add": of_an_office("lending", post="MPS"),
    "loans:override_ask": of_an_office("lending", post="MPS"),
    "loans:override_answer": of_an_office("lending_override", post="PS"),
    "loans:elsewhere": of_an_office("person", get="MPS", post="MPS"),
    "loans:correct": of_an_office("loan", get="PS", post="PS"),
    "loans:forms": of_an_office("lending", get=CASES),
    "loans:form_pdf": of_an_office("lending_form", get="MPS"),
    "loans:move_deed": of_an_office("deed_step", post="MPS", says={"day": "令和8年11月20日"}),
    "loans:deeds": Page(get=CASES, tells=True),
    "loans:channels": Page(get=CASES),
    "repayment:aftercare": Page(get=CASES, tells=True),
    "repayment:assistance_check": of_an_office("loan", post="PS", says={"began": "after", "note": "福祉事務所に確認"}),
    "repayment:loan": of_an_office("loan", get=CASES),
    "repayment:history_enter": of_an_office("person", get="MP", post="MP"),
    "repayment:payout": of_an_office("regular_loan", get=CASES),
    "repayment:change_propose": of_an_office("regular_loan", post="PS"),
    "repayment:sanction_propose": of_an_office("regular_loan", post="PS"),
    "repayment:proposal_answer": of_an_office("loan_proposal", post="PS"),
    "repayment:transfers": Page(get="PSA", tells=True),
    "repayment:transfer_lock": Page(post="P"),
    "repayment:sender": Page(get="PSA"),
    "repayment:sender_register": Page(post="P"),
    "repayment:transfer": Page(get="PSA", row="transfer", tells=True),
    "repayment:transfer_file": Page(get="P", row="written_transfer", tells=True),
    "repayment:transfer_return": Page(post="P", row="transfer"),
    "repayment:transfer_move": Page(post="PS", row="transfer_move"),
    "repayment:payment_new": of_an_office("loan", post="MP"),
    "repayment:payment_reverse": of_an_office("loan_entry", get="P", post="P"),
    "repayment:script": of_an_office("person", get=CASES),
    "repayment:agreements": Page(get=CASES, tells=True),
    "repayment:agreement": of_an_office("agreement", get=CASES),
    "repayment:agreement_answer": of_an_office("agreement_answer", post="MPS"),
    "repayment:agreement_new": of_an_office("loan", get="MP", post="MP"),
    "repayment:agreement_preview": of_an_office("loan", post="MP"),
    "repayment:plan_changes": Page(get=CASES, tells=True),
    "repayment:plan_change": of_an_office("plan_change", get=CASES),
    "repayment:plan_change_answer": of_an_office("plan_change_answer", post="MPS"),
    "repayment:plan_change_new": of_an_office("loan", get="MP", post="MP"),
    "repayment:plan_change_preview": of_an_office("loan", post="MP"),
    "repayment:closings": Page(get="PSA"),
    "repayment:closing_prepare": Page(post="P"),
    "repayment:closing": Page(get="PSA", row="closing"),
    "repayment:closing_rows": Page(get="PSA", row="closing", tells=True),
    "repayment:closing_answer": Page(post="S", row="closing_answer"),
    "repayment:statistics": Page(get="PSA"),
    "repayment:statistics_rows": Page(get="PSA", row="closed_month", tells=True),
    "repayment:debits": Page(get="PSA", tells=True),
    "repayment:debit_lock": Page(post="P"),
    "repayment:debit_results": Page(get="PSA"),
    "repayment:debit_take_in": Page(post="P"),
    "repayment:debit_failures": Page(get="PSA", tells=True),
    "repayment:debit_handle": Page(post="P", row="failure"),
    "repayment:debit_stops": Page(get="PSA", tells=True),
    "repayment:debit_settings": Page(get="PSA"),
    "repayment:originator_register": Page(post="P"),
    "repayment:bank_day_register": Page(post="P"),
    "repayment:mandates": Page(get="PSA", tells=True),
    "repayment:mandate_move": Page(post="P", row="mandate_move"),
    "repayment:debit": Page(get="PSA", row="debit", tells=True),
    "repayment:debit_file": Page(get="P", row="debit", tells=True),
    "repayment:debit_practice": Page(get="P", row="debit", tells=True),
    "repayment:debit_move": Page(post="PS", row="debit_move"),
    "repayment:debit_stop_request": Page(post="P", row="debit"),
    "repayment:debit_stop_file": Page(get="P", row="debit", tells=True),
    "repayment:suspense": Page(get="PSA", tells=True),
    "repayment:suspense_item": Page(get="PSA", row="suspense", tells=True),
    "repayment:suspense_assign": Page(post="P", row="suspense"),
    "repayment:suspense_return": Page(post="P", row="suspense"),
    "repayment:refunds": Page(get="PSA", tells=True),
    "repayment:refund": Page(get="PSA", row="refund", tells=True),
    "repayment:refund_move": Page(post="PS", row="refund_move"),
    "repayment:deferrals": Page(get=CASES, tells=True),
    "repayment:deferral_new": of_an_office("person", get="MP", post="MP"),
    "repayment:deferral_interview": of_an_office("person", get="MP", post="MP"),
    "repayment:deferral_form": of_an_office("person", get="MP"),
    "repayment:deferral": of_an_office("deferral_application", get=CASES),
    "repayment:deferral_paper": of_an_office("deferral_application", post="MP"),
    "repayment:deferral_move": of_an_office("deferral_step", post="MPS"),
    "repayment:deferral_end": of_an_office("deferral", get=CASES),
    "repayment:deferral_end_ask": of_an_office("deferral", post="MP"),
    "repayment:deferral_offer": of_an_office("deferral", post="MP"),
    "repayment:deferral_end_answer": of_an_office("deferral_end", post="MPS"),
    "repayment:reconciliations": Page(get="PSA"),
    "repayment:reconciliation": Page(get="PSA", row="opening"),
    "repayment:settle": Page(post="PS", row="opening_sign"),
    # --- exemptions ---
    "exemptions:decisions": Page(get=CASES, tells=True),
    "exemptions:queue": Page(get=CASES, tells=True),
    "exemptions:take_next": Page(post="PS"),
    "exemptions:enter": of_an_office("loan_code", get="MP", post="MP"),
    "exemptions:missing": of_an_office("loan_code", post="MP"),
    "exemptions:detail": of_an_office("application", get=CASES),
    "exemptions:edit": of_an_office("received", get="MP", post="MP"),
    "exemptions:deficiency_list": of_an_office("application", get=CASES),
    "exemptions:assessment": of_an_office("assessment", get=CASES),
    "exemptions:review": of_an_office("application", get="PS"),
    "exemptions:claim": of_an_office("application", post="PS"),
    "exemptions:release": of_an_office("application", post="PS"),
    "exemptions:move": of_an_office("step", post="MPS"),
    # --- letters ---
    "notices:due": Page(get=CASES, tells=True),
    "notices:preview": of_an_office("due_letter", get=CASES),
    "notices:letters": Page(get=CASES, tells=True),
    "notices:letter": of_an_office("letter", get=CASES),
    "notices:letter_pdf": of_an_office("letter", get=CASES),
    "notices:release": of_an_office("letter", post="PS"),
    "notices:runs": Page(get="PSA"),
    "notices:run": Page(get="PSA", row="print_run", tells=True),
    "notices:run_pdf": Page(get="PS", row="print_run", tells=True),
    "notices:move_run": Page(post="PS", row="print_move"),
    # --- jobs ---
    "jobs:night": Page(get="PSAY"),
    "jobs:start_night": Page(post="PSY"),
    "jobs:run": Page(get="PSAY", row="night_run"),
    "jobs:retry": Page(post="PSY", row="night_run"),
    "jobs:import_list": Page(get="P", post="P"),
    "jobs:import_sample": Page(get="P", row="import_kind"),
    "jobs:import_detail": Page(get="P", row="batch", tells=True),
    "jobs:import_errors": Page(get="P", row="batch", tells=True),
    "jobs:mappings": Page(get="P", post="P"),
    "jobs:mapping_take": Page(post="P"),
    "jobs:mapping": Page(get="P", post="P", row="mapping"),
    "jobs:mapping_json": Page(get="P", row="mapping"),
    "jobs:mapping_retire": Page(post="P", row="mapping"),
    "jobs:exports": Page(get=CASES),
    "jobs:export_new": Page(get=CASES, post=CASES, row="export_kind", says={"format": "xlsx"}),
    "jobs:export": Page(get=CASES, row="export", mine="P"),
    "jobs:export_file": Page(get=CASES, row="export", mine="P", tells=True),
    "jobs:export_replace": Page(post=CASES, row="export", mine="P"),
    "jobs:import_move": Page(post="P", row="batch_move"),
    "jobs:import_undo": Page(post="P", row="batch", says={"reason": "別の年度のファイルだったため"}),
    "jobs:import_undo_result": Page(get="P", row="batch", tells=True),
    # --- rulebook ---
    "rulebook:rules": Page(get=STAFF),
    "rulebook:settings": Page(get=STAFF),
    "rulebook:setting": Page(get=STAFF, post="PS", row="setting"),
    "rulebook:approve": Page(post="S", row="setting_row"),
    "rulebook:withdraw": Page(post="PS", row="setting_row"),
    # --- audit ---
    "audit:log": Page(get="A"),
    "audit:accesses": Page(get="A"),
    # --- accounts ---
    "accounts:staff": Page(get="Y"),
    "accounts:staff_new": Page(get="Y", post="Y"),
    "accounts:member": Page(get="Y", row="member"),
    "accounts:member_change": Page(get="Y", post="Y", row="member"),
    "accounts:link_issue": Page(post="Y", row="member"),
    "accounts:link_show": Page(get="Y", row="member"),
    "accounts:member_active": Page(post="Y", row="member", says={"move": "stop"}),
    "accounts:member_unlock": Page(post="Y", row="member"),
    "accounts:role_grant": Page(post="Y", row="member"),
    "accounts:role_end": Page(post="Y", row="assignment"),
    "accounts:roles": Page(get=ALL),
    "accounts:deputies": Page(get="Y", post="Y"),
    "accounts:deputy_end": Page(post="Y", row="deputy"),
    "accounts:offices": Page(get="Y"),
    "accounts:office_new": Page(get="Y", post="Y"),
    "accounts:office": Page(get="Y", post="Y", row="office"),
    "accounts:letterhead_new": Page(get="Y", post="Y", row="office"),
    "accounts:me": Page(get=ALL),
}
