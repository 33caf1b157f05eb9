"""The files about people that can be taken in, with a sample of each."""

from __future__ import annotations

from jobs.importing.kinds import ImportKind
from people.taking_in.accounts import AccountResource, account_key, check_accounts, commit_accounts
from people.taking_in.borrowers import BorrowerResource, check_borrowers, commit_borrowers, correct_back
from people.taking_in.certificates import (
    TaxCertificateResource,
    certificate_key,
    check_tax_certificates,
    commit_tax_certificates,
)
from people.taking_in.households import HouseholdResource, check_households, commit_households

IMPORTS = (
    ImportKind(
        code="borrowers",
        label="借受人",
        hint="氏名・生年月日・電話・住所・担当事業所。世帯主など世帯の方も、この形で取り込みます。",
        resource=BorrowerResource,
        key=lambda values: str(values["number"]),
        check=check_borrowers,
        commit=commit_borrowers,
        takers={"people_personcorrection": correct_back},
        counters="残し、元に戻したことを新しい訂正として登録します。",
        private=frozenset({"郵便番号", "都道府県市区町村", "町名番地", "建物名"}),
        sample=(
            (
                "M0000001", "見本 髙子", "ミホン タカコ", "昭和52年4月3日", "女性", "日本語", "090-0000-0001", "01",
                "2020-06-10", "000-0001", "見本県見本市", "架空町1丁目2-3", "見本荘101", "2018-04-01",
            ),
            (
                "M0000002", "見本 太一", "ﾐﾎﾝ ﾀｲﾁ", "S50.11.20", "男性", "", "", "01", "R2.6.10", "0000002",
                "見本県見本市", "架空町4-5", "", "H25.3.1",
            ),
        ),
    ),
    ImportKind(
        code="households",
        label="世帯",
        hint="住民票の世帯と世帯主、異動した日。借受人の取込が先です。",
        resource=HouseholdResource,
        key=lambda values: f"{values['household']}:{values['number']}:{values['since']}",
        check=check_households,
        commit=commit_households,
        sample=(
            ("MH00001", "M0000002", "本人", "はい", "H25.3.1"),
            ("MH00001", "M0000001", "妻", "いいえ", "2018-04-01"),
        ),
    ),
    ImportKind(
        code="tax_certificates",
        label="課税（非課税）証明書",
        hint="年度ごとに均等割と所得割の課税・非課税。",
        resource=TaxCertificateResource,
        key=certificate_key,
        check=check_tax_certificates,
        commit=commit_tax_certificates,
        sample=(
            ("M0000001", "2023", "非課税", "非課税", "見本市", "令和5年7月3日", "令和5年7月10日"),
            ("M0000002", "2023", "課税", "非課税", "見本市", "R5.7.3", "R5.7.10"),
        ),
    ),
    ImportKind(
        code="bank_accounts",
        label="口座",
        hint="送金先と引落口座。本人名義だけを登録できます。ゆうちょ銀行は銀行番号9900とし、口座番号に「記号-番号」を入れます。",
        resource=AccountResource,
        key=account_key,
        check=check_accounts,
        commit=commit_accounts,
        private=frozenset({"口座番号"}),
        sealed=frozenset({"口座番号"}),
        sample=(
            ("M0000001", "送金先", "9999", "999", "普通", "0000123", "ミホン タカコ", "令和5年4月1日"),
            ("M0000002", "引落口座", "9900", "", "普通", "11110-12345671", "ﾐﾎﾝ ﾀｲﾁ", "R5.4.1"),
        ),
    ),
)  # fmt: skip
