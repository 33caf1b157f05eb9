from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template

from japan.months import month_of


def rendered(source: str, **context) -> str:
    return Template("{% load japan %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("source", "value", "text"),
    [
        ("{{ v|era }}", date(2023, 1, 26), "令和5年1月26日"),
        ("{{ v|era }}", datetime(2023, 1, 25, 15, 0, tzinfo=UTC), "令和5年1月26日"),
        ("{{ v|era }}", None, ""),
        ("{{ v|era_weekday }}", date(2023, 1, 26), "令和5年1月26日(木)"),
        ("{{ v|era_month }}", month_of(2023, 1), "令和5年1月"),
        ("{{ v|fiscal_year }}", 2023, "令和5年度"),
        ("{{ v|fiscal_year }}", date(2023, 3, 31), "令和4年度"),
        ("{{ v|yen }}", 540_000, "540,000円"),
        ("{{ v|yen }}", 0, "0円"),
        ("{{ v|yen }}", None, ""),
        ("{% time_era v %}", date(2023, 1, 26), '<time datetime="2023-01-26">令和5年1月26日</time>'),
        ("{% time_era v %}", None, ""),
    ],
)
def test_values_are_shown_as_people_in_japan_read_them(source, value, text):
    assert rendered(source, v=value) == text


def test_an_age_is_shown_on_the_day_asked_for():
    assert rendered("{{ born|age:day }}", born=date(1958, 1, 26), day=date(2023, 1, 25)) == "64歳"


def test_an_age_without_a_day_is_the_age_today(today):
    assert rendered("{{ born|age }}", born=date(1986, 11, 20)) == "40歳"


def test_an_unknown_birth_date_has_no_age():
    assert rendered("{{ born|age }}", born=None) == ""
