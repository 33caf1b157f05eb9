"""The Celery application. Its settings are the ``CELERY_…`` names of ``config.settings``."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")

app = Celery("tsunagi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
