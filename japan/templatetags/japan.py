"""Era dates and yen in templates: ``{% load japan %}``. An empty value stays empty."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from japan import eras, gs1
from japan.phones import phone_text
from japan.yen import yen as write_yen

register = template.Library()


def _day(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return timezone.localdate(value) if timezone.is_aware(value) else value.date()
    return value


@register.filter
def era(value: date | None) -> str:
    """``{{ loan.applied_on|era }}`` → 令和5年1月26日; a moment gives its day in Japan."""
    return eras.era_date(_day(value)) if value else ""


@register.filter
def era_weekday(value: date | None) -> str:
    """``{{ day|era_weekday }}`` → 令和5年1月26日(木)."""
    return eras.era_date_weekday(_day(value)) if value else ""


@register.filter
def era_month(value: int | None) -> str:
    """``{{ plan.first_month|era_month }}`` → 令和5年1月, from a month index."""
    return eras.era_month(value) if value else ""


@register.filter
def fiscal_year(value: int | date | None) -> str:
    """``{{ 2023|fiscal_year }}`` → 令和5年度; a date gives the fiscal year in which it lies."""
    if not value:
        return ""
    return eras.fiscal_year_text(eras.fiscal_year(_day(value)) if isinstance(value, date) else value)


@register.filter
def yen(value: int | None) -> str:
    """``{{ loan.principal|yen }}`` → 540,000円; zero is 0円."""
    return "" if value is None else write_yen(value)


@register.filter
def age(birth: date | None, day: date | None = None) -> str:
    """``{{ person.born_on|age:today }}`` → 45歳; without a day, the age today in Japan."""
    if not birth:
        return ""
    return f"{eras.age_on(birth, _day(day) if day else timezone.localdate())}歳"


@register.filter
def phone(number: str) -> str:
    """``{{ phone.number|phone }}`` → 090-1234-5678, however it was typed."""
    return phone_text(number)


@register.simple_tag
def time_era(value: date | None) -> SafeString | str:
    """``{% time_era day %}`` → ``<time datetime="2023-01-26">令和5年1月26日</time>``."""
    if not value:
        return ""
    day = _day(value)
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), eras.era_date(day))


@register.inclusion_tag("japan/slip_bars.html")
def slip_bars(digits: str) -> dict[str, Any]:
    """``{% slip_bars facts.digits %}`` → the bar code of a payment slip in its true size, and the two lines below it."""
    return {
        "bars": gs1.bars(digits),
        "modules": gs1.MODULES,
        "width": gs1.WIDTH_MM,
        "height": gs1.HEIGHT_MM,
        "lines": gs1.human_readable(digits),
    }
