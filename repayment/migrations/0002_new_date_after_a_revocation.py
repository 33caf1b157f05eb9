from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("repayment", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="ledgerentry",
            name="due_on",
            field=models.DateField(blank=True, null=True, verbose_name="新しい期日"),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(kind="exemption_revoked", due_on__gte=F("effective_on")),
                name="ledger_new_date_belongs_to_a_revocation",
            ),
        ),
    ]
