from django.urls import URLPattern, URLResolver, path

from jobs import views

app_name = "jobs"

urlpatterns: list[URLPattern | URLResolver] = [
    path("night/", views.night, name="night"),
    path("night/start/", views.start_night, name="start_night"),
    path("runs/<int:pk>/", views.run, name="run"),
    path("runs/<int:pk>/retry/", views.retry, name="retry"),
]
