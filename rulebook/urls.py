from django.urls import URLPattern, URLResolver, path

from rulebook import views

app_name = "rulebook"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.rules, name="rules"),
    path("settings/", views.settings, name="settings"),
    path("settings/<slug:key>/", views.setting, name="setting"),
    path("changes/", views.changes, name="changes"),
    path("changes/<int:pk>/read/", views.change_read, name="change_read"),
    path("changes/<int:pk>/approve/", views.approve, name="approve"),
    path("changes/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
