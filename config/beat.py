"""The schedule by itself: it sends messages, and loads none of the code that they start."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("yunhu", fixups=[])  # no models, no tasks: half of the memory
app.config_from_object("django.conf:settings", namespace="CELERY")
