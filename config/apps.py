from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """The top floor: settings, addresses, embedded servers, and the ``migrate`` that knows both roles."""

    name = "config"
    label = "config"
    verbose_name = "つなぎ"
