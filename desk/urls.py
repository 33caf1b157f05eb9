from django.urls import URLPattern, URLResolver, path

from desk import triage_views, views

app_name = "desk"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.today, name="today"),
    path("search/", views.search, name="search"),
    path("borrowers/<int:pk>/", views.borrower, name="borrower"),
    path("borrowers/<int:pk>/household/", views.household, name="household"),
    path("duplicates/", triage_views.duplicates, name="duplicates"),
    path("duplicates/new/", triage_views.duplicate_new, name="duplicate_new"),
    path("duplicates/<int:pk>/", triage_views.duplicate, name="duplicate"),
    path("duplicates/<int:pk>/<slug:step>/", triage_views.duplicate_step, name="duplicate_step"),
    path("merges/<int:pk>/", triage_views.merge, name="merge"),
    path("merges/<int:pk>/undo/", triage_views.merge_undo, name="merge_undo"),
    path("merges/<int:pk>/undo/<slug:answer>/", triage_views.merge_undo_answer, name="merge_undo_answer"),
    path("gallery/", views.gallery, name="gallery"),
]
