"""The site for gunicorn. Being the web process, it gets the short database timeouts."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
os.environ.setdefault("TSUNAGI_PROCESS", "web")

application = get_wsgi_application()
