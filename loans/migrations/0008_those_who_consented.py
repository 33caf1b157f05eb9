# What lending leaves to be looked after.

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("loans", "0007_steps_in_words"),
        ("people", "0009_covering_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="lendingapplication",
            index=models.Index(
                models.F("applicant"),
                models.F("loan"),
                condition=models.Q(("agency_support_consent", True), ("state", "APPROVED")),
                name="lending_consented",
            ),
        ),
    ]
