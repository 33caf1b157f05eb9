from django.urls import URLPattern, URLResolver, path

from loans.views import (
    applying,
    channels,
    deciding,
    entering,
    funds,
    guided,
    history,
    listing,
    moving,
    printing,
    showing,
)

app_name = "loans"

urlpatterns: list[URLPattern | URLResolver] = [
    path("funds/", funds.funds, name="funds"),
    path("applications/", listing.applications, name="applications"),
    path("channels/", channels.channels, name="channels"),
    path("apply/", applying.apply, name="apply"),
    path("apply/new/", applying.applicant_new, name="applicant_new"),
    path("apply/person/<int:pk>/", applying.apply_person, name="apply_person"),
    path("applications/<int:pk>/", showing.application, name="application"),
    path("applications/<int:pk>/edit/", entering.edit, name="application_edit"),
    path("applications/<int:pk>/live/", entering.live, name="application_live"),
    path("applications/<int:pk>/papers/", entering.paper_add, name="paper_add"),
    path("applications/<int:pk>/involvement/", guided.involvement, name="involvement"),
    path("applications/<int:pk>/five-points/", guided.five_points, name="five_points"),
    path("applications/<int:pk>/assessments/<int:number>/", showing.assessment, name="assessment"),
    path("applications/<int:pk>/moves/<slug:step>/", moving.move, name="application_move"),
    path("applications/<int:pk>/prepare/", moving.prepare, name="prepare"),
    path("applications/<int:pk>/decision/", deciding.decision, name="decision"),
    path("applications/<int:pk>/decision/pay-first/", deciding.pay_first, name="pay_first"),
    path("applications/<int:pk>/decision/<slug:step>/", deciding.decide, name="decide"),
    path("applications/<int:pk>/doubts/", moving.doubt_open, name="doubt_open"),
    path("applications/<int:pk>/tasks/<int:task>/", moving.task_answer, name="task_answer"),
    path("applications/<int:pk>/guidance/", moving.guidance_add, name="guidance_add"),
    path("applications/<int:pk>/exceptions/", moving.override_ask, name="override_ask"),
    path(
        "applications/<int:pk>/exceptions/<int:override>/<slug:answer>/",
        moving.override_answer,
        name="override_answer",
    ),
    path("persons/<int:pk>/elsewhere/", history.elsewhere, name="elsewhere"),
    path("<int:pk>/correct/", history.correct, name="correct"),
    path("applications/<int:pk>/forms/", printing.forms, name="forms"),
    path("applications/<int:pk>/forms/<slug:code>/", printing.form_pdf, name="form_pdf"),
    path("applications/<int:pk>/deed/<slug:move>/", printing.move_deed, name="move_deed"),
    path("deeds/", printing.deed_list, name="deeds"),
]
