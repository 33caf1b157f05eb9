from django.urls import URLPattern, URLResolver, path

from audit import views

app_name = "audit"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.log, name="log"),
    path("accesses/", views.access_log, name="accesses"),
    path("disclosures/", views.disclosures, name="disclosures"),
]
