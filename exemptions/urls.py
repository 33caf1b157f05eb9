from django.urls import URLPattern, URLResolver

app_name = "exemptions"

urlpatterns: list[URLPattern | URLResolver] = []
