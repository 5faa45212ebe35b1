"""Django settings; every value that a deployment sets is read by `config.env`.

Nothing here can be loosened: there is no setting for DEBUG, and plain http only ever answers on
the loopback interface.
"""

import contextlib
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext

from config import env
from config.celery import app as celery_app
from config.keys import signing_key

django_stubs_ext.monkeypatch()

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
KEYS_DIR = env.folder("KEYS_DIR", default=VAR / "keys")
LINES_DIR = env.folder("LINES_DIR", default=VAR / "lines")  # what each line has put on the wire
PROMPTS_DIR = env.folder("PROMPTS_DIR", default=VAR / "prompts")  # what machines say
EVIDENCE_DIR = VAR / "evidence"  # bundles that officers had made, for a week
RECORDINGS_DIR = env.folder("RECORDINGS_DIR", default=VAR / "recordings")
RECORDING_PLAYER = env.folder("RECORDING_PLAYER", default=VAR / "run" / "player")  # a Unix socket
AUDIT_TENANT = "operator"
AUDIT_PUBLISH_DIR = env.folder("AUDIT_PUBLISH_DIR", default=VAR / "audit" / "published")
AUDIT_MAIL_TO = env.text("AUDIT_MAIL_TO", default="")  # the compliance officer's address
AUDIT_TSA_URL = env.text("AUDIT_TSA_URL", default="")  # RFC 3161 over http or https
AUDIT_TSA_ROOTS = env.text("AUDIT_TSA_ROOTS", default="")  # PEM: whom its stamps stand under
AUDIT_WRITE_ONCE_DIR = env.text("AUDIT_WRITE_ONCE_DIR", default="")
# What was erased, to be erased again after a backup was restored: not in the database.
AUDIT_ERASURES = env.text("AUDIT_ERASURES", default=str(VAR / "erasures.jsonl"))
AUDIT_ORIGIN = env.text("AUDIT_ORIGIN", default="")  # the log's name; unset: after its key
AUDIT_SIGNER_DIR = env.folder("AUDIT_SIGNER_DIR", default=VAR / "audit" / "signer")
AUDIT_SIGN_SECONDS = env.whole("AUDIT_SIGN_SECONDS", default=10, least=1, most=600)  # at most
AUDIT_RECEIPTS = env.receipts("AUDIT_RECEIPTS")  # where hashes of committed entries are kept too

TASK_APPLICATION = celery_app  # so that every process with settings has the one tasks belong to

SECRET_KEY = env.secret("SECRET_KEY") or signing_key(folder=KEYS_DIR)
DEBUG = False

# Who may be asked for
LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
PUBLIC_URL = env.public_url("PUBLIC_URL")  # https://host; unset: this machine only
ALLOWED_HOSTS = [*LOOPBACK_HOSTS, *filter(None, [urlsplit(PUBLIC_URL).hostname])]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(PUBLIC_URL)
SECURE_SSL_REDIRECT = bool(PUBLIC_URL)
SECURE_HSTS_SECONDS = 31_536_000 if PUBLIC_URL else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = bool(PUBLIC_URL)

# What a browser may do with a page (the rest is in `config.headers`)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = 12 * 3600  # a shift
CSRF_COOKIE_SAMESITE = "Strict"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "compliance",  # before Django's: its `changepassword` is the one that is on the record
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "knox",
    "django_htmx",
    "drf_spectacular_sidecar",
    "axes",
    "audit",
    "dialer",
    "console",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.static_files.CompressedStaticFiles",
    "config.headers.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "console.browser_mark.BrowserMark",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "console.second_factor_first.SecondFactorFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
# An uploaded list is held in memory and sealed before it is kept: no plain copy lies on a disk.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 33 << 20  # a longer request brings no file at all

# Ten wrong passwords for an account close its log-in for a quarter of an hour, wherever they come
# from. Counted in Valkey by hashed names: what was typed is kept nowhere.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_HANDLER = "axes.handlers.cache.AxesCacheHandler"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username"]
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # it is about user agents, which are not asked
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "console.views.log_in.locked_out"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_ALLOWED_CORS_ORIGINS = ""

AUTH_USER_MODEL = "compliance.User"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

# The database. Under ASGI every request may run in another thread, and kept connections pile up
# until the server has none left; a pool does not. Elsewhere a process keeps its own.
DATABASES = {
    "default": env.database("DATABASE_URL", pool=env.text("YUNHU_DATABASE", default="") == "pool")
}
REDIS_URL = env.redis_url("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "yunhu:cache",
    }
}

# The API: each operation says who may ask it; one that forgets is open to nobody, since no
# account of ours is `is_staff`.
KNOX_TOKEN_MODEL = "knox.AuthToken"  # noqa: S105 - what migrations refer to  # nosec B105
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["knox.auth.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "compliance.api.problems.handle",
}

# Celery. A message is only ever a request to ask the gate again, and the database knows what is
# due. So a message is acknowledged before it runs: one lost in a crash comes again with the next
# tick, while one delivered twice could ring a phone twice. A task that may safely run again says
# `acks_late=True, reject_on_worker_lost=True` itself, and none has an eta or a countdown.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,  # seconds; above every task's hard limit
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 30,
    "socket_keepalive": True,
    "global_keyprefix": "yunhu:celery:",
}
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # the formatter below stays in place
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # in memory: a kill -9 can leave no broken file
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    # Seconds. A tick that nobody took by the next one is worth nothing.
    "pace": {"task": "dialer.pace", "schedule": 0.5, "options": {"expires": 2}},
    "sweep": {"task": "dialer.sweep", "schedule": 3.0, "options": {"expires": 6}},
    "complaints": {
        "task": "compliance.complaints",
        "schedule": 60.0,
        "options": {"expires": 120},
    },
    "review": {"task": "dialer.review", "schedule": 600.0, "options": {"expires": 1200}},
    "numbers": {
        "task": "compliance.numbers",
        "schedule": 21600.0,
        "options": {"expires": 21600},
    },
    "reconcile": {
        "task": "dialer.reconcile",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "exports": {"task": "console.exports", "schedule": 3600.0, "options": {"expires": 3600}},
    "health": {"task": "console.health", "schedule": 30.0, "options": {"expires": 60}},
    "jobs": {"task": "console.jobs", "schedule": 3.0, "options": {"expires": 6}},
    "edge_log": {"task": "dialer.edge_log", "schedule": 3.0, "options": {"expires": 6}},
    "daily_report": {
        "task": "compliance.daily_report",
        "schedule": 1800.0,
        "options": {"expires": 3600},
    },
    "state_digest": {  # once a night, whenever the night's first tick is
        "task": "compliance.state_digest",
        "schedule": 1800.0,
        "options": {"expires": 3600},
    },
}
CELERY_BEAT_SCHEDULE["webhooks"] = {
    "task": "compliance.webhooks",
    "schedule": 2.0,
    "options": {"expires": 4},
}
CELERY_BEAT_SCHEDULE["partitions"] = {
    "task": "audit.partitions",
    "schedule": 21600.0,
    "options": {"expires": 21600},
}
CELERY_BEAT_SCHEDULE["anchors"] = {
    "task": "audit.anchors",  # asks every five minutes what is due
    "schedule": 300.0,
    "options": {"expires": 600},
}
CODE_SENDER = env.code_sender("CODE_SENDER")  # how one-time codes go out; unset: not at all
CODE_SENDER_TOKEN = env.secret("CODE_SENDER_TOKEN")  # for a gateway over https
CELERY_BEAT_SCHEDULE["rule_hours"] = {
    "task": "compliance.rule_hours",
    "schedule": 60.0,
    "options": {"expires": 120},
}
EDGE_STORES = env.named_redis_urls("EDGE_STORES")  # of the edges that have their own machine
CARRIER_RECORDS = env.text("CARRIER_RECORDS", default="")  # the witness's file, where one is near

# Mail, for the officer's checkpoints alone
EMAIL_HOST = env.text("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.whole("EMAIL_PORT", default=25, least=1, most=65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.secret("EMAIL_HOST_PASSWORD")
_email_tls = env.choice("EMAIL_TLS", default="none", choices=("none", "starttls", "tls"))
EMAIL_USE_TLS, EMAIL_USE_SSL = _email_tls == "starttls", _email_tls == "tls"
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", default="yunhu@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.redaction.MaskingFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "axes": {"level": "WARNING"},  # the trail tells who failed to log in
    },
}

# Languages and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "console" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
with contextlib.suppress(OSError):  # whitenoise looks for it at every start
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True  # the wheels' and the apps' own files, with no step before
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
