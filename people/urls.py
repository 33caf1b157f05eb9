from django.urls import URLPattern, URLResolver, path

from people import views

app_name = "people"

urlpatterns: list[URLPattern | URLResolver] = [
    path("<int:pk>/reveal/", views.reveal_request, name="reveal_request"),
    path("reveals/", views.reveal_list, name="reveal_list"),
    path("reveals/<int:pk>/", views.reveal_view, name="reveal_view"),
    path("reveals/<int:pk>/<slug:answer>/", views.reveal_answer, name="reveal_answer"),
]
