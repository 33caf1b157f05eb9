from django.urls import URLPattern, URLResolver, path

from people.views import papers, reveals, transit

app_name = "people"

urlpatterns: list[URLPattern | URLResolver] = [
    path("<int:pk>/papers/", papers.papers, name="papers"),
    path("<int:pk>/papers/upload/", papers.upload, name="upload"),
    path("documents/<int:pk>/", papers.document, name="document"),
    path("documents/<int:pk>/file/", papers.document_file, name="document_file"),
    path("documents/<int:pk>/preview/", papers.document_preview, name="document_preview"),
    path("documents/<int:pk>/withdraw/", papers.document_withdraw, name="document_withdraw"),
    path("<int:pk>/reveal/", reveals.reveal_request, name="reveal_request"),
    path("<int:pk>/papers/pack/", transit.pack_papers, name="pack_papers"),
    path("transit/", transit.transit, name="transit"),
    path("transit/start/", transit.transit_start, name="transit_start"),
    path("transit/<int:pk>/", transit.transit_batch, name="transit_batch"),
    path("transit/<int:pk>/<slug:step>/", transit.transit_step, name="transit_step"),
    path("reveals/", reveals.reveal_list, name="reveal_list"),
    path("reveals/<int:pk>/", reveals.reveal_view, name="reveal_view"),
    path("reveals/<int:pk>/<slug:answer>/", reveals.reveal_answer, name="reveal_answer"),
]
