"""The page of what is registered about a person, and the forms that keep it right."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from people import services
from people.contact import end_phone, update_contact
from people.corrections import correct_person, withdraw_death
from people.models import Caseload, MailBlock, Person, PersonQuerySet, Phone
from people.person_forms import (
    AddressForm,
    ContactForm,
    CorrectionForm,
    DeathForm,
    MailBlockForm,
    OfficeForm,
    PhoneForm,
    ReasonForm,
    TransferForm,
)
from people.person_page import person_page
from people.views.changing import Change, change_person, do, told, visible_person

CORRECT = Change(
    title="氏名・生年月日の訂正",
    button="訂正を保存する",
    said="訂正しました。前の内容と理由は、登録内容のページに残ります。",
    intro="これまでの通知に印刷された氏名は変わりません。",
)
DEATH = Change(
    title="死亡の登録",
    button="死亡を登録する",
    said="死亡を登録しました。この方への通知は送られません。",
    intro="登録すると、この方への通知を止めます。世帯からの異動は、世帯の移り変わりのページで登録してください。",
)
WITHDRAW_DEATH = Change(
    title="死亡の登録の取り消し",
    button="死亡の登録を取り消す",
    said="死亡の登録を取り消しました。通知がまた送られます。",
)
PHONE = Change(title="電話番号の追加", button="電話番号を追加する", said="電話番号を追加しました。")
CONTACT = Change(title="言葉と連絡方法", button="連絡方法を保存する", said="連絡方法を保存しました。")
ADDRESS = Change(
    title="住所の登録",
    button="住所を登録する",
    said="住所を登録しました。",
    intro="同じ種別の前の住所は、開始日の前日で終わります。",
)
MAIL = Change(title="通知の送付を止める", button="送付を止める", said="この方への通知の送付を止めました。")
TRANSFER = Change(
    title="担当の引き継ぎ",
    button="担当を引き継ぐ",
    said="担当を引き継ぎました。",
    intro="引き継ぐ日から新しい事業所だけが担当になり、今の事業所からは見えなくなります。",
)
OFFICE = Change(
    title="担当に事業所を加える",
    button="事業所を加える",
    said="担当に事業所を加えました。",
    intro="今の担当はそのままで、加えた事業所からもこの方の情報が見えるようになります。住まいが変わったときは「担当を引き継ぐ」を使います。",
)


@require_GET
@permission(Permission.SEE_CASES)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """What is registered about one person."""
    found = visible_person(request, pk)
    page = person_page(found, reader=cast(User, request.user), on=timezone.localdate())
    told(request, found)
    return render(request, "people/person.html", {"page": page})


@require_http_methods(["GET", "POST"])
@permission(Permission.WRITE_CASES)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_person(request, pk)
    initial = {"name": found.name, "kana": found.kana, "birth_date": found.birth_date}
    form = CorrectionForm(request.POST or None, initial=initial)
    return change_person(request, found, CORRECT, form, lambda given: correct_person(person=found, **given))


@require_http_methods(["GET", "POST"])
@permission(Permission.WRITE_CASES)
def death(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a death, or take back one that was written down by mistake."""
    found = visible_person(request, pk)
    if found.died_on is not None:
        form = ReasonForm(request.POST or None)
        return change_person(request, found, WITHDRAW_DEATH, form, lambda given: withdraw_death(person=found, **given))
    return change_person(
        request,
        found,
        DEATH,
        DeathForm(request.POST or None),
        lambda given: services.record_death(person=found, **given),
    )


@require_http_methods(["GET", "POST"])
@permission(Permission.WRITE_CASES)
def phone_new(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_person(request, pk)
    form = PhoneForm(request.POST or None, initial={"since": timezone.localdate(), "kind": "mobile"})
    return change_person(request, found, PHONE, form, lambda given: services.add_phone(person=found, **given))


@require_POST
@permission(Permission.WRITE_CASES)
def phone_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The number is no longer the person's; today is its last day."""
    found = get_object_or_404(Phone.objects.filter(person__in=visible(request)).select_related("person"), pk=pk)
    return do(
        request,
        found.person,
        lambda who: end_phone(phone=found, until=timezone.localdate(), **who),
        "電話番号の使用を終えました。",
    )


@require_http_methods(["GET", "POST"])
@permission(Permission.WRITE_CASES)
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_person(request, pk)
    initial = {
        "language": found.language,
        "needs_interpreter": found.needs_interpreter,
        "reachable": found.reachable,
    }
    form = ContactForm(request.POST or None, initial=initial)
    return change_person(request, found, CONTACT, form, lambda given: update_contact(person=found, **given))


@require_http_methods(["GET", "POST"])
@permission(Permission.WRITE_CASES)
def address_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A new address of a kind; what is registered is never shown here."""
    found = visible_person(request, pk)
    form = AddressForm(request.POST or None, initial={"kind": "registered"})
    return change_person(
        request,
        found,
        ADDRESS,
        form,
        lambda given: services.add_address(
            person=found,
            kind=given["kind"],
            place=form.place,
            since=given["since"],
            by=given["by"],
            at=given["at"],
        ),
    )


@require_http_methods(["GET", "POST"])
@permission(Permission.WRITE_CASES)
def mail_block(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_person(request, pk)
    form = MailBlockForm(request.POST or None, initial={"since": timezone.localdate()})
    return change_person(request, found, MAIL, form, lambda given: services.block_mail(person=found, **given))


@require_POST
@permission(Permission.WRITE_CASES)
def mail_unblock(request: HttpRequest, pk: int) -> HttpResponse:
    """Letters go out again from tomorrow on."""
    found = get_object_or_404(MailBlock.objects.filter(person__in=visible(request)).select_related("person"), pk=pk)
    return do(
        request,
        found.person,
        lambda who: services.unblock_mail(block=found, until=timezone.localdate(), **who),
        "送付の停止を今日で終えます。明日から通知が送られます。",
    )


@require_http_methods(["GET", "POST"])
@permission(Permission.WRITE_CASES)
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_person(request, pk)
    form = TransferForm(request.POST or None, initial={"since": timezone.localdate()})
    return change_person(
        request,
        found,
        TRANSFER,
        form,
        lambda given: services.transfer(
            person=found, to=given["office"], since=given["since"], by=given["by"], at=given["at"]
        ),
    )


@require_http_methods(["GET", "POST"])
@permission(Permission.WRITE_CASES)
def office_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A second office besides the one that looks after the person."""
    found = visible_person(request, pk)
    form = OfficeForm(request.POST or None, initial={"since": timezone.localdate()})
    return change_person(request, found, OFFICE, form, lambda given: services.add_to_caseload(person=found, **given))


@require_POST
@permission(Permission.WRITE_CASES)
def office_end(request: HttpRequest, pk: int) -> HttpResponse:
    """One of several offices no longer looks after the person; today is its last day."""
    found = get_object_or_404(Caseload.objects.filter(person__in=visible(request)).select_related("person"), pk=pk)
    return do(
        request,
        found.person,
        lambda who: services.end_caseload(caseload=found, until=timezone.localdate(), **who),
        "担当を今日で終えます。",
    )


def visible(request: HttpRequest) -> PersonQuerySet:
    return Person.objects.visible_to(cast(User, request.user))
