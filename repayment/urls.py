from django.urls import URLPattern, URLResolver, path

from repayment import views
from repayment.history import views as history

app_name = "repayment"

urlpatterns: list[URLPattern | URLResolver] = [
    path("loans/<int:pk>/", views.loan, name="loan"),
    path("history/<int:pk>/", history.enter, name="history_enter"),
]
