from django.urls import URLPattern, URLResolver, path

from desk import views

app_name = "desk"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.today, name="today"),
    path("search/", views.search, name="search"),
    path("borrowers/<int:pk>/", views.borrower, name="borrower"),
    path("borrowers/<int:pk>/household/", views.household, name="household"),
    path("gallery/", views.gallery, name="gallery"),
]
