from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"
    label = "jobs"
    verbose_name = "処理"

    def ready(self) -> None:
        from jobs.kinds import discover

        discover()
