"""The suite's own database and broker (``tests/conftest.py`` starts them), with cheap password hashes.

Tests own their tables, so the rights of the app role are tested by changing to it.
"""

from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASE_OWNER as OWNER
from config.settings.base import STORAGES

SECRET_KEY = "tests only"
FIELD_KEYS = (b"tests only, thirty-two bytes key",)
PRACTICE_BANK = True  # bank 9999, which does not exist
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False

# The connection option lets the flush of a transactional test truncate append-only tables.
DATABASE_OWNER = OWNER | {"OPTIONS": {"options": "-c lock_timeout=20000 -c tsunagi.may_truncate=on"}}
DATABASES = {"default": dict(DATABASE_OWNER)}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Files lie in the run folder, where the worker processes of a test find them too.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT = None
ACCOUNT_RATE_LIMITS = False
