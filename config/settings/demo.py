"""A laptop with invented people. Keys are public here, so this must never hold a real person's data.

The site is bound to 127.0.0.1 and says on every page that it is a demonstration.
"""

from config.settings.base import *  # noqa: F403
from config.settings.base import ALLOWED_HOSTS as CONFIGURED_HOSTS
from config.settings.base import STORAGES

DEMO = True
SECOND_FACTOR_ENFORCED = False
PRACTICE_BANK = True  # bank 9999, which does not exist

SECRET_KEY = "demonstration-only: public, and therefore worthless for real data"
FIELD_KEYS = (b"demonstration only, public key!!",)
ALLOWED_HOSTS = [*CONFIGURED_HOSTS, "127.0.0.1", "localhost"]
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False

# No collected files: a change in static/ shows after a restart.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
