"""What a finding rests on, in words: the facts by their names, and the settings of the prefecture. Pure."""

from __future__ import annotations

from exemptions.enums import CertificateKind, EventKind, Person
from japan.eras import fiscal_year_text
from rulebook.setting_keys import KEYS, SettingKey


def settings_of(rule: str) -> tuple[SettingKey, ...]:
    """The dated settings that a rule of exemption reads."""
    return tuple(key for key in KEYS if rule in key.rules)


_WORDS = {
    "loan": "貸付と償還計画",
    "payments": "入出金の台帳",
    "as_of": "判定日",
    "application:received_on": "申請書の受付日",
    "application:consents": "申請書の同意欄",
    "public_assistance_from": "生活保護の受給開始",
    "public_assistance_until": "生活保護の受給終了",
    "household:borrower_is_head": "世帯主がだれか",
    "household:head_was_separate_at_loan": "世帯主が貸付申請時に別世帯だったか",
    "household:head_certificate_unobtainable": "世帯主の証明書を取得できるか",
    "household:composition": "世帯の構成",
    "ex_officio:unknown_since": "所在が分からなくなった日",
    "ex_officio:mail_returned_on": "返送された督促状",
    "ex_officio:not_collectable": "相続人等から償還を受けられないことの記録",
}


def input_words(name: str) -> str:
    """The name of a fact in words: 「世帯主の令和4年度の住民税」. An unknown name is returned as it is."""
    if name in _WORDS:
        return _WORDS[name]
    kind, _, rest = name.partition(":")
    if kind == "residence_tax":
        person, _, year = rest.partition(":")
        return f"{Person(person).label}の{fiscal_year_text(int(year))}の住民税"
    if kind == "certificate" and rest in CertificateKind.values:
        return str(CertificateKind(rest).label)
    if kind == "event" and rest in EventKind.values:
        return str(EventKind(rest).label)
    return name
