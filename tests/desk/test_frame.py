"""The frame and its components, rendered without a database."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from desk.gallery import SampleForm, sample_form
from desk.templatetags.desk_ui import SMALLEST_SHARE, _shares, error_summary, money_bar

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = sorted(path for path in (CHECKOUT / "templates").rglob("*.html") if "notices/letter" not in str(path))
COMPONENTS = sorted((CHECKOUT / "templates" / "components").glob("*.html"))
ALLAUTH_LETTERS = ("notices/exemption_", "notices/cover")
SCREENS = [path for path in PAGES if not any(part in str(path) for part in ALLAUTH_LETTERS)]


def ids(html: str) -> list[str]:
    return re.findall(r'\sid="([^"]+)"', html)


def name_of(path: Path) -> str:
    return str(path.relative_to(CHECKOUT / "templates"))


# --- what holds for every template ---


@pytest.mark.parametrize("path", SCREENS, ids=name_of)
def test_no_screen_carries_an_inline_script_style_or_handler(path: Path) -> None:
    html = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(encoding="utf-8"), flags=re.S)
    assert not re.search(r"\sstyle=", html)
    assert not re.search(r"<style\b", html)
    assert not re.search(r"\son[a-z]+=", html)
    assert not re.search(r"\shx-on", html)
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (CHECKOUT / "static" / "icons.svg").read_text(encoding="utf-8")))
    named = {name for path in PAGES for name in re.findall(r'{% icon "([^"]+)"', path.read_text(encoding="utf-8"))}
    assert named <= sprite


@pytest.mark.parametrize("path", COMPONENTS, ids=name_of)
def test_every_component_begins_by_naming_its_inputs(path: Path) -> None:
    head = path.read_text(encoding="utf-8").split("{% endcomment %}")[0]
    assert "{% comment %}" in head
    assert "(required)" in head


def test_files_copied_in_from_elsewhere_are_unchanged() -> None:
    vendor = CHECKOUT / "static" / "vendor"
    rows = re.findall(r"^\| `([\w.-]+)` \|.*`([0-9a-f]{64})` \|$", (vendor / "README.md").read_text(), flags=re.M)
    assert {name for name, _ in rows} == {path.name for path in vendor.iterdir()} - {"README.md"}
    for name, checksum in rows:
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == checksum


# --- forms ---


def test_a_field_with_a_mistake_is_described_by_its_hint_and_its_mistake() -> None:
    html = str(sample_form()["received_on"].as_field_group())
    assert 'aria-describedby="id_received_on_helptext id_received_on_error"' in html
    assert {"id_received_on", "id_received_on_helptext", "id_received_on_error"} <= set(ids(html))
    assert 'aria-invalid="true"' in html


def test_radio_buttons_are_one_group_under_its_question() -> None:
    html = str(SampleForm()["situation"].as_field_group())
    assert re.search(r"<fieldset[^>]*>\s*<legend[^>]*>\s*世帯の状況", html)
    assert html.count('type="radio"') == 3


def test_the_unit_of_an_amount_stands_after_it() -> None:
    html = str(SampleForm()["amount"].as_field_group())
    assert html.index('name="amount"') < html.index(">円</span>")


def test_every_line_of_the_error_summary_leads_to_a_control() -> None:
    form = sample_form()
    problems = error_summary(form)["problems"]
    assert [problem.label for problem in problems] == [
        "受付日",
        "免除を申請する額",
        "世帯の状況",
        SampleForm()["consent"].label,
    ]
    controls = set(ids(str(form)))
    assert {problem.target.removeprefix("#") for problem in problems} <= controls


def test_a_form_without_mistakes_has_no_error_summary() -> None:
    assert "error-summary" not in str(SampleForm())


def test_mistakes_in_a_formset_are_in_the_summary_too() -> None:
    class Paper(forms.Form):
        name = forms.CharField(label="書類の名前")

    data = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-name": ""}
    papers = forms.formset_factory(Paper, min_num=2, validate_min=True)(data)
    targets = [problem.target for problem in error_summary(None, papers)["problems"]]
    assert targets == ["", "#id_form-0-name"]


def test_what_a_person_typed_is_shown_as_text() -> None:
    form = SampleForm({"applicant": "<script>alert(1)</script>"})
    assert "<script>" not in str(form)


# --- lists ---


def header(query: str, default: str = "") -> str:
    request = RequestFactory().get(f"/list?{query}")
    template = Template('{% load desk_ui %}{% sort_header "経過" "age" default=default %}')
    return template.render(Context({"request": request, "default": default}))


@pytest.mark.parametrize(
    ("query", "default", "direction", "leads_to"),
    [
        ("", "", None, "?sort=age"),
        ("sort=age", "", "ascending", "?sort=-age"),
        ("sort=-age", "", "descending", "?sort=age"),
        ("", "-age", "descending", "?sort=age"),
        ("sort=name", "-age", None, "?sort=age"),
    ],
)
def test_a_column_head_says_its_order_and_turns_it(
    query: str, default: str, direction: str | None, leads_to: str
) -> None:
    html = header(query, default)
    assert f'href="{leads_to}"' in html
    assert ("aria-sort" in html) is (direction is not None)
    if direction:
        assert f'aria-sort="{direction}"' in html


def test_another_order_keeps_the_filters_and_starts_on_the_first_page() -> None:
    assert 'href="?state=late&amp;sort=age"' in header("state=late&after=xyz&before=abc")


def test_pages_keep_the_filters_of_the_address() -> None:
    request = RequestFactory().get("/list?state=late&before=abc")
    context = {"shown": 50, "total": 1234, "after": "xyz"}
    html = render_to_string("components/pager_keyset.html", context, request)
    assert 'href="?state=late&amp;after=xyz"' in html
    assert "前へ" not in html
    assert "全1,234件" in html


# --- money ---

amounts = st.lists(st.integers(min_value=1, max_value=10**9), min_size=1, max_size=4)


@given(amounts)
def test_the_parts_of_the_bar_fill_it_exactly_and_each_can_be_seen(parts: list[int]) -> None:
    shares = _shares(parts)
    assert sum(shares) == 10_000
    assert min(shares) >= SMALLEST_SHARE


@given(amounts)
def test_a_larger_amount_is_never_the_smaller_part(parts: list[int]) -> None:
    by_amount = [share for _, share in sorted(zip(parts, _shares(parts), strict=True))]
    assert by_amount == sorted(by_amount)


def test_the_bar_is_also_said_in_words() -> None:
    html = render_to_string(
        "components/money_bar.html", money_bar("bar", "緊急小口資金", paid=83_280, to_come=116_720)
    )
    assert re.search(r"<desc[^>]*>\s*償還済み 83,280円、これから 116,720円\s*</desc>", html)
    assert "滞納" not in html


def test_a_loan_on_which_nothing_has_moved_says_so() -> None:
    assert "まだありません" in render_to_string("components/money_bar.html", money_bar("bar", "緊急小口資金"))


# --- runs ---


def progress(**state: object) -> str:
    base = {"id": "run-1", "label": "決定通知の作成", "done": 3, "total": 10, "poll_url": "/jobs/1"}
    return render_to_string("components/progress.html", base | state)


def test_a_run_is_asked_for_only_while_it_runs() -> None:
    assert 'hx-get="/jobs/1"' in progress(running=True)
    ended = progress(running=False, ended="終わりました。")
    assert "hx-get" not in ended
    assert 'data-announce="終わりました。"' in ended


# --- the frame outside ---


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"])
def test_an_error_page_needs_nothing_but_itself(name: str) -> None:
    html = render_to_string(name)
    assert '<html lang="ja">' in html
    assert "rail" not in ids(html)
    assert "None" not in html


def test_a_page_whose_form_is_wrong_says_so_in_its_title() -> None:
    html = render_to_string("404.html", {"form": sample_form()})
    assert re.search(r"<title>\s*エラー：", html)


def test_somebody_who_may_not_look_people_up_has_no_search_box() -> None:
    rail: Iterable[SimpleNamespace] = [SimpleNamespace(label="職員", url="/", icon="users", current=True, count=0)]
    assert 'role="search"' not in render_to_string("404.html", {"rail": rail})
    assert 'role="search"' in render_to_string("404.html", {"rail": rail, "may_search": True})
