from django.urls import URLPattern, URLResolver, path

from notices import views

app_name = "notices"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.due, name="due"),
    path("preview/<slug:code>/<str:occasion>/", views.preview_letter, name="preview"),
    path("all/", views.letter_list, name="letters"),
    path("<int:pk>/", views.letter, name="letter"),
    path("<int:pk>/pdf/", views.letter_pdf, name="letter_pdf"),
    path("<int:pk>/release/", views.release, name="release"),
    path("transit/<int:pk>/slip/", views.transit_slip, name="transit_slip"),
    path("runs/", views.runs, name="runs"),
    path("runs/<int:pk>/", views.run, name="run"),
    path("runs/<int:pk>/pdf/", views.run_pdf, name="run_pdf"),
    path("runs/<int:pk>/<slug:move>/", views.move_run, name="move_run"),
]
