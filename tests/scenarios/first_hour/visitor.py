"""Somebody at a browser: logs in, opens pages, fills forms in, takes files away. By HTTP alone."""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener
from uuid import uuid4

PATIENCE_SECONDS = 180.0  # a job of the busiest machine
LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What came back."""

    status: int
    path: str  # behind all redirections
    content: bytes

    @property
    def text(self) -> str:
        return unescape(self.content.decode())

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    def one(self, pattern: str) -> str:
        """Return what the pattern's group finds first."""
        found = re.search(pattern, self.text, re.DOTALL)
        assert found, f"{self.path} ({self.status}) has no {pattern}:\n{self.words()}"
        return found[1].strip()

    def words(self) -> str:
        """Return what a person reads on it."""
        main = self.text.partition("<main")[2] or self.text
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))[:3000]


class Visitor:
    """One person in one browser."""

    def __init__(self, url: str, account: str) -> None:
        """Log in as an account of the demo, by its one press."""
        self._url = url.rstrip("/")
        self._jar = CookieJar()
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor(self._jar))
        self.get("/login/")
        page = self.post("/login/demo/", account=account)
        assert page.status == 200, page.words()

    @property
    def cookies(self) -> str:
        """What a browser would send along."""
        return "; ".join(f"{one.name}={one.value}" for one in self._jar)

    def get(self, path: str) -> Page:
        """Open a page."""
        return self._open(path)

    def post(
        self, path: str, *, files: Mapping[str, Path] | None = None, **fields: object
    ) -> Page:
        """Send a form."""
        given = {"csrfmiddlewaretoken": self._token(), **fields}
        if files is None:
            return self._open(path, urlencode(given).encode())
        kind, body = multipart(given, files)
        return self._open(path, body, {"Content-Type": kind})

    def send(self, path: str, **values: object) -> Page:
        """Ask something of the API."""
        headers = {"Content-Type": "application/json", "X-CSRFToken": self._token()}
        return self._open(path, json.dumps(values).encode(), headers)

    def wait_for(self, path: str, met: Callable[[Page], object]) -> Page:
        """Open a page again and again until something is on it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not met(page := self.get(path)):
            assert time.monotonic() < deadline, f"{path} does not change: {page.words()}"
            time.sleep(LOOK_SECONDS)
        return page

    def _token(self) -> str:
        return next(str(one.value) for one in self._jar if one.name == "csrftoken")

    def _open(
        self, path: str, data: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Page:
        asked = {"Accept-Language": "zh-CN", **(headers or {})}
        request = Request(self._url + path, data, asked)  # noqa: S310 - this machine's console
        try:
            answer = self._opener.open(request, timeout=PATIENCE_SECONDS)
        except HTTPError as error:  # an answer like any other
            answer = error
        with answer:
            path = urlsplit(answer.geturl()).path
            return Page(status=int(answer.status or 0), path=path, content=answer.read())


def multipart(fields: Mapping[str, object], files: Mapping[str, Path]) -> tuple[str, bytes]:
    """Return the content type and the body of a form with files (RFC 7578)."""
    edge = uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, path in files.items():
        shown = f'form-data; name="{name}"; filename="{path.name}"'
        head = f"--{edge}\r\nContent-Disposition: {shown}\r\nContent-Type: text/csv\r\n\r\n"
        parts += [head.encode(), path.read_bytes(), b"\r\n"]
    return f"multipart/form-data; boundary={edge}", b"".join([*parts, f"--{edge}--\r\n".encode()])
