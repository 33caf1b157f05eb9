"""The Celery application. Its settings are the ``CELERY_…`` names of ``config.settings``."""

import logging.config
import os
import signal
from typing import Any

import structlog
from celery import Celery, Task
from celery.signals import beat_embedded_init, setup_logging, worker_process_init
from django_structlog.celery.signals import bind_extra_task_metadata
from django_structlog.celery.steps import DjangoStructLogInitStep

from audit.context import current_request_id
from config.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")

app = Celery("tsunagi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def _use_our_logs(**_: Any) -> None:
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@beat_embedded_init.connect
@worker_process_init.connect
def _die_with_the_worker(**_: Any) -> None:
    """A child that outlives a killed worker would go on with a task that somebody else is given again."""
    die_with_parent(signal.SIGKILL)


@bind_extra_task_metadata.connect
def _carry_the_request(task: Task, **_: Any) -> None:
    """What a task writes is recorded under the request that started it, or under the task's own id."""
    current_request_id.set(structlog.contextvars.get_contextvars().get("request_id") or task.request.id)
