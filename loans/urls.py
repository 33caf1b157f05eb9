from django.urls import URLPattern, URLResolver, path

from loans import views

app_name = "loans"

urlpatterns: list[URLPattern | URLResolver] = [
    path("funds/", views.funds, name="funds"),
]
