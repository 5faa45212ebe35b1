"""What the call centre's tests share: browsers, agents, and a worker that does what waits."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from compliance.models import User
from console.jobs import queue
from console.models import Job
from tests.console.conftest import LogIn
from tests.console.seed import Seeded

HEADINGS = "客户姓名,手机号,备注"


@pytest.fixture
def supervisor(seeded: Seeded, log_in: LogIn) -> Client:
    return log_in("supervisor")


@pytest.fixture
def officer(seeded: Seeded, log_in: LogIn) -> Client:
    return log_in("compliance")


@pytest.fixture
def owner(seeded: Seeded, log_in: LogIn) -> Client:
    return log_in("owner")


def agent(number: int = 1) -> User:
    return User.objects.get(username=f"agent{number:02d}")


def work() -> list[Job]:
    """Do what waits, as a worker does; return it as it ended."""
    waiting = list(Job.objects.filter(state=Job.State.WAITING).order_by("started_at"))
    for job in waiting:
        queue.run(job.pk)
        job.refresh_from_db()
    return waiting


def csv_file(*rows: str, headings: str = HEADINGS, name: str = "名单.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "\r\n".join((headings, *rows)).encode("utf-8-sig"))
