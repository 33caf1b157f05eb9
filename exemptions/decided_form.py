"""The filters of the list of decisions, on its page and for the file that is made of it."""

from __future__ import annotations

from django import forms
from django.http import QueryDict

from exemptions.decided import Wanted
from exemptions.enums import Outcome
from japan.forms import EraDateField


class DecidedForm(forms.Form):
    """From which day of decision to which, and with which outcome. A day that cannot be read chooses nothing."""

    since = EraDateField(label="決定日（この日から）", required=False)
    until = EraDateField(label="決定日（この日まで）", required=False)
    outcome = forms.ChoiceField(label="決定", choices=[("", "すべて"), *Outcome.choices], required=False)

    def wanted(self) -> Wanted:
        self.full_clean()
        data = self.cleaned_data
        return Wanted(since=data.get("since"), until=data.get("until"), outcome=data.get("outcome", ""))

    def query(self) -> str:
        """The filters that are set, for an address."""
        query = QueryDict(mutable=True)
        query.update({name: self.data[name] for name in self.fields if self.data.get(name)})
        return query.urlencode()
