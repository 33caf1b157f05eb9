"""A form as it was transcribed, in the order of the paper: the rows that pages show beside the findings."""

from __future__ import annotations

from exemptions.deficiencies import CIRCLED
from exemptions.enums import CONSENT_NUMBERS, DISCHARGES, ApplicationForm, Composition, Ground, HouseholdSituation
from exemptions.models import Application
from japan.eras import era_date
from japan.yen import yen

Rows = list[tuple[str, str]]


def form_rows(application: Application) -> Rows:
    """What was transcribed, by label and value; only what the way of filing has."""
    rows = [("様式", str(ApplicationForm(application.form).label)), ("受付日", era_date(application.received_on))]
    if application.waits_until is not None:
        rows.append(("決定できる日", f"{era_date(application.waits_until)}（償還の開始）"))
    match application.form:
        case ApplicationForm.FORM_1_1:
            rows += [
                ("住民税の年度", application.subject),
                ("免除申請額", _amount(application)),
                *_household(application),
            ]
        case ApplicationForm.FORM_1_2:
            rows += _reasons(application)
        case _:
            rows += _of_one_ground(application)
    if application.form in (ApplicationForm.FORM_1_1, ApplicationForm.FORM_1_2) or application.ground in DISCHARGES:
        rows += _signature(application)
    if application.note:
        began = application.form == ApplicationForm.EX_OFFICIO
        rows.append(("職権で免除する理由" if began else "受付メモ", application.note))
    return rows


def _amount(application: Application) -> str:
    return yen(application.requested_amount) if application.requested_amount is not None else ""


def _household(application: Application) -> Rows:
    situation = "二つ以上に印がある" if application.several_situations else "印なし"
    if application.situation:
        situation = str(HouseholdSituation(application.situation).label)
    rows = [("世帯の状況", situation)]
    if application.head is not None:
        rows.append(("現在の世帯主", application.head.name))
    return rows


def _reasons(application: Application) -> Rows:
    ticked = [str(Ground(item).label) for item in application.ticked]
    rows = [("印のある理由", "、".join(ticked) or "印なし")]
    if len(ticked) > 1:
        rows.append(("審査する要件", str(Ground(application.ground).label)))
    if Ground.LONG_ARREARS.value in application.ticked:
        kind = str(Composition(application.composition).label) if application.composition else ""
        rows += [("世帯の種類", kind), *_household(application)]
    return rows


def _of_one_ground(application: Application) -> Rows:
    rows = [("免除の理由", str(Ground(application.ground).label))]
    rows.append(("免除する範囲", f"一部（{_amount(application)}）" if application.in_part else "残っている額の全部"))
    if application.notifier:
        relation = f"（{application.notifier_relation}）" if application.notifier_relation else ""
        rows.append(("届け出た人", f"{application.notifier}{relation}"))
    if application.unknown_since is not None:
        rows.append(("所在が分からなくなった日", era_date(application.unknown_since)))
    return rows


def _signature(application: Application) -> Rows:
    consents = "".join(CIRCLED[number] for number in CONSENT_NUMBERS if number in application.consents)
    rows = [
        ("同意欄", consents or "印なし"),
        ("記入日", era_date(application.signed_on) if application.signed_on else ""),
        ("署名", "あり" if application.signed else "なし"),
        ("日中の電話番号", application.phone),
    ]
    if application.erasable_ink:
        rows.append(("筆記具", "えんぴつや消せるボールペン"))
    return rows
