from django.urls import URLPattern, URLResolver

app_name = "repayment"

urlpatterns: list[URLPattern | URLResolver] = []
