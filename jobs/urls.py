from django.urls import URLPattern, URLResolver, path

from jobs import views
from jobs.importing import views as importing

app_name = "jobs"

urlpatterns: list[URLPattern | URLResolver] = [
    path("night/", views.night, name="night"),
    path("night/start/", views.start_night, name="start_night"),
    path("runs/<int:pk>/", views.run, name="run"),
    path("runs/<int:pk>/retry/", views.retry, name="retry"),
    path("imports/", importing.import_list, name="import_list"),
    path("imports/sample/<slug:code>/", importing.import_sample, name="import_sample"),
    path("imports/<int:pk>/", importing.import_detail, name="import_detail"),
    path("imports/<int:pk>/errors/", importing.import_errors, name="import_errors"),
    path("imports/<int:pk>/undo/", importing.import_undo, name="import_undo"),
    path("imports/<int:pk>/undo/result/", importing.import_undo_result, name="import_undo_result"),
    path("imports/<int:pk>/<slug:move>/", importing.import_move, name="import_move"),
]
