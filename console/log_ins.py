"""The log-ins of one person: few at a time, seen and ended by themselves.

Own code, since no kept library does it for Django 5.2 (docs/decisions/0020).
"""

from importlib import import_module

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from compliance import clock
from compliance.models import User
from console.browser_mark import browser_of
from console.models import LogInSession
from console.trail import note

MOST = 3  # a desk, a portable, a telephone


def began(request: HttpRequest, *, user: User) -> None:
    """Keep the log-in; the oldest ones above the most that a person may have end."""
    LogInSession.objects.create(
        user=user,
        session_key=str(request.session.session_key),
        browser=browser_of(request),
        agent=request.headers.get("User-Agent", "")[:120],
        began_at=clock.host_now(),
    )
    for old in standing(user)[MOST:]:
        _end(old)
        note("session.displaced", request=request, obj=f"session:{old.pk}")


def renewed(request: HttpRequest, *, key: str) -> None:
    """Follow a session whose key has been changed for a new one."""
    log_ins = LogInSession.objects.filter(session_key=key)
    log_ins.update(session_key=str(request.session.session_key))


def standing(user: User) -> list[LogInSession]:
    """Return the person's log-ins whose sessions are there, the newest first; forget the rest."""
    kept = LogInSession.objects.filter(user=user).order_by("-began_at", "-pk")
    there = [(one, _store(one.session_key).exists(one.session_key)) for one in kept]
    gone = [one.pk for one, exists in there if not exists]
    LogInSession.objects.filter(pk__in=gone).delete()
    return [one for one, exists in there if exists]


def end(request: HttpRequest, *, log_in: LogInSession) -> None:
    """End one; its browser has to log in again."""
    _end(log_in)
    note("session.ended", request=request, obj=f"session:{log_in.pk}")


def end_all(user: User) -> None:
    """End every log-in of a person, whose factor was taken away."""
    for one in LogInSession.objects.filter(user=user):
        _end(one)


def _end(log_in: LogInSession) -> None:
    _store(log_in.session_key).delete(log_in.session_key)
    log_in.delete()


def _store(key: str) -> SessionBase:
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return store
