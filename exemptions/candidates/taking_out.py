"""The candidates as a list that may be taken out, under the filters of their page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http import QueryDict

from accounts.models import User
from exemptions.candidates.forms import candidate_form
from exemptions.candidates.listing import page
from japan.eras import era_date
from jobs.exporting.kinds import ExportKind, Line


def lines(user: User, query: QueryDict, at: datetime) -> Iterator[Line]:
    filters, after = candidate_form(query).filters(), ""
    while True:
        found = page(user, filters, on=at.date(), after=after)
        for row in found.rows:
            each = row.candidate
            yield Line(
                each.loan_id,
                (
                    era_date(each.found_on),
                    each.get_kind_display(),
                    each.loan.borrower.name,
                    each.loan.borrower.kana,
                    "支援措置" if row.protected else "",
                    each.loan.get_fund_display(),
                    each.loan.code,
                    each.loan.office.name,
                    each.get_ground_display(),
                    each.reason,
                    "、".join(each.missing),
                    each.amount,
                    each.get_state_display(),
                ),
            )
        if not found.after:
            return
        after = found.after


def in_words(user: User, query: QueryDict) -> str:
    """The filters that are set, as the form calls them."""
    form, told = candidate_form(query), []
    for name, field in form.fields.items():
        given = query.get(name)
        if given:
            words = {str(value): str(label) for value, label in getattr(field, "choices", ())}
            told.append(f"{field.label}：{words[given]}" if given in words else str(field.label))
    return "、".join(told)


CANDIDATES = ExportKind(
    code="exemption-candidates",
    label="免除の候補の一覧",
    subject="loan",
    columns=(
        "見つかった日", "きっかけ", "借受人", "カナ氏名", "注意", "資金", "貸付コード", "受付事業所", "要件", "理由",
        "足りないもの", "免除の見込額", "状態",
    ),
    filters=("kind", "state", "office", "fund", "ready"),
    rows=lines,
    in_words=in_words,
)  # fmt: skip
