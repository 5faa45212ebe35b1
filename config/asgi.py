"""The ASGI application: `uvicorn config.asgi:application --timeout-graceful-shutdown 2`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["YUNHU_DATABASE"] = "pool"  # read by the settings, before they are loaded below

application = get_asgi_application()
