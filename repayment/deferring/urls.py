"""The addresses of deferral, under ``deferrals/`` of repayment."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from repayment.deferring.views import desk, ending, entering, printing, showing

urlpatterns: list[URLPattern | URLResolver] = [
    path("deferrals/", desk.deferrals, name="deferrals"),
    path("deferrals/new/<int:pk>/", entering.new, name="deferral_new"),
    path("deferrals/interview/<int:pk>/", entering.interview, name="deferral_interview"),
    path("deferrals/form/<int:pk>/", printing.form, name="deferral_form"),
    path("deferrals/<int:pk>/", showing.application, name="deferral"),
    path("deferrals/<int:pk>/papers/", showing.paper, name="deferral_paper"),
    path("deferrals/<int:pk>/moves/<slug:step>/", showing.move, name="deferral_move"),
    path("deferrals/granted/<int:pk>/", ending.deferral, name="deferral_end"),
    path("deferrals/granted/<int:pk>/ends/", ending.ask, name="deferral_end_ask"),
    path("deferrals/granted/<int:pk>/offers/", ending.offer, name="deferral_offer"),
    path("deferrals/granted/<int:pk>/ends/<int:ending>/<slug:answer>/", ending.answer, name="deferral_end_answer"),
]
