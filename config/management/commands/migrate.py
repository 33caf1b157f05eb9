from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from audit.owner import as_owner
from config.dbroles import grant_app_role


class Command(migrate.Command):
    """Django's ``migrate`` as the owner of the tables, followed by the rights of the role that serves."""

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        serving_role = connection.settings_dict["USER"]
        with as_owner(connection):
            super().handle(*args, **options)
            if serving_role != connection.settings_dict["USER"] and not (
                options["plan"] or options["check_unapplied"]
            ):
                grant_app_role(connection, serving_role)
