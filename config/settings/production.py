"""A council's installation. Refuses to start, in one sentence, when anything it needs is missing."""

from django.core.exceptions import ImproperlyConfigured

from config.env import Environment
from config.settings.base import *  # noqa: F403
from config.settings.base import ENV


def _missing(env: Environment) -> list[str]:
    needed = {
        "DATABASE_URL": env.database_url,
        "DATABASE_OWNER_URL": env.database_owner_url or env.process in ("web", "worker"),
        "CELERY_BROKER_URL": env.celery_broker_url,
        "SECRET_KEY": env.secret_key,
        "ALLOWED_HOSTS": env.allowed_hosts,
        "FIELD_KEY": env.field_keys,
    }
    return [name for name, value in needed.items() if not value]


if missing := _missing(ENV):
    raise ImproperlyConfigured(f"Production settings need these environment variables: {', '.join(missing)}")
if ENV.database_owner_url == ENV.database_url:
    raise ImproperlyConfigured("DATABASE_OWNER_URL must name another role than DATABASE_URL: the app may own nothing")

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
if ENV.proxy_count:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
