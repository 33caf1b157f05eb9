import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

from japan.kana import bigrams, kana_key, kana_loose, kanji_key


def from_corrections(apps, schema_editor):
    """What was corrected before: each former name with the keys that the search goes by."""
    correction = apps.get_model("people", "PersonCorrection")
    former_name = apps.get_model("people", "FormerName")
    rows = []
    for each in correction.objects.filter(columns__overlap=["name", "kana"]).iterator(chunk_size=2_000):
        name, kana, loose = kanji_key(each.name_before), kana_key(each.kana_before), kana_loose(each.kana_before)
        rows.append(
            former_name(
                person_id=each.person_id,
                name=each.name_before,
                kana=each.kana_before,
                name_key=name,
                kana_key=kana,
                kana_loose=loose,
                name_bigrams=sorted({*bigrams(name), *bigrams(kana), *bigrams(loose)}),
                until=timezone.localtime(each.recorded_at).date(),
            )
        )
    former_name.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0009_covering_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="以前の氏名")),
                ("kana", models.CharField(max_length=80, verbose_name="以前のカナ氏名")),
                ("name_key", models.CharField(editable=False, max_length=80)),
                ("kana_key", models.CharField(editable=False, max_length=80)),
                ("kana_loose", models.CharField(editable=False, max_length=80)),
                (
                    "name_bigrams",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=4), default=list, editable=False, size=None
                    ),
                ),
                ("until", models.DateField(verbose_name="変わった日")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former_names",
                        to="people.person",
                        verbose_name="人",
                    ),
                ),
            ],
            options={
                "verbose_name": "以前の氏名",
                "verbose_name_plural": "以前の氏名",
                "indexes": [
                    models.Index(
                        django.contrib.postgres.indexes.OpClass("kana_key", name="text_pattern_ops"),
                        name="former_kana",
                    ),
                    models.Index(
                        django.contrib.postgres.indexes.OpClass("kana_loose", name="text_pattern_ops"),
                        name="former_kana_loose",
                    ),
                    models.Index(
                        django.contrib.postgres.indexes.OpClass("name_key", name="text_pattern_ops"),
                        name="former_name",
                    ),
                    django.contrib.postgres.indexes.GinIndex(fields=["name_bigrams"], name="former_bigrams"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "name", "kana"), name="one_row_for_a_former_name")
                ],
            },
        ),
        migrations.RunPython(from_corrections, migrations.RunPython.noop),
    ]
