#!/usr/bin/env python
"""Django's commands. Without other instructions they run under the demonstration settings."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")
    execute_from_command_line(sys.argv)
