"""Keys for finding people by where they live, by the end of a telephone number, and by readings that sound alike."""

from typing import Any

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models

from japan.kana import bigrams, kana_key, kana_loose, kanji_key
from japan.lots import lot_key

BATCH = 2_000


def fill_keys(apps: Any, schema_editor: Any) -> None:
    """Compute the keys of what was stored before."""
    person = apps.get_model("people", "Person")
    for rows in batches(person):
        for row in rows:
            row.name_key, row.kana_key, row.kana_loose = kanji_key(row.name), kana_key(row.kana), kana_loose(row.kana)
            row.name_bigrams = sorted({*bigrams(row.name_key), *bigrams(row.kana_key), *bigrams(row.kana_loose)})
        person.objects.bulk_update(rows, ["name_key", "kana_key", "kana_loose", "name_bigrams"])
    address = apps.get_model("people", "Address")
    for rows in batches(address):
        for row in rows:
            parts = (lot_key(row.raw_street), lot_key(row.raw_building))
            row.raw_key = "\n".join(part for part in parts if part)[:200]
            row.raw_bigrams = bigrams(row.raw_key)
        address.objects.bulk_update(rows, ["raw_key", "raw_bigrams"])


def batches(model: Any) -> Any:
    after = 0
    while rows := list(model.objects.filter(pk__gt=after).order_by("pk")[:BATCH]):
        yield rows
        after = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_papers_of_lending"),
    ]

    operations = [
        migrations.AddField(
            model_name="address",
            name="raw_key",
            field=models.CharField(default="", editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name="address",
            name="raw_bigrams",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=4), default=list, editable=False, size=None
            ),
        ),
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="address",
            index=django.contrib.postgres.indexes.GinIndex(fields=["raw_bigrams"], name="address_bigrams"),
        ),
        migrations.AddIndex(
            model_name="phone",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Reverse("digits"), name="text_pattern_ops"
                ),
                name="phone_last_digits",
            ),
        ),
    ]
