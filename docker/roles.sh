#!/bin/bash
# Run once by the PostgreSQL image on an empty data folder: the role that migrates and the role that serves.
set -euo pipefail

psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set=owner_password="$TSUNAGI_OWNER_PASSWORD" --set=app_password="$TSUNAGI_APP_PASSWORD" <<'SQL'
CREATE ROLE tsunagi_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE tsunagi_app LOGIN PASSWORD :'app_password';
CREATE DATABASE tsunagi OWNER tsunagi_owner;
REVOKE ALL ON DATABASE tsunagi FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE tsunagi TO tsunagi_app;
SQL
