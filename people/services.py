"""What a council can write down about a person. Refusals are exceptions whose text is a sentence for the desk."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.enums import OfficeKind
from accounts.models import Office
from audit.actors import Actor
from audit.services import service
from japan.phones import phone_digits
from people.addresses import Place, moved, new_address
from people.enums import AddressKind, Language, MailBlockReason, PhoneKind, Sex
from people.models import Address, Caseload, Household, HouseholdMember, MailBlock, Person, Phone, Protection, in_force


class PersonRefused(Exception):
    """Something about a person cannot be written; the text is a sentence for whoever tried."""


def lock(person: Person) -> Person:
    """The person's row, locked: everything that changes somebody's periods queues here."""
    return Person.objects.select_for_update(of=("self",)).get(pk=person.pk)


@service
def register_person(
    *,
    number: str,
    name: str,
    kana: str,
    birth_date: date,
    office: Office,
    since: date,
    sex: Sex = Sex.UNKNOWN,
    language: Language = Language.JAPANESE,
    needs_interpreter: bool = False,
    reachable: str = "",
    by: Actor,
    at: datetime,
) -> Person:
    """Add a person and the office that looks after them from a day on. Name and kana are kept exactly as given."""
    refuse_unfit(name=name, kana=kana, birth_date=birth_date, at=at)
    if Person.objects.filter(number=number).exists():
        raise PersonRefused(f"借受人番号 {number} はすでに使われています。")
    person = Person.objects.create(
        number=number,
        name=name,
        kana=kana,
        birth_date=birth_date,
        sex=sex,
        language=language,
        needs_interpreter=needs_interpreter,
        reachable=reachable,
    )
    Caseload.objects.create(person=person, office=council(office), since=since)
    return person


@service
def record_death(*, person: Person, died_on: date, by: Actor, at: datetime) -> Person:
    """Write down that a person has died; letters to them stop from now on."""
    person = lock(person)
    refuse_future(died_on, at, "死亡日に先の日付は使えません。")
    if died_on < person.birth_date:
        raise PersonRefused("死亡日が生年月日より前になっています。")
    person.died_on = died_on
    person.save(update_fields=["died_on"])
    return person


@service
def add_phone(
    *, person: Person, number: str, since: date, kind: PhoneKind = PhoneKind.MOBILE, by: Actor, at: datetime
) -> Phone:
    """Add a telephone number as told; ``PhoneError`` for one that cannot be right. A known one is given back."""
    phone, _ = Phone.objects.get_or_create(
        person=lock(person), digits=phone_digits(number), defaults={"number": number, "kind": kind, "since": since}
    )
    return phone


@service
def add_address(*, person: Person, kind: AddressKind, place: Place, since: date, by: Actor, at: datetime) -> bool:
    """Write an address from a day on and close the one of its kind before it. Returns whether anything changed."""
    person = lock(person)
    if not moved({person.pk: place}, kind=kind, on=since):
        return False
    of_kind = Address.objects.filter(person=person, kind=kind)
    if of_kind.filter(since__gte=since).exists():
        raise PersonRefused("この日以降に始まる同じ種別の住所がすでにあります。開始日をお確かめください。")
    of_kind.filter(Q(until__isnull=True) | Q(until__gte=since)).update(until=since - timedelta(days=1))
    new_address(person_id=person.pk, kind=kind, place=place, since=since).save()
    return True


@service
def move_household(
    *, person: Person, household: Household, relationship: str, is_head: bool, since: date, by: Actor, at: datetime
) -> HouseholdMember:
    """Put a person on a residence record from a day on; it ends their place on the record before.

    A new head takes the place of the old one, who stays a member. The same move again gives the row that is there.
    """
    Household.objects.select_for_update().get(pk=household.pk)
    person = lock(person)
    now = HouseholdMember.objects.filter(in_force(since), person=person).first()
    wanted = (household.pk, relationship, is_head)
    if now is not None and (now.household_id, now.relationship, now.is_head) == wanted:
        return now
    if HouseholdMember.objects.filter(person=person, since__gte=since).exists():
        raise PersonRefused("この日以降の世帯の記録がすでにあります。異動日をお確かめください。")
    if is_head:
        demote_head(household, since=since)
    end_on(now, since - timedelta(days=1))
    return HouseholdMember.objects.create(
        household=household, person=person, relationship=relationship, is_head=is_head, since=since
    )


def demote_head(household: Household, *, since: date) -> None:
    """End the headship in force on a day; whoever held it goes on as an ordinary member."""
    head = HouseholdMember.objects.filter(in_force(since), household=household, is_head=True).first()
    if head is None:
        return
    if head.since >= since:
        raise PersonRefused("同じ日に別の世帯主が記録されています。異動日をお確かめください。")
    until = head.until
    end_on(head, since - timedelta(days=1))
    HouseholdMember.objects.create(
        household=household, person=head.person, relationship="世帯員", is_head=False, since=since, until=until
    )


def end_on(membership: HouseholdMember | None, until: date) -> None:
    if membership is not None:
        membership.until = until
        membership.save(update_fields=["until"])


@service
def set_protection(*, person: Person, since: date, ground: str, by: Actor, at: datetime) -> Protection:
    """Record a 支援措置 from a day on; while one is open it is given back."""
    person = lock(person)
    if not ground.strip():
        raise PersonRefused("支援措置を確認した書類を入力してください。")
    existing = Protection.objects.filter(person=person, until__isnull=True).first()
    if existing is not None:
        return existing
    return Protection.objects.create(person=person, since=since, ground=ground, recorded_by=by.label)


@service
def add_to_caseload(*, person: Person, office: Office, since: date, by: Actor, at: datetime) -> Caseload:
    """Let one more office look after a person from a day on; where it does already, that row is given back."""
    person = lock(person)
    now = Caseload.objects.filter(in_force(since), person=person, office=office).first()
    if now is None and Caseload.objects.filter(person=person, office=office, since__gt=since).exists():
        raise PersonRefused("この事業所には、この日より後に始まる担当があります。開始日をお確かめください。")
    return now or Caseload.objects.create(person=person, office=council(office), since=since)


@service
def end_caseload(*, caseload: Caseload, until: date, by: Actor, at: datetime) -> Caseload:
    """Let one of several offices look after a person no longer, from the day after *until*; the last one stays."""
    person = lock(caseload.person)
    row = Caseload.objects.select_for_update().get(pk=caseload.pk)
    if row.until is not None:
        return row
    if until < row.since:
        raise PersonRefused("終了日が担当の開始日より前になっています。")
    if not Caseload.objects.filter(person=person, until__isnull=True).exclude(pk=row.pk).exists():
        raise PersonRefused("担当の事業所がなくなるため、終えられません。ほかの事業所に引き継いでください。")
    row.until = until
    row.save(update_fields=["until"])
    return row


@service
def transfer(*, person: Person, to: Office, since: date, by: Actor, at: datetime) -> Caseload:
    """Hand a person over: from this day on the new office looks after them, the others no longer do."""
    person = lock(person)
    if Caseload.objects.filter(person=person, since__gte=since).exclude(office=to).exists():
        raise PersonRefused("この日以降に始まる担当があります。引き継ぎの日をお確かめください。")
    others = Caseload.objects.filter(in_force(since), person=person).exclude(office=to)
    others.update(until=since - timedelta(days=1))
    now = Caseload.objects.filter(in_force(since), person=person, office=to).first()
    return now or Caseload.objects.create(person=person, office=council(to), since=since)


@service
def block_mail(*, person: Person, reason: MailBlockReason, since: date, by: Actor, at: datetime) -> MailBlock:
    """Stop letters to a person from a day on; while a block for the same reason is open it is given back."""
    person = lock(person)
    existing = MailBlock.objects.filter(person=person, reason=reason, until__isnull=True).first()
    return existing or MailBlock.objects.create(person=person, reason=reason, since=since)


@service
def unblock_mail(*, block: MailBlock, until: date, by: Actor, at: datetime) -> MailBlock:
    """Let letters go out again after a day."""
    block = MailBlock.objects.select_for_update().get(pk=block.pk)
    block.until = max(until, block.since)
    block.save(update_fields=["until"])
    return block


def refuse_unfit(*, name: str, kana: str, birth_date: date, at: datetime) -> None:
    """Refuse what nobody can be called, and a birth that is still to come."""
    refuse_future(birth_date, at, "生年月日に先の日付は使えません。")
    if not name.strip() or not kana.strip():
        raise PersonRefused("氏名とカナ氏名を入力してください。")


def council(office: Office) -> Office:
    """The office itself if it can look after borrowers; agencies never do."""
    if office.kind == OfficeKind.AGENCY:
        raise PersonRefused("支援機関を担当にすることはできません。社協の事業所を選んでください。")
    return office


def refuse_future(day: date, at: datetime, sentence: str) -> None:
    if day > timezone.localtime(at).date():
        raise PersonRefused(sentence)
