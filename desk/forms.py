"""What people fill in on the pages made of every app's parts."""

from django import forms

from japan.forms import EraDateField


class DayForm(forms.Form):
    """A day to look at."""

    on = EraDateField(label="日付")
