# Taking back a merge of money takes a second person, like the merge.

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0010_former_names"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="personpair",
            name="pair_state_is_known",
        ),
        migrations.AddField(
            model_name="mergeundo",
            name="confirmed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="確認者",
            ),
        ),
        migrations.AddField(
            model_name="mergeundo",
            name="money_on_both_sides",
            field=models.BooleanField(default=False, verbose_name="双方に貸付あり"),
        ),
        migrations.AddField(
            model_name="personpair",
            name="undo_asked_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="取消しの起案者",
            ),
        ),
        migrations.AddField(
            model_name="personpair",
            name="undo_whose",
            field=models.JSONField(blank=True, default=dict, verbose_name="統合の後の記録の持ち主"),
        ),
        migrations.AlterField(
            model_name="personpair",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "未確認"),
                    ("proposed", "確認待ち"),
                    ("merged", "統合済み"),
                    ("undoing", "取消しの確認待ち"),
                    ("different", "別人"),
                ],
                default="open",
                max_length=10,
                verbose_name="状態",
            ),
        ),
        migrations.AddConstraint(
            model_name="mergeundo",
            constraint=models.CheckConstraint(
                condition=models.Q(("money_on_both_sides", False), ("confirmed_by__isnull", False), _connector="OR"),
                name="merge_undo_of_money_is_confirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="mergeundo",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by__isnull", True),
                    models.Q(("confirmed_by", models.F("by")), _negated=True),
                    _connector="OR",
                ),
                name="merge_undo_by_a_second_person",
                violation_error_message="起案した人は確認者になれません。",
            ),
        ),
        migrations.AddConstraint(
            model_name="personpair",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "proposed", "merged", "undoing", "different"])),
                name="pair_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="personpair",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "undoing"), _negated=True),
                    models.Q(models.Q(("reason", ""), _negated=True), ("undo_asked_by__isnull", False)),
                    _connector="OR",
                ),
                name="undoing_pair_says_who_asks_and_why",
            ),
        ),
    ]
