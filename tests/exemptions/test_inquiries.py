"""Inquiries at authorities (H-18): only on a consent, with no more data than needed, written down as handed over, answered."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.enums import OfficeKind, Role
from audit.actors import Actor
from audit.models import DisclosureLog
from audit.services import Disclosure, record_disclosures
from exemptions.enums import Person as Judged
from exemptions.inquiries.basis import NoBasis, basis_of, items_for
from exemptions.inquiries.enums import Answer, Asked, AuthorityKind, InquiryState, Item
from exemptions.inquiries.services import (
    ANSWER_WITHIN,
    InquiryRefused,
    answer_inquiry,
    list_inquiry,
    send_inquiries,
    withdraw_inquiry,
)
from exemptions.models import Application, AuthorityInquiry
from people.addresses import Place
from tests.canary.watching import pdf_text
from tests.exemptions.builders import a_story, some_staff
from tests.people.builders import a_member_of_staff, a_person, an_office, is_protected, lives_at
from tests.scenes import a_letterhead, signed_in

NOW = datetime(2023, 9, 18, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
TODAY = NOW.date()
ALL = frozenset(range(1, 7))
SIGNED: dict[str, Any] = {"form": "様式1-1-B", "signed": True, "signed_on": date(2023, 9, 10)}


# --- the basis ----------------------------------------------------------------------------------------


def test_h18_consent_three_allows_asking_for_the_applicants_own_data_and_consent_four_about_organised_crime() -> None:
    own = basis_of(Asked.RESIDENCE_TAX, Judged.BORROWER, consents=ALL, **SIGNED)
    assert own.text_ja == "免除申請書（様式1-1-B）の同意③（令和5年9月10日）"
    assert basis_of(Asked.ANTI_GANG, Judged.HEAD, consents=ALL, **SIGNED).consent == 4


@pytest.mark.parametrize(
    ("asked", "subject", "consents", "signed_on", "words"),
    [
        (Asked.RESIDENCE_TAX, Judged.BORROWER, ALL - {3}, date(2023, 9, 10), "同意③に印がない"),
        (Asked.ANTI_GANG, Judged.BORROWER, ALL - {4}, date(2023, 9, 10), "同意④に印がない"),
        (Asked.RESIDENCE_TAX, Judged.HEAD, ALL, date(2023, 9, 10), "世帯主については照会できない"),
        (Asked.ASSISTANCE, Judged.BORROWER, ALL, None, "署名か記入日がない"),
    ],
)
def test_without_its_consent_nothing_is_asked_and_the_sentence_says_what_is_missing(
    asked: Asked, subject: Judged, consents: frozenset[int], signed_on: date | None, words: str
) -> None:
    with pytest.raises(NoBasis, match=words):
        basis_of(asked, subject, form="様式1-1-B", consents=consents, signed=True, signed_on=signed_on)


def test_an_authority_is_told_no_more_than_it_needs() -> None:
    who = (Item.NAME, Item.KANA, Item.BIRTH_DATE)
    tax = (AuthorityKind.MUNICIPALITY, Asked.RESIDENCE_TAX)
    assert items_for(*tax, address_withheld=False) == (*who, Item.ADDRESS, Item.FISCAL_YEAR)
    assert items_for(*tax, address_withheld=True) == (*who, Item.FISCAL_YEAR)
    for kind in set(AuthorityKind) - {AuthorityKind.MUNICIPALITY, AuthorityKind.WELFARE_OFFICE}:
        assert items_for(kind, Asked.ANTI_GANG, address_withheld=False) == who


def test_nothing_leaves_the_house_without_a_basis() -> None:
    nameless = Disclosure("青海市", " ", "person", (1,), ("氏名",))
    with pytest.raises(ValueError, match="basis"):
        record_disclosures([nameless], by=Actor.machine("test"), at=NOW)


# --- the life of an inquiry ---------------------------------------------------------------------------


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_h18_an_inquiry_is_listed_sent_answered_and_seen_by_the_reviewer() -> None:
    cache.clear()
    staff = some_staff()
    a_letterhead(an_office(OfficeKind.PREFECTURAL))
    story = a_story(staff=staff)
    hidden = a_story(staff=staff, borrower=a_person("秘田 一子", "ヒミツダ イチコ", office=staff.office))
    lives_at(story.loan.borrower, Place("999-0001", "青海県青海市", "見本1丁目2番3号"))
    lives_at(hidden.loan.borrower, Place("999-0002", "青海県青海市", "隠町9丁目9番9号"))
    is_protected(hidden.loan.borrower)
    by, at = Actor.person(staff.clerk), NOW
    office: dict[str, Any] = {
        "kind": AuthorityKind.MUNICIPALITY,
        "name": "青海市 税務課",
        "asked": Asked.RESIDENCE_TAX,
    }
    rows = [
        list_inquiry(application_id=each.application.pk, subject=Judged.BORROWER, by=by, at=at, **office)
        for each in (story, hidden)
    ]
    police = list_inquiry(
        application_id=story.application.pk,
        kind=AuthorityKind.POLICE,
        name="青海県警察本部",
        asked=Asked.ANTI_GANG,
        subject=Judged.BORROWER,
        by=by,
        at=at,
    )
    assert [row.state_on(TODAY) for row in rows] == [InquiryState.TO_SEND] * 2
    assert DisclosureLog.objects.count() == 0

    with pytest.raises(InquiryRefused, match="すでにあります"):
        list_inquiry(application_id=story.application.pk, subject=Judged.BORROWER, by=by, at=at, **office)
    with pytest.raises(InquiryRefused, match="照会できません"):
        wrong = office | {"asked": Asked.ANTI_GANG}
        list_inquiry(application_id=story.application.pk, subject=Judged.BORROWER, by=by, at=at, **wrong)
    with pytest.raises(InquiryRefused, match="世帯主の登録がありません"):
        list_inquiry(application_id=story.application.pk, subject=Judged.HEAD, by=by, at=at, **office)
    with pytest.raises(InquiryRefused, match="まだ送っていない"):
        answer_inquiry(inquiry_id=police.pk, answer=Answer.AGREES, answered_on=TODAY, note="", by=by, at=at)

    sender = signed_in(staff.preparer)
    shown = sender.get(reverse("exemptions:inquiries")).content.decode()
    assert "青海市 税務課への照会書を作る" in shown and "青海県警察本部への照会書を作る" in shown
    refused = sender.post(reverse("exemptions:inquiries_send"), {"inquiry": [rows[0].pk, police.pk]}, follow=True)
    assert "照会先ごとに分けて" in refused.content.decode() and DisclosureLog.objects.count() == 0
    sent = sender.post(reverse("exemptions:inquiries_send"), {"inquiry": [row.pk for row in rows]}, follow=True)
    assert "同意③" in sent.content.decode() and "様式1-1-B" in sent.content.decode()

    told = list(DisclosureLog.objects.order_by("pk").values_list("recipient", "basis", "ids", "items"))
    where, basis = "青海市 税務課（市区町村（税務・住民登録））", "免除申請書（様式1-1-B）の同意③（令和5年9月10日）"
    items = ["氏名", "フリガナ", "生年月日"]
    assert told == [
        (where, basis, [story.loan.borrower_id], [*items, "住民票上の住所", "住民税の年度"]),
        (where, basis, [hidden.loan.borrower_id], [*items, "住民税の年度"]),
    ]
    letter = AuthorityInquiry.objects.select_related("letter").get(pk=rows[0].pk).letter
    assert letter is not None and letter.answer_due_on == TODAY + ANSWER_WITHIN
    paper = "".join(pdf_text(sender.get(reverse("exemptions:inquiry_pdf", args=[letter.pk])).content).split())
    for words in ("青海市税務課御中", "横山啓輔", "秘田一子", "見本1丁目2番3号", "令和5年度", "同意③", str(letter)):
        assert words in paper, words
    assert "隠町" not in paper and "青海県警察本部" not in paper

    with pytest.raises(InquiryRefused, match="取りやめられません"):
        withdraw_inquiry(inquiry_id=rows[0].pk, by=by, at=at)
    with pytest.raises(InquiryRefused, match="内容を書いて"):
        answer_inquiry(inquiry_id=rows[0].pk, answer=Answer.DIFFERS, answered_on=TODAY, note=" ", by=by, at=at)
    with pytest.raises(InquiryRefused, match="今日まで"):
        later = TODAY + timedelta(days=1)
        answer_inquiry(inquiry_id=rows[0].pk, answer=Answer.AGREES, answered_on=later, note="", by=by, at=at)
    page = reverse("exemptions:inquiry", args=[rows[0].pk])
    answered = signed_in(staff.clerk).post(
        page, {"answered_on": TODAY.isoformat(), "answer": "DIFFERS", "note": "均等割が課税されている"}, follow=True
    )
    assert "均等割が課税されている" in answered.content.decode()
    story.prepare()
    seen = signed_in(staff.supervisor).get(reverse("exemptions:review", args=[story.application.pk])).content.decode()
    assert "均等割が課税されている" in seen and "申請と違う" in seen

    overdue = TODAY + ANSWER_WITHIN + timedelta(days=1)
    states = {row.pk: row.state_on(overdue) for row in AuthorityInquiry.objects.select_related("letter")}
    assert states == {
        rows[0].pk: InquiryState.ANSWERED,
        rows[1].pk: InquiryState.OVERDUE,
        police.pk: InquiryState.TO_SEND,
    }
    for state in InquiryState:
        found = {row.pk for row in AuthorityInquiry.objects.in_state(state, overdue)}
        assert found == {pk for pk, told_state in states.items() if told_state == state}

    Application.objects.filter(pk=story.application.pk).update(consents=[1, 2, 3, 5, 6])
    with pytest.raises(InquiryRefused, match="同意④に印がない"):
        send_inquiries(keys=[police.pk], sender=staff.preparer, by=Actor.person(staff.preparer), at=at)
    assert AuthorityInquiry.objects.get(pk=police.pk).letter is None and DisclosureLog.objects.count() == 2
    withdraw_inquiry(inquiry_id=police.pk, by=by, at=at)
    assert "青海県警察本部" not in sender.get(reverse("exemptions:inquiries")).content.decode()

    with pytest.raises(IntegrityError), transaction.atomic():
        AuthorityInquiry.objects.filter(pk=rows[1].pk).update(consent=4)

    log = signed_in(a_member_of_staff(Role.AUDITOR)).get(reverse("audit:disclosures"), {"day": TODAY.isoformat()})
    assert log.content.decode().count("青海市 税務課") == 2 and "横山" not in log.content.decode()
