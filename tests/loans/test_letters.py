"""The letters of lending, read from their PDFs: due from facts, once, without inner reasons, never to a secret address."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

import pypdf
import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage

from accounts.enums import OfficeKind, Role
from accounts.models import OfficeLetterhead, User
from audit.actors import Actor
from japan.months import month_of
from loans.deciding.enums import DecisionOutcome, ProposalState, SanctionKind
from loans.enums import DeedState, FundKind, GuidanceKind, LendingState, LoanState, TaskKind
from loans.lending.workflow import Move
from loans.letters import KINDS, SOURCES
from loans.models import (
    Guidance,
    LendingApplication,
    LendingChange,
    LendingDecision,
    LendingProposal,
    LendingSanction,
    LendingTask,
    Loan,
    LoanDeed,
    Tranche,
)
from notices.enums import HoldCause, LetterState
from notices.kinds import from_json, to_json
from notices.models import Letter
from notices.selectors import count_due, undrafted
from people.bank_accounts import register_account
from people.enums import AccountUse
from people.models import Person
from tests.canary.watching import seen
from tests.loans.applications import NOW, a_general_application, a_small_application, a_step
from tests.loans.builders import a_loan
from tests.notices.test_issuing import letters_night
from tests.people.builders import a_member_of_staff, a_person, an_office, is_protected, lives_at
from tests.scenes import HIDDEN_PLACE, HIDDEN_WORDS, a_letterhead

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

NIGHT = date(2026, 11, 20)
INNER = "極秘理由カバ"


@pytest.fixture
def supervisor() -> User:
    cache.clear()
    a_letterhead(an_office(OfficeKind.PREFECTURAL))
    return a_member_of_staff(Role.SUPERVISOR)


@pytest.fixture
def person(supervisor: User) -> Person:
    found = a_person("渡邉\U000e0102 𠮷太郎", "ワタナベ ヨシタロウ", office=an_office())
    lives_at(found)
    return found


def text_of(letter: Letter) -> str:
    """The letter's text without line breaks and blanks."""
    with default_storage.open(letter.file_name) as stored:
        return "".join("".join(page.extract_text() for page in pypdf.PdfReader(stored).pages).split())


def the_letter(kind: str) -> Letter:
    """Run the night and give the one letter of a kind, which has to be one sheet."""
    letters_night(NIGHT)
    letter = Letter.objects.get(kind=kind)
    assert (letter.state, letter.pages) == (LetterState.IN_RUN, 1), letter.hold_detail
    return letter


def decided(application: LendingApplication, supervisor: User, **fields: Any) -> LendingDecision:
    """A decision as its rows stand, drawn up by one person and taken by another."""
    preparer = a_member_of_staff(Role.PREFECTURAL_CLERK)
    approved = fields.get("outcome") == DecisionOutcome.APPROVED
    monthly = fields.pop("monthly_amount", None)
    values: dict[str, Any] = {"amount_asked": 450_000, "internal_reason": INNER} | fields
    proposal = LendingProposal.objects.create(
        application=application, outcome=values["outcome"], amount=values["amount"], amount_asked=450_000,
        months=1, instalments=10, internal_reason=INNER, monthly_amount=monthly, prepared_by=preparer, prepared_at=NOW,
    )  # fmt: skip
    LendingApplication.objects.filter(pk=application.pk).update(
        state=LendingState.APPROVED if approved else LendingState.REFUSED,
        state_since=NOW, prepared_by=preparer, prepared_at=NOW, loan=values.get("loan"),
    )  # fmt: skip
    return LendingDecision.objects.create(
        application=application, proposal=proposal, entered_by=application.entered_by, prepared_by=preparer,
        decided_by=supervisor, decided_on=NIGHT, decided_at=NOW, **values,
    )  # fmt: skip


def an_open_loan(person: Person, **fields: Any) -> Loan:
    """General support of 150,000 yen for three months, the first of them paid."""
    loan = a_loan(
        person,
        **{
            "principal": 450_000,
            "state": LoanState.DISBURSING,
            "disbursed_on": None,
            "first_due_month": month_of(2028, 1),
        }
        | fields,
    )
    for number in (1, 2, 3):
        Tranche.objects.create(
            loan=loan, number=number, month=month_of(2026, 9 + number), amount=150_000,
            pay_on=date(2026, 9 + number, 20), paid_on=date(2026, 10, 20) if number == 1 else None,
        )  # fmt: skip
    return loan


def refused(person: Person, supervisor: User) -> LendingDecision:
    application = a_small_application(person)
    Guidance.objects.create(
        application=application, kind=GuidanceKind.AGENCY, given_on=NIGHT, place="青海くらし相談センター",
        by="test", by_user=supervisor, at=NOW,
    )  # fmt: skip
    return decided(application, supervisor, outcome=DecisionOutcome.REFUSED, amount=0)


def sanctioned(person: Person, supervisor: User, kind: SanctionKind) -> LendingSanction:
    return LendingSanction.objects.create(
        loan=an_open_loan(person), kind=kind, reason=INNER, state=ProposalState.AGREED, decided_by=supervisor,
        decided_at=NOW, proposed_by=a_member_of_staff(Role.PREFECTURAL_CLERK), proposed_at=NOW,
        pay_back_by=None if kind == SanctionKind.STOP else date(2026, 12, 25),
    )  # fmt: skip


def a_ratification(application: LendingApplication, supervisor: User) -> LendingTask:
    return LendingTask.objects.create(
        application=application, kind=TaskKind.RATIFICATION, text=INNER, due_on=NIGHT, opened_by=supervisor,
        opened_at=NOW,
    )  # fmt: skip


# --- what they say ------------------------------------------------------------------------------------


def test_a_decision_tells_the_amount_each_payment_the_masked_account_and_the_start(
    person: Person, supervisor: User, settings: Any
) -> None:
    settings.PRACTICE_BANK = True
    account = register_account(
        person=person, use=AccountUse.TRANSFER, bank_code="9999", branch_code="999", number="7654321",
        holder_kana="ワタナベ ヨシタロウ", since=date(2026, 1, 1), by=Actor.person(supervisor), at=NOW,
    )  # fmt: skip
    application = a_general_application(person, bank_account=account)
    loan = an_open_loan(person)
    decided(application, supervisor, outcome=DecisionOutcome.APPROVED, amount=450_000, loan=loan)

    text = text_of(the_letter("lending_approved"))

    for words in (
        "渡邉", "貸付決定通知書", "450,000円", "150,000円", "令和8年10月20日", "令和8年11月20日", "令和8年12月20日",
        "令和8年10月分", "令和10年1月", "120回", "年3%", "テスト銀行", "下3桁321", loan.code, str(application),
        "青海くらし相談センター", "緊急小口資金等の特例貸付",
    ):  # fmt: skip
        assert words in text, words
    assert "7654321" not in text and INNER not in text
    assert "月額" not in text.partition("送金の予定")[0]


def test_a_decision_on_general_support_tells_the_monthly_amount(person: Person, supervisor: User) -> None:
    application = a_general_application(person)
    decided(
        application, supervisor, outcome=DecisionOutcome.APPROVED, amount=450_000, loan=an_open_loan(person),
        monthly_amount=150_000,
    )  # fmt: skip
    assert "450,000円月額150,000円" in text_of(the_letter("lending_approved"))


def test_a_refusal_gives_no_reason_and_says_where_help_is(person: Person, supervisor: User) -> None:
    decision = refused(person, supervisor)
    LoanDeed.objects.create(
        application=decision.application, printed_on=NIGHT, printed_by=supervisor, received_on=NIGHT,
        received_by=supervisor, state=DeedState.RECEIVED, amount=80_000,
    )  # fmt: skip
    letter = the_letter("lending_refused")
    text = text_of(letter)
    assert "不承認" in text and "青海くらし相談センター" in text and "自立相談支援機関へのつなぎ" in text
    assert "別の封筒でお返しします" in text and "生活福祉資金" in text and "特例貸付" not in text
    assert INNER not in text and INNER not in str(letter.facts)
    back = Letter.objects.get(kind="deed_return")
    assert text_of(back).count("借用書") >= 3
    assert back.run is not None
    with default_storage.open(back.run.file_name) as stored:
        cover = "".join(pypdf.PdfReader(stored).pages[0].extract_text().split())
    assert "一緒に封入する物" in cover and "お預かりした借用書（原本）1" in cover


@pytest.mark.parametrize("declared", KINDS, ids=lambda kind: kind.code)
def test_no_letter_of_lending_has_a_field_for_a_reason(declared: Any) -> None:
    names = {part.name for part in fields(declared.facts_type)}
    assert not [name for name in names if "reason" in name or "internal" in name or "note" in name]


def test_what_is_missing_is_listed_line_by_line(person: Person, supervisor: User) -> None:
    application = a_small_application(person)
    clerk = application.entered_by
    wanted = [
        {"code": "paper", "subject": "", "text": "住民票（世帯全員、本籍の記載あり、3か月以内）を添えてください。"},
        {"code": "other", "subject": "", "text": "借入申込書の2枚目に署名がありません。"},
    ]
    a_step(application, Move.REPORT_DEFICIENCIES, LendingState.INCOMPLETE, by=clerk, deficiencies=wanted)
    text = text_of(the_letter("lending_deficiency"))
    assert "（2件）" in text
    for item in wanted:
        assert item["text"] in text
    assert "断られたわけではありません" in text


def test_an_answer_before_the_night_calls_the_letter_off_and_a_second_sending_back_is_a_second_letter(
    person: Person, supervisor: User
) -> None:
    application = a_small_application(person)
    clerk = application.entered_by
    wanted = [{"code": "other", "subject": "", "text": "署名がありません。"}]
    a_step(application, Move.REPORT_DEFICIENCIES, LendingState.INCOMPLETE, by=clerk, deficiencies=wanted)
    [occasion] = due("lending_deficiency")
    a_step(application, Move.ANSWER_DEFICIENCIES, LendingState.RECEIVED, by=clerk)
    assert due("lending_deficiency") == [] and source("lending_deficiency").draft(occasion) is None
    a_step(application, Move.REPORT_DEFICIENCIES, LendingState.INCOMPLETE, by=clerk, deficiencies=wanted)
    [again] = due("lending_deficiency")
    assert again != occasion


def test_q24_a_deed_goes_back_once_and_not_when_it_was_handed_over_at_the_desk(
    person: Person, supervisor: User
) -> None:
    decision = refused(person, supervisor)
    deed = LoanDeed.objects.create(
        application=decision.application, printed_on=NIGHT, printed_by=supervisor, received_on=NIGHT,
        received_by=supervisor, state=DeedState.RECEIVED, amount=80_000,
    )  # fmt: skip
    assert due("deed_return") == [f"deed:{deed.pk}"]
    LoanDeed.objects.update(state=DeedState.RETURNED, returned_on=NIGHT, returned_by=supervisor)
    assert due("deed_return") == [] and source("deed_return").draft(f"deed:{deed.pk}") is None


def test_q17_2_on_coming_of_age_a_letter_asks_to_ratify_with_a_form_to_sign(person: Person, supervisor: User) -> None:
    application, loan = a_general_application(person), an_open_loan(person)
    decided(application, supervisor, outcome=DecisionOutcome.APPROVED, amount=450_000, loan=loan)
    task = a_ratification(application, supervisor)
    assert due("lending_ratification", date(2026, 11, 19)) == []
    letters_night(NIGHT)
    letter = Letter.objects.get(kind="lending_ratification")
    assert (letter.state, letter.pages, letter.occasion) == (LetterState.IN_RUN, 2, f"lending-task:{task.pk}")
    text = text_of(letter)
    for words in ("追認のお願い", "民法第122条", "追認書", "450,000円", loan.code, "令和8年11月20日"):
        assert words in text, words
    assert INNER not in text
    LendingTask.objects.update(answer="追認書を受け取った", done_by=supervisor, done_at=NOW)
    assert source("lending_ratification").draft(letter.occasion) is None


def test_a_change_within_the_period_shows_each_month_before_and_after(person: Person, supervisor: User) -> None:
    loan = an_open_loan(person, principal=400_000)
    LendingChange.objects.create(
        loan=loan, reason=INNER, state=ProposalState.AGREED, proposed_by=a_member_of_staff(Role.PREFECTURAL_CLERK),
        proposed_at=NOW, decided_by=supervisor, decided_at=NOW,
        months_before=[[month_of(2026, 12), 150_000], [month_of(2027, 1), 150_000]],
        months_after=[[month_of(2026, 12), 100_000]],
    )  # fmt: skip
    text = text_of(the_letter("lending_changed"))
    for words in ("令和8年12月分", "令和9年1月分", "150,000円", "100,000円", "なし", "400,000円"):
        assert words in text, words
    assert INNER not in text


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [
        (SanctionKind.LUMP_SUM, "lending_lump_sum", ("一括償還請求書", "令和8年12月25日", "150,000円")),
        (SanctionKind.STOP, "lending_stop", ("貸付停止決定通知書", "行いません")),
        (SanctionKind.CANCEL, "lending_cancel", ("貸付契約解除通知書", "令和8年12月25日", "行いません")),
    ],
)
def test_q28_a_sanction_states_its_ground_and_nothing_of_what_was_found_out(
    person: Person, supervisor: User, kind: SanctionKind, code: str, words: tuple[str, ...]
) -> None:
    """LN-39; MHLW Q&A vol. 17, question 28."""
    sanctioned(person, supervisor, kind)
    letter = the_letter(code)
    text = text_of(letter)
    for said in (*words, "虚偽の申込みその他不正な手段", "事実と違うと思われるときは"):
        assert said in text, said
    assert INNER not in text and INNER not in str(letter.facts)
    assert [c for c in ("lending_lump_sum", "lending_stop", "lending_cancel") if Letter.objects.filter(kind=c)] == [
        code
    ]


# --- when -----------------------------------------------------------------------------------------------


def source(code: str) -> Any:
    return next(source for source in SOURCES if source.kind == code)


def due(code: str, day: date = NIGHT) -> list[str]:
    return list(undrafted(source(code), day))


def everything(person: Person, supervisor: User) -> None:
    """One row for each kind of letter."""
    application = a_general_application(person)
    decided(application, supervisor, outcome=DecisionOutcome.APPROVED, amount=450_000, loan=an_open_loan(person))
    decision = refused(person, supervisor)
    LoanDeed.objects.create(
        application=decision.application, printed_on=NIGHT, printed_by=supervisor, received_on=NIGHT,
        received_by=supervisor, state=DeedState.RECEIVED,
    )  # fmt: skip
    waiting = a_general_application(person, fund=FundKind.SP_SMALL)
    a_step(
        waiting, Move.REPORT_DEFICIENCIES, LendingState.INCOMPLETE, by=waiting.entered_by,
        deficiencies=[{"code": "other", "subject": "", "text": "署名がありません。"}],
    )  # fmt: skip
    LendingChange.objects.create(
        loan=an_open_loan(person), reason=INNER, state=ProposalState.AGREED, proposed_by=waiting.entered_by,
        proposed_at=NOW, decided_by=supervisor, decided_at=NOW, months_before=[[month_of(2026, 12), 150_000]],
        months_after=[[month_of(2026, 12), 100_000]],
    )  # fmt: skip
    for kind in SanctionKind:
        sanctioned(person, supervisor, kind)
    a_ratification(application, supervisor)


def test_every_letter_is_due_once_on_its_day_and_described_in_words(
    person: Person, supervisor: User, django_assert_num_queries: Any
) -> None:
    assert [source.kind for source in SOURCES if list(undrafted(source, NIGHT))] == []
    everything(person, supervisor)
    with django_assert_num_queries(1):  # whatever is declared, by whichever floor
        assert count_due(NIGHT) == len(KINDS)
    for declared in KINDS:
        [occasion] = due(declared.code)
        told = source(declared.code).describe([occasion])[occasion]
        assert (told.addressee_id, told.name) == (person.pk, person.name) and told.about
        assert due(declared.code, date(2026, 11, 19)) == []
    letters_night(NIGHT)
    assert [declared.code for declared in KINDS if due(declared.code)] == []
    assert sorted(Letter.objects.values_list("kind", flat=True)) == sorted(declared.code for declared in KINDS)
    letters_night(date(2026, 11, 21))
    assert Letter.objects.count() == len(KINDS)


def test_q10_changed_hours_stand_in_the_letters_from_the_next_run(person: Person, supervisor: User) -> None:
    refused(person, supervisor)
    before = OfficeLetterhead.objects.get()
    letters_night(NIGHT)
    assert "平日9時から17時まで" in text_of(Letter.objects.get(kind="lending_refused"))
    before.pk, before.valid_from, before.hours = None, date(2026, 11, 21), "火曜から土曜 10時から16時まで"
    before.save()
    application = a_general_application(person, fund=FundKind.SP_SMALL)
    decided(application, supervisor, outcome=DecisionOutcome.REFUSED, amount=0)
    letters_night(date(2026, 11, 21))
    assert "火曜から土曜10時から16時まで" in text_of(Letter.objects.filter(kind="lending_refused").latest("pk"))


def test_what_was_taken_over_from_before_calls_for_no_letter(person: Person, supervisor: User) -> None:
    everything(person, supervisor)
    LendingApplication.objects.update(history=True)
    for code in ("lending_approved", "lending_refused", "lending_deficiency", "deed_return"):
        assert due(code) == []


def test_frozen_facts_come_back_equal(person: Person, supervisor: User) -> None:
    everything(person, supervisor)
    letters_night(NIGHT)
    for letter in Letter.objects.all():
        declared = next(kind for kind in KINDS if kind.code == letter.kind)
        assert to_json(from_json(declared, letter.facts)) == letter.facts


def test_a_protected_address_is_in_none_of_these_letters(person: Person, supervisor: User) -> None:
    hidden = a_person("東浜 かくれ", "ヒガシハマ カクレ", office=an_office())
    lives_at(hidden, HIDDEN_PLACE)
    everything(hidden, supervisor)
    is_protected(hidden)
    letters_night(NIGHT)
    assert set(Letter.objects.values_list("state", "hold_cause")) == {(LetterState.HELD, HoldCause.PROTECTED)}
    assert seen(str(list(Letter.objects.values_list("facts", "hold_detail"))), HIDDEN_WORDS) == []
