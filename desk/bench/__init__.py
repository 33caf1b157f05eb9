"""Measurements that anybody can repeat: ``manage.py bench …`` prints one JSON object."""
