from django.urls import URLPattern, URLResolver, path

from people.views import reveals

app_name = "people"

urlpatterns: list[URLPattern | URLResolver] = [
    path("<int:pk>/reveal/", reveals.reveal_request, name="reveal_request"),
    path("reveals/", reveals.reveal_list, name="reveal_list"),
    path("reveals/<int:pk>/", reveals.reveal_view, name="reveal_view"),
    path("reveals/<int:pk>/<slug:answer>/", reveals.reveal_answer, name="reveal_answer"),
]
