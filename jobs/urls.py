from django.urls import URLPattern, URLResolver, path

from jobs import views
from jobs.exporting import views as exporting
from jobs.importing import mapping_views as mapping
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
    path("imports/mappings/", mapping.mappings, name="mappings"),
    path("imports/mappings/take/", mapping.mapping_take, name="mapping_take"),
    path("imports/mappings/<int:pk>/", mapping.mapping, name="mapping"),
    path("imports/mappings/<int:pk>/json/", mapping.mapping_json, name="mapping_json"),
    path("imports/mappings/<int:pk>/retire/", mapping.mapping_retire, name="mapping_retire"),
    path("exports/", exporting.exports, name="exports"),
    path("exports/new/<slug:code>/", exporting.export_new, name="export_new"),
    path("exports/<int:pk>/", exporting.export, name="export"),
    path("exports/<int:pk>/replace/", exporting.export_replace, name="export_replace"),
    path("exports/<int:pk>/file/", exporting.export_file, name="export_file"),
    path("imports/<int:pk>/<slug:move>/", importing.import_move, name="import_move"),
]
