"""Read what a deployment sets, each value with its type, or say in a sentence what is wrong."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from config.sentences import SentenceError

# A place that cannot exist, named so that the error of whoever goes there says what to do.
NO_DATABASE = "/DATABASE_URL is not set"
NO_REDIS = "unix:///REDIS_URL-is-not-set"
DATABASE_SCHEMES = ("postgresql", "postgres")
REDIS_SCHEMES = ("redis", "rediss", "unix")
RECEIPTS = ("redis", "syslog", "none")
DJANGO_NAMES = {
    "dbname": "NAME",
    "user": "USER",
    "password": "PASSWORD",  # nosec B105
    "host": "HOST",
    "port": "PORT",
}


class SettingError(SentenceError):
    """A setting cannot be understood."""


def text(name: str, *, default: str, environ: Mapping[str, str] = os.environ) -> str:
    """Read a text; an empty one counts as unset."""
    return environ.get(name, "") or default


def whole(
    name: str, *, default: int, least: int, most: int, environ: Mapping[str, str] = os.environ
) -> int:
    """Read a whole number.

    :raises SettingError: if it is none, or out of bounds
    """
    value = text(name, default=str(default), environ=environ)
    if value.isascii() and value.isdecimal() and least <= int(value) <= most:
        return int(value)
    raise SettingError(
        zh=f"{name}={value!r}：请写 {least} 到 {most} 之间的整数。",
        en=f"{name}={value!r}: write a whole number from {least} to {most}.",
    )


def choice(
    name: str, *, default: str, choices: tuple[str, ...], environ: Mapping[str, str] = os.environ
) -> str:
    """Read one of a few words.

    :raises SettingError: if it is none of them
    """
    value = text(name, default=default, environ=environ)
    if value in choices:
        return value
    words = "、".join(choices), ", ".join(choices)
    raise SettingError(
        zh=f"{name}={value!r}：请写其中之一：{words[0]}。",
        en=f"{name}={value!r}: write one of {words[1]}.",
    )


def folder(name: str, *, default: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Read the path of a folder, which need not exist yet.

    :raises SettingError: if it is relative
    """
    value = Path(text(name, default=str(default), environ=environ))
    if value.is_absolute():
        return value
    raise SettingError(
        zh=f"{name}={str(value)!r}：请写绝对路径。",
        en=f"{name}={str(value)!r}: write an absolute path.",
    )


def secret(name: str, *, environ: Mapping[str, str] = os.environ) -> str:
    """Read a secret from NAME, or from the file that NAME_FILE names. Return "" if neither is set.

    :raises SettingError: if both are set, or the file cannot be read or is empty
    """
    value, file = environ.get(name, ""), environ.get(f"{name}_FILE", "")
    if not file:
        return value
    if value:
        raise SettingError(
            zh=f"{name} 和 {name}_FILE 同时设置了：请只留一个。",
            en=f"Both {name} and {name}_FILE are set: keep one of them.",
        )
    try:
        content = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        content = ""
    if content:
        return content
    raise SettingError(
        zh=f"{name}_FILE={file!r}：该文件不可读或为空，请改正。",
        en=f"{name}_FILE={file!r}: the file cannot be read or is empty; correct it.",
    )


def public_url(name: str, *, environ: Mapping[str, str] = os.environ) -> str:
    """Read the https address under which people open the console. Return "" if unset.

    :raises SettingError: if it is not `https://host` with an optional port
    """
    value = text(name, default="", environ=environ).rstrip("/")
    parts = urlsplit(value)
    if not value or (parts.scheme == "https" and parts.netloc and not parts.path):
        return value
    raise SettingError(
        zh=f"{name}={value!r}：请写 https://host，例如 https://yunhu.example.cn。",
        en=f"{name}={value!r}: write https://host, such as https://yunhu.example.cn.",
    )


def redis_url(name: str, *, environ: Mapping[str, str] = os.environ) -> str:
    """Read the broker's URL; unset, it leads nowhere.

    :raises SettingError: if it is not a Redis URL
    """
    value = secret(name, environ=environ) or NO_REDIS
    parts = urlsplit(value)
    if parts.scheme in REDIS_SCHEMES and (parts.netloc or parts.path):
        return value
    raise SettingError(
        zh=f"{name} 不是 Redis 地址：请写 redis://host:6379/0。",
        en=f"{name} is no Redis URL: write redis://host:6379/0.",
    )


def named_redis_urls(name: str, *, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Read Redis URLs with a name each: `edge1=redis://host:6390/0 edge2=…`.

    :raises SettingError: if one of them has no name, or is no Redis URL
    """
    found: dict[str, str] = {}
    for one in secret(name, environ=environ).split():
        key, equals, url = one.partition("=")
        parts = urlsplit(url)
        if not (key and equals and parts.scheme in REDIS_SCHEMES and (parts.netloc or parts.path)):
            raise SettingError(
                zh=f"{name}：请写 名称=redis://host:6390/0，多个以空格分开。",
                en=f"{name}: write name=redis://host:6390/0, several with spaces between.",
            )
        found[key] = url
    return found


def receipts(name: str, *, environ: Mapping[str, str] = os.environ) -> str:
    """Read where receipts of the audit trail go: `redis`, `syslog`, `file:/path` or `none`.

    :raises SettingError: if it is none of them
    """
    value = text(name, default="redis", environ=environ)
    if value in RECEIPTS or value.startswith("file:/"):
        return value
    raise SettingError(
        zh=f"{name}={value!r}：请写 redis、syslog、file:/绝对路径 或 none。",
        en=f"{name}={value!r}: write redis, syslog, file:/absolute/path or none.",
    )


def code_sender(name: str, *, environ: Mapping[str, str] = os.environ) -> str:
    """Read what sends one-time codes: `command:/path`, `https://…`. Return "" if unset.

    :raises SettingError: if it is neither
    """
    value = text(name, default="", environ=environ)
    if not value or value.startswith("command:/") or urlsplit(value).scheme == "https":
        return value
    raise SettingError(
        zh=f"{name}：请写 command:/程序的绝对路径，或 https:// 短信网关地址。",
        en=f"{name}: write command:/absolute/path, or the https:// address of a gateway.",
    )


def database(
    name: str, *, pool: bool, environ: Mapping[str, str] = os.environ
) -> dict[str, object]:
    """Read the PostgreSQL URL as Django wants it; unset, it leads nowhere.

    Everything that libpq understands is understood, a socket's folder in `?host=` included.
    :raises SettingError: if it is not a PostgreSQL URL with a database in it
    """
    found = _connection(name, environ=environ)
    named = {DJANGO_NAMES[key]: str(found.pop(key)) for key in DJANGO_NAMES if key in found}
    options = {
        "connect_timeout": 5,
        "application_name": "yunhu",
        **found,
        # What audit.round_trips prepares is planned once, not anew for every set of values.
        "options": f"{found.get('options', '')} -c plan_cache_mode=force_generic_plan".strip(),
    }
    if pool:
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 5}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **named,
        "OPTIONS": options,
        "CONN_MAX_AGE": 0 if pool else 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _connection(name: str, *, environ: Mapping[str, str]) -> dict[str, object]:
    value = secret(name, environ=environ)
    if not value:
        return {"dbname": "none", "host": NO_DATABASE}
    try:
        found = conninfo_to_dict(value) if urlsplit(value).scheme in DATABASE_SCHEMES else {}
    except psycopg.ProgrammingError:
        found = {}
    if found.get("dbname"):
        return dict(found)
    raise SettingError(
        zh=f"{name} 不是 PostgreSQL 地址：请写 postgresql://user:password@host:5432/yunhu。",
        en=f"{name} is no PostgreSQL URL: write postgresql://user:password@host:5432/yunhu.",
    )
