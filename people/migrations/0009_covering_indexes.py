from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("people", "0008_merging"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="caseload",
            index=models.Index(fields=["person", "office"], include=("since", "until"), name="caseload_of_person"),
        ),
        migrations.AddIndex(
            model_name="householdmember",
            index=models.Index(fields=["person", "household"], include=("until",), name="member_of_record"),
        ),
        migrations.AddIndex(
            model_name="householdmember",
            index=models.Index(fields=["household", "person"], include=("until",), name="record_of_member"),
        ),
    ]
