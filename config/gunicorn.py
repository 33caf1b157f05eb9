"""Gunicorn's settings, for ``make run`` and for the container alike. Address and number of workers are arguments."""

import logging.config

from config import logs

logging.config.dictConfig(logs.configuration("INFO"))

logger_class = "config.logs.GunicornLogger"
timeout = 60
graceful_timeout = 20
# Rarely enough not to be noticed: a low number costs most of the throughput.
max_requests = 20_000
max_requests_jitter = 2_000
control_socket_disable = True
