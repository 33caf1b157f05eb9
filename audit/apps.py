from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def install_triggers(using: str, **kwargs: Any) -> None:
    from django.db import connections

    from audit.triggers import install

    install(connections[using])


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "監査"

    def ready(self) -> None:
        # One receiver for the whole project: post_migrate is sent once an app, the last one sees every table.
        post_migrate.connect(install_triggers, sender=self, dispatch_uid="audit.triggers")
