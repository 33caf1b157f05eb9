from typing import ClassVar

from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations


class Migration(migrations.Migration):
    """The database extension that exclusion constraints of the floors above need."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("audit", "0001_initial")]
    run_before: ClassVar[list[tuple[str, str]]] = [("accounts", "0001_initial")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [BtreeGistExtension()]
