from django.urls import URLPattern, URLResolver, path

from repayment import views

app_name = "repayment"

urlpatterns: list[URLPattern | URLResolver] = [
    path("loans/<int:pk>/", views.loan, name="loan"),
]
