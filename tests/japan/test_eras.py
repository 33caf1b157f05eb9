"""Era dates: every boundary, every way of writing, and what is refused with which suggestion."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from japan.eras import (
    DateError,
    age_on,
    era_date,
    era_date_weekday,
    era_month,
    era_year,
    fiscal_year,
    fiscal_year_text,
    parse_date,
    short,
)
from japan.months import month_of

BOUNDARIES = [
    ("2019-04-30", "平成31年4月30日", "H31.4.30"),
    ("2019-05-01", "令和元年5月1日", "R1.5.1"),
    ("1989-01-07", "昭和64年1月7日", "S64.1.7"),
    ("1989-01-08", "平成元年1月8日", "H1.1.8"),
    ("1926-12-24", "大正15年12月24日", "T15.12.24"),
    ("1926-12-25", "昭和元年12月25日", "S1.12.25"),
    ("1912-07-29", "明治45年7月29日", "M45.7.29"),
    ("1912-07-30", "大正元年7月30日", "T1.7.30"),
    ("1873-01-01", "明治6年1月1日", "M6.1.1"),
    ("2026-10-12", "令和8年10月12日", "R8.10.12"),
    ("2023-01-26", "令和5年1月26日", "R5.1.26"),
]


@pytest.mark.parametrize(("iso", "long", "brief"), BOUNDARIES)
def test_a_day_is_written_in_its_era_and_read_back_from_every_form(iso, long, brief):
    day = date.fromisoformat(iso)
    assert era_date(day) == long
    assert short(day) == brief
    assert parse_date(long) == parse_date(brief) == parse_date(iso) == day


@pytest.mark.parametrize(
    "text",
    [
        "令和5年1月26日", "令和５年１月２６日", "令5・1・26", "令5･1･26", "㋿5年1月26日",
        "R5.1.26", "r5.1.26", "Ｒ５．１．２６", "R5/1/26", "R5-1-26",
        "2023-01-26", "2023/1/26", "2023年1月26日", "２０２３－０１－２６", "2023.1.26",
        " 令和 5 年 1 月 26 日 ", "令和5年1月26日(木)", "令和５年１月２６日（木）",
    ],
)  # fmt: skip
def test_the_usual_ways_of_writing_a_day_are_read(text):
    assert parse_date(text) == date(2023, 1, 26)


@pytest.mark.parametrize("text", ["令和元年5月1日", "令元.5.1", "R元.5.1", "R1.5.1", "令和1年5月1日"])
def test_the_first_year_is_read_as_gannen_and_as_a_figure(text):
    assert parse_date(text) == date(2019, 5, 1)


@pytest.mark.parametrize(
    ("text", "meant", "said"),
    [
        ("平成31年5月1日", "2019-05-01", "令和元年5月1日"),
        ("H32.1.26", "2020-01-26", "令和2年1月26日"),
        ("令和元年4月30日", "2019-04-30", "平成31年4月30日"),
        ("昭和64年1月8日", "1989-01-08", "平成元年1月8日"),
        ("平成元年1月7日", "1989-01-07", "昭和64年1月7日"),
        ("昭和100年1月1日", "2025-01-01", "令和7年1月1日"),
        ("大正15年12月26日", "1926-12-26", "昭和元年12月26日"),
        ("明治45年7月31日", "1912-07-31", "大正元年7月31日"),
    ],
)
def test_a_day_outside_its_era_is_refused_with_the_day_that_was_probably_meant(text, meant, said):
    with pytest.raises(DateError) as refused:
        parse_date(text)
    assert refused.value.suggestion == date.fromisoformat(meant)
    assert said in str(refused.value)


@pytest.mark.parametrize(("text", "iso"), [("大正15年12月25日", "1926-12-25"), ("明治45年7月30日", "1912-07-30")])
def test_a_day_that_belongs_to_two_eras_in_law_is_read_in_both(text, iso):
    assert parse_date(text) == date.fromisoformat(iso)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "入力してください"),
        ("　", "入力してください"),
        ("あした", "読み取れません"),
        ("2023-1", "読み取れません"),
        ("2023-01-26x", "読み取れません"),
        ("20230126", "読み取れません"),
        ("令和5年2月30日", "令和5年2月28日ではありませんか"),
        ("令和6年2月30日", "令和6年2月29日ではありませんか"),
        ("2023-13-01", "という日はありません"),
        ("2023-00-10", "という日はありません"),
        ("2023-12-00", "という日はありません"),
        ("2023-04-31", "令和5年4月30日ではありませんか"),
        ("令和0年5月1日", "令和元年"),
        ("5.1.26", "令和5年1月26日のこと"),
        ("明治5年12月3日", "より前の日付"),
        ("1872-12-31", "より前の日付"),
        ("令和5年1月26日(金)", "木曜日"),
    ],
)
def test_what_cannot_be_a_date_is_refused_in_a_japanese_sentence(text, said):
    with pytest.raises(DateError) as refused:
        parse_date(text)
    assert said in str(refused.value)
    assert str(refused.value).endswith("。")


@given(st.dates(min_value=date(1873, 1, 1)))
def test_whatever_is_written_is_read_as_the_same_day(day):
    assert parse_date(era_date(day)) == day
    assert parse_date(era_date_weekday(day)) == day
    assert parse_date(short(day)) == day
    assert parse_date(day.isoformat()) == day


@given(st.text(max_size=20))
def test_any_text_is_either_a_date_or_refused_politely(text):
    try:
        assert parse_date(text) >= date(1873, 1, 1)
    except DateError as refused:
        assert str(refused).endswith("。")


def test_weekdays_stand_in_brackets():
    assert era_date_weekday(date(2023, 1, 26)) == "令和5年1月26日(木)"


@pytest.mark.parametrize(
    ("year", "month", "text"),
    [(2023, 1, "令和5年1月"), (2019, 4, "平成31年4月"), (2019, 5, "令和元年5月"), (1989, 1, "平成元年1月")],
)
def test_months_are_written_in_the_era_of_their_last_day(year, month, text):
    assert era_month(month_of(year, month)) == text


def test_years_are_written_in_the_era_of_their_last_day():
    assert [era_year(year) for year in (2018, 2019, 2023)] == ["平成30年", "令和元年", "令和5年"]


@pytest.mark.parametrize(("iso", "year"), [("2023-03-31", 2022), ("2023-04-01", 2023), ("2024-01-01", 2023)])
def test_a_fiscal_year_begins_on_the_first_of_april(iso, year):
    assert fiscal_year(date.fromisoformat(iso)) == year


def test_fiscal_years_are_written_in_era_years():
    assert [fiscal_year_text(year) for year in (2018, 2019, 2022, 2023)] == [
        "平成30年度", "令和元年度", "令和4年度", "令和5年度",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        ("1958-01-26", "2023-01-25", 64),
        ("1958-01-26", "2023-01-26", 65),
        ("2004-02-29", "2023-02-28", 18),
        ("2004-02-29", "2023-03-01", 19),
        ("2004-02-29", "2024-02-29", 20),
        ("2023-01-26", "2023-01-26", 0),
    ],
)
def test_age_is_counted_in_full_years(birth, day, age):
    assert age_on(date.fromisoformat(birth), date.fromisoformat(day)) == age


def test_nobody_has_an_age_before_birth():
    with pytest.raises(ValueError, match="birth"):
        age_on(date(2023, 1, 26), date(2023, 1, 25))
