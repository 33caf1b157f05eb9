"""What the trace says in words and findings: a clerk reads it to a borrower, an auditor asks on what basis."""

from dataclasses import replace
from typing import Any

import pytest

from exemptions.enums import Composition, Ground, Person
from exemptions.facts import Facts, Household, TaxRecord
from repayment.entries import EXEMPTED, Entry
from rulebook.rules import Check
from tests.exemptions.situations import (
    SMALL,
    a_certificate,
    a_loan,
    an_event,
    assessed,
    day,
    facts_of,
    monthly,
    outcome,
    received,
    taxed,
    untaxed,
)

TAXED = [taxed(2021), taxed(2022)]


def looks(facts: Facts, as_of: str, ground: Ground, rule: str, **settings: Any) -> list[Check]:
    checks = outcome(assessed(facts, as_of, **settings), ground).checks
    return [check for check in checks if check.rule.code == rule]


def told(check: Check) -> tuple[str, str, str]:
    return check.finding.value, check.value, check.because


LATE = facts_of(a_loan(**SMALL), untaxed(2022), application=received("2023-05-10"))
ENDED = facts_of(a_loan(**SMALL), untaxed(2022), application=received("2025-02-01"))


def test_a_late_application_is_told_what_goes_and_what_stays():
    (check,) = looks(LATE, "2023-05-20", Ground.RESIDENCE_TAX, "EX-16")

    assert told(check) == (
        "met",
        "166,680円",
        "受付日（令和5年5月10日）以後に期日の来る分の未償還は166,680円である。"
        "それより前に期日の来た33,320円は償還が必要である。",
    )


def test_the_cut_off_by_decision_is_told_as_such():
    (check,) = looks(LATE, "2023-05-27", Ground.RESIDENCE_TAX, "EX-16", late_application_cutoff="DECISION")

    assert told(check)[1:] == (
        "158,350円",
        "決定日（令和5年5月27日）以後に期日の来る分の未償還は158,350円である。"
        "それより前に期日の来た41,650円は償還が必要である。",
    )


def test_where_everything_unpaid_goes_another_rule_is_cited():
    assert looks(LATE, "2023-05-20", Ground.RESIDENCE_TAX, "EX-16", late_application_policy="ALL_UNPAID") == []
    (check,) = looks(LATE, "2023-05-20", Ground.RESIDENCE_TAX, "EX-17", late_application_policy="ALL_UNPAID")

    assert told(check) == ("met", "200,000円", "残っている元金は200,000円である。")


def test_nothing_left_is_told():
    (check,) = looks(ENDED, "2025-02-01", Ground.RESIDENCE_TAX, "EX-16")

    assert check.finding == "not_met"
    assert check.because.endswith("免除できる残りがない。")


def test_everything_still_to_come_stays_unmentioned():
    (check,) = looks(facts_of(a_loan(), untaxed(2022)), "2022-10-03", Ground.RESIDENCE_TAX, "EX-16")

    assert check.because == "受付日（令和4年10月3日）以後に期日の来る分の未償還は600,000円である。"


def test_the_window_is_told_with_its_days():
    (late,) = looks(LATE, "2023-05-20", Ground.RESIDENCE_TAX, "EX-15")
    in_time = facts_of(a_loan(), untaxed(2022), application=received("2022-07-31"))
    (timely,) = looks(in_time, "2022-08-20", Ground.RESIDENCE_TAX, "EX-15")

    assert told(late)[:2] == ("met", "期限後")
    assert told(timely) == ("met", "期限内", "受付期間は令和4年6月1日から令和4年7月31日までである。")


@pytest.mark.parametrize(
    ("entries", "finding", "value", "because"),
    [
        (
            (),
            "met",
            "残り600,000円",
            "上限額から既に免除した額を引いた残りは600,000円で、免除額は600,000円までとなる。",
        ),
        ((600_000,), "not_met", "残り0円", "上限額から既に免除した額を引いた残りは0円で、免除額は0円までとなる。"),
    ],
)
def test_the_cap_is_told_where_it_binds(entries, finding, value, because):
    before = tuple(Entry(EXEMPTED, yen, day("2022-09-01"), "d", first_no=1, last_no=100) for yen in entries)
    loan = a_loan(principal=700_000, count=100, entries=before)
    (check,) = looks(facts_of(loan, untaxed(2022)), "2022-10-03", Ground.RESIDENCE_TAX, "EX-08")

    assert told(check) == (finding, value, because)


def test_a_cap_that_does_not_bind_is_told_so_and_so_is_none_at_all():
    (check,) = looks(facts_of(a_loan(), untaxed(2022)), "2022-10-03", Ground.RESIDENCE_TAX, "EX-08")
    regular = a_loan("REG_SMALL", principal=100_000, count=12, first="2023-03", applied="2023-01-10", size=1)
    dead = facts_of(regular, events=(an_event("DEATH", "2023-05-01"),))
    (none,) = looks(dead, "2023-06-01", Ground.DEATH, "EX-08")

    assert check.because.endswith("免除額はその範囲内である。")
    assert told(none)[:2] == ("met", "上限なし")


LATER = facts_of(a_loan(**SMALL), *TAXED, untaxed(2023), application=received("2023-09-15"))


def test_the_cut_off_of_a_later_year_is_told_with_what_stays():
    looked = outcome(assessed(LATER, "2023-09-15"), Ground.RESIDENCE_TAX_LATER_YEAR).checks

    assert [(check.rule.code, check.finding.value, check.value) for check in looked] == [
        ("EX-20", "met", "令和5年度"),
        ("EX-12", "met", "借受人のみ"),
        ("EX-11", "met", "借受人 令和5年度 均等割0円・所得割0円"),
        ("EX-21", "met", "令和6年1月から"),
        ("EX-22", "met", "残る99,960円"),
        ("EX-23", "met", "100,040円"),
        ("EX-08", "met", "残り200,000円"),
    ]
    because = {check.rule.code: check.because for check in looked}
    assert because["EX-21"] == "当初の償還開始は1月なので、受付月以後で最初の1月（令和6年1月）から免除する。"
    assert because["EX-22"] == "令和6年1月より前に期日の来る99,960円は、償還が必要である。"
    assert because["EX-23"] == "令和6年1月以後に期日の来る分の未償還は100,040円である。"


def test_an_application_in_the_anniversary_month_cites_the_rule_for_it():
    facts = replace(LATER, application=received("2024-01-10"))

    assert looks(facts, "2024-01-10", Ground.RESIDENCE_TAX_LATER_YEAR, "EX-21") == []
    (check,) = looks(facts, "2024-01-10", Ground.RESIDENCE_TAX_LATER_YEAR, "EX-25")
    assert check.because == "受付月が当初の償還開始と同じ1月なので、その月（令和6年1月）から免除する。"


def test_nothing_after_the_cut_off_is_told():
    facts = replace(LATER, taxes=(*TAXED, taxed(2023), untaxed(2024)), application=received("2024-09-15"))
    (check,) = looks(facts, "2024-09-15", Ground.RESIDENCE_TAX_LATER_YEAR, "EX-23")

    assert told(check) == ("not_met", "0円", "令和7年1月以後に期日の来る未償還の分がなく、免除できる金額がない。")


def test_what_stays_is_not_mentioned_where_nothing_does():
    facts = facts_of(a_loan(**SMALL, paid=monthly("2023-01", 12, 8_330)), *TAXED, untaxed(2023))

    assert looks(facts, "2023-12-28", Ground.RESIDENCE_TAX_LATER_YEAR, "EX-22") == []


@pytest.mark.parametrize(
    ("receipt", "finding", "would_change"),
    [
        ("2023-05-31", "not_met", "令和5年6月以後に受け付ければ、この要件を見る。"),
        ("2023-06-01", "met", "令和5年6月1日より前に受け付けた申請であれば、この要件は見ない。"),
    ],
)
def test_the_newest_year_on_the_day_of_receipt_is_told(receipt, finding, would_change):
    facts = replace(LATER, application=received(receipt))
    (check,) = looks(facts, "2023-09-15", Ground.RESIDENCE_TAX_LATER_YEAR, "EX-20")

    assert (check.finding.value, check.would_change) == (finding, would_change)


@pytest.mark.parametrize(
    ("records", "finding", "value", "because"),
    [
        ([], "unknown", "証明書なし", "が確認できていない。"),
        ([(None, False)], "unknown", "均等割未確認・所得割0円", "が確認できていない。"),
        ([(False, False), (False, True)], "unknown", "証明書の内容が食い違う", "を示す証明書の内容が食い違っている。"),
        ([(False, False), (True, False)], "unknown", "証明書の内容が食い違う", "を示す証明書の内容が食い違っている。"),
        ([(False, True)], "not_met", "均等割0円・所得割課税", "は、所得割が課税されている。"),
        ([(True, True)], "not_met", "均等割課税・所得割課税", "は、均等割・所得割が課税されている。"),
        ([(False, False)], "met", "均等割0円・所得割0円", "は、均等割と所得割のどちらも0円である。"),
    ],
)
def test_a_tax_certificate_is_told_as_it_reads(records, finding, value, because):
    taxes = [TaxRecord(Person.BORROWER, 2022, *levies) for levies in records]
    check = looks(facts_of(a_loan(), *taxes), "2022-10-03", Ground.RESIDENCE_TAX, "EX-11")[1]

    assert told(check) == (finding, f"借受人 令和4年度 {value}", f"借受人の令和4年度の住民税{because}")


def test_what_would_change_a_certificate_says_it_for_each_finding():
    def would_change(*taxes: TaxRecord) -> str:
        return looks(facts_of(a_loan(), *taxes), "2022-10-03", Ground.RESIDENCE_TAX, "EX-11")[1].would_change

    meets = "借受人の令和4年度の住民税について、均等割と所得割のどちらも0円という証明があれば、満たす。"
    assert would_change() == would_change(taxed(2022)) == meets
    assert (
        would_change(untaxed(2022)) == "借受人の令和4年度の住民税で均等割または所得割が課税となれば、満たさなくなる。"
    )


def test_requirement_4_asks_for_the_income_levy_alone():
    facts = facts_of(a_loan(), taxed(2023), household=Household(borrower_is_head=True))
    checks = looks(facts, "2024-03-31", Ground.LONG_ARREARS, "EX-40")

    assert checks[1].because == "借受人の令和5年度の住民税は、所得割が課税されている。"
    assert checks[1].would_change == "借受人の令和5年度の住民税について、所得割が0円という証明があれば、満たす。"


def test_the_months_in_arrears_and_their_growth_are_told_in_yen():
    loan = a_loan(paid=monthly("2023-01", 15, 1_000))
    facts = facts_of(loan, *TAXED, household=Household(True, composition=Composition.ELDERLY_ONLY))
    looked = outcome(assessed(facts, "2024-03-31"), Ground.LONG_ARREARS).checks

    assert told(looked[0]) == (
        "met",
        "60,000円（12か月分）",
        "受付日（令和6年3月31日）の滞納額は60,000円で、12か月分（60,000円）以上である。",
    )
    assert looked[0].would_change == "受付日までに1円以上の入金があれば、満たさなくなる。"
    assert told(looked[1]) == (
        "met",
        "12,000円→60,000円、入金12,000円",
        "滞納額は令和5年3月31日の12,000円から60,000円に増えている。その間の入金は12,000円。",
    )
    amount = next(check for check in looked if check.rule.code == "EX-41")
    assert amount.because == "受付日に滞っていた60,000円が対象で、これから期日の来る分は残る。"


def test_what_was_paid_after_receipt_is_told():
    loan = a_loan(paid=(*monthly("2023-01", 15, 1_000), ("2024-04-10", 20_000)))
    facts = facts_of(loan, *TAXED, application=received("2024-03-31"))
    (check,) = looks(facts, "2024-04-20", Ground.LONG_ARREARS, "EX-41")

    assert told(check)[1:] == (
        "40,000円",
        "受付日に滞っていた60,000円のうち、その後に20,000円が入金または免除された。",
    )


def test_certificates_are_told_by_kind():
    certificates = (a_certificate("PHYSICAL", "3級", "2010-05-01"), a_certificate("PHYSICAL", "2級", "2023-05-01"))
    looked = outcome(assessed(facts_of(a_loan(), certificates=certificates), "2023-09-15"), Ground.DISABILITY).checks

    assert [(check.rule.code, check.finding.value, check.value) for check in looked[:3]] == [
        ("EX-31", "not_met", "なし"),
        ("EX-32", "met", "「2級」令和5年5月1日交付"),
        ("EX-33", "not_met", "なし"),
    ]


def test_a_kind_of_certificate_that_the_council_leaves_out_is_told_so():
    facts = facts_of(a_loan(), certificates=(a_certificate("INTELLECTUAL", "A", "2010-05-01"),))
    (check,) = looks(facts, "2023-09-15", Ground.DISABILITY, "EX-33", accept_intellectual_severe=False)

    assert told(check)[::2] == ("not_met", "療育手帳は、この都道府県の設定により対象としない。")
    assert check.would_change == ""


def test_assistance_is_told_with_its_days():
    def check(since: str | None, until: str | None = None, **loan: Any) -> list[tuple[str, str, str]]:
        facts = facts_of(
            a_loan(**loan),
            public_assistance_from=day(since) if since else None,
            public_assistance_until=day(until) if until else None,
            application=received("2023-09-15"),
        )
        return [told(it) for it in looks(facts, "2023-10-20", Ground.PUBLIC_ASSISTANCE, "EX-30")]

    assert check(None) == [("not_met", "受給なし", "生活保護の受給が確認されていない。")]
    assert check("2023-08-01") == [
        ("met", "令和5年8月1日から", "申請の受付（令和5年9月15日）の時に、生活保護を受給している。")
    ]
    assert check("2023-10-01") == [
        (
            "not_met",
            "令和5年10月1日から",
            "受給の開始が申請の受付（令和5年9月15日）より後である。改めて申請すれば満たす。",
        )
    ]
    assert check("2023-08-01", "2023-09-01") == [
        (
            "not_met",
            "令和5年8月1日から令和5年9月1日まで",
            "申請の受付（令和5年9月15日）の時には、受給が終わっている。",
        )
    ]
    assert [finding for finding, *_ in check("2020-06-15", disbursed="2020-06-20")] == ["met", "not_met"]


def test_what_is_outstanding_and_when_it_can_be_decided_is_told():
    loan = a_loan("SP_GS_RELOAN", first="2025-01", applied="2021-04-10")
    facts = facts_of(loan, events=(an_event("DEATH", "2024-05-01"),))
    looked = outcome(assessed(facts, "2024-06-01"), Ground.DEATH).checks

    assert [told(check) for check in looked[:2]] == [
        ("met", "令和6年5月1日", "借受人の死亡（令和6年5月1日）が確認されている。"),
        (
            "met",
            "600,000円",
            "残っている元金600,000円の全額が対象で、滞っている分を含む。返済済みの分は払い戻さない。",
        ),
    ]
    assert told(looked[3]) == (
        "not_met",
        "令和7年1月26日",
        "償還は令和7年1月26日に始まる。それまでは償還開始待ちとなる。",
    )


def test_of_assistance_and_certificate_it_is_told_which_came_first():
    facts = facts_of(
        a_loan(),
        public_assistance_from=day("2023-08-01"),
        certificates=(a_certificate("PHYSICAL", "1", "2023-03-01"),),
        events=(an_event("BANKRUPTCY_DISCHARGE", "2023-01-10"),),
    )
    (check,) = [it for it in assessed(facts, "2023-09-15").checks if it.rule.code == "EX-36"]

    assert told(check) == (
        "met",
        "要件③ 障害者手帳の交付",
        "要件②と③の両方に当てはまるため、先に（令和5年3月1日）該当した方による。",
    )
    alone = replace(facts, public_assistance_from=None)
    assert [it for it in assessed(alone, "2023-09-15").checks if it.rule.code == "EX-36"] == []


def test_a_judgement_year_still_to_come_is_told_with_its_month():
    loan = a_loan("SP_GS_RELOAN", first="2025-01", applied="2021-04-10")
    (check,) = looks(facts_of(loan), "2023-09-15", Ground.RESIDENCE_TAX, "EX-10")

    assert told(check) == (
        "unknown",
        "判定年度 令和6年度",
        "この貸付（申請の時期を問わない）の判定年度は令和6年度である。令和6年度の住民税は令和6年6月に決まる。",
    )
    assert check.would_change == "令和6年6月1日以後であれば、判定できる。"


@pytest.mark.parametrize(
    ("composition", "because", "would_change"),
    [
        (
            Composition.ELDERLY_ONLY,
            "高齢者のみの世帯は、要件④の世帯に当たる。",
            "その他の世帯であれば、満たさなくなる。",
        ),
        (
            Composition.OTHER,
            "その他の世帯は、要件④の世帯に当たらない。",
            "高齢者のみ・障害者のいる・ひとり親の世帯であれば、満たす。",
        ),
        (None, "世帯の種類が確認できていない。", "高齢者のみ・障害者のいる・ひとり親の世帯と確認できれば、満たす。"),
    ],
)
def test_the_kind_of_household_is_told(composition, because, would_change):
    facts = facts_of(a_loan(), household=Household(True, composition=composition))
    check = looks(facts, "2023-09-15", Ground.LONG_ARREARS, "EX-40")[-1]

    assert (check.because, check.would_change) == (because, would_change)


def test_growth_is_measured_from_the_same_day_a_year_before():
    facts = facts_of(a_loan(paid=monthly("2023-01", 15, 1_000)), application=received("2024-04-10"))
    (check,) = looks(facts, "2024-04-10", Ground.LONG_ARREARS, "EX-43")

    assert check.because.startswith("滞納額は令和5年4月10日の12,000円から60,000円に増えている。")


def test_a_certificate_of_the_day_of_receipt_shows_the_household():
    certificates = (a_certificate("PHYSICAL", "6級", "2023-09-15"),)
    facts = facts_of(a_loan(), certificates=certificates, application=received("2023-09-15"))

    assert looks(facts, "2023-10-01", Ground.LONG_ARREARS, "EX-40")[-1].finding == "met"


def test_where_nothing_is_owed_it_is_told():
    paid_off = a_loan(**SMALL, paid=(("2023-02-01", 200_000),))
    facts = facts_of(paid_off, events=(an_event("DEATH", "2023-03-01"),))
    (whole,) = looks(facts, "2023-04-01", Ground.DEATH, "EX-03")
    (arrears,) = looks(facts, "2023-04-01", Ground.LONG_ARREARS, "EX-41")

    assert told(whole) == ("not_met", "0円", "残っている元金がなく、免除できる金額がない。")
    assert told(arrears)[:2] == ("not_met", "0円")
