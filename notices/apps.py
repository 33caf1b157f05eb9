from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "notices"
    label = "notices"
    verbose_name = "通知書"

    def ready(self) -> None:
        from notices import checks  # noqa: F401 - registers the start-up check for the letter fonts
