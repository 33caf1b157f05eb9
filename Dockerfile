FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.txt /tmp/requirements.txt
RUN /opt/venv/bin/pip install --require-hashes -r /tmp/requirements.txt

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
        fonts-ipamj-mincho fonts-ipaexfont fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /srv/tsunagi --shell /usr/sbin/nologin tsunagi \
    && install -d -o tsunagi -g tsunagi -m 700 /var/lib/tsunagi /var/lib/tsunagi/files /var/lib/tsunagi/run /var/lib/tsunagi/run/beat

COPY --from=build /opt/venv /opt/venv
WORKDIR /srv/tsunagi
COPY . .

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    TSUNAGI_RUN_DIR=/var/lib/tsunagi/run \
    FILES_DIR=/var/lib/tsunagi/files

# Collecting needs settings that start; these values end with this line and reach no database.
RUN DATABASE_URL=postgresql://app@build/none DATABASE_OWNER_URL=postgresql://owner@build/none \
    CELERY_BROKER_URL=redis://build/0 SECRET_KEY=build ALLOWED_HOSTS=build \
    FIELD_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    python manage.py collectstatic --noinput --verbosity 0

USER tsunagi
VOLUME /var/lib/tsunagi
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=6s --start-period=20s --retries=3 CMD ["python", "-m", "config.probe", "web"]
CMD ["gunicorn", "--config", "python:config.gunicorn", "--workers", "3", "--bind", "0.0.0.0:8000", "config.wsgi"]
