"""What holds for every page."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from compliance.models import DemoClock, User
from tests.console.conftest import LogIn
from tests.console.seed import Seeded

PAGES = [
    ("-", "/login/"),
    ("supervisor", "/live/"),
    ("supervisor", "/live/?campaign=meter-notice"),
    ("compliance", "/decisions/"),
    ("compliance", "/decisions/?rule=CN13-CON-01&verdict=refuse&campaign=spring-course"),
    ("compliance", "/decisions/?campaign=nobody"),
    ("compliance", "/decisions/{refused}/"),
    ("compliance", "/decisions/{permitted}/"),
    ("compliance", "/decisions/{permitted}/recording/"),
    ("regulator", "/decisions/{deferred}/"),
    ("compliance", "/decisions/{refused}/findings/"),
    ("compliance", "/decisions/{refused}/facts/"),
    ("agent01", "/seat/"),
    ("agent01", "/seat/state/"),
    ("agent01", "/live/"),  # 403
    ("supervisor", "/nowhere/"),  # 404
]
PARTS = ("/findings/", "/state/")  # of pages
ELEVEN_DIGITS = re.compile(r"(?<![0-9a-f])1[3-9][0-9]{9}(?![0-9a-f])")
ARTICLE = re.compile(
    r"[一二三四五六七八九十]\([一二三四五六七八九十]\)"
)  # the plan's own numbering
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:|<script(?![^>]*\ssrc=)")


def open_page(who: str, path: str, seeded: Seeded, log_in: LogIn, language: str) -> str:
    client = Client(headers={"accept-language": language})
    if who != "-":
        client = log_in(who, language)
    url = path.format(refused=seeded.refused, permitted=seeded.permitted, deferred=seeded.deferred)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(url)
    assert len(queries) <= 40, (url, len(queries))
    assert response.status_code in (200, 403, 404)
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["Cache-Control"].startswith(("no-store", "max-age=0"))
    return response.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
class TestEveryPage:
    def test_keeps_to_what_a_page_may_hold(
        self, language: str, seeded: Seeded, log_in: LogIn
    ) -> None:
        for who, path in PAGES:
            body = open_page(who, path, seeded, log_in, language)

            assert not INLINE.search(body), (path, INLINE.search(body))
            assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", body), path
            assert not ELEVEN_DIGITS.search(body), path
            assert not [number for number in seeded.numbers if number in body], path
            if not path.endswith(PARTS):
                assert "演示时钟" in body, path
                assert "Demo clock" in body, path
                assert f'<html lang="{"en" if language == "en" else "zh-Hans"}">' in body, path
                assert body.count("<h1") == 1, path
                assert 'href="#main"' in body, path


class TestLanguages:
    def test_are_never_mixed_in_what_the_page_itself_says(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        """Names of campaigns, people and businesses stay as they were written."""
        names = [
            *User.objects.values_list("real_name", flat=True),
            "允呼",
            "语言",
            "业务范围",
            "演示时钟",
        ]
        for campaign in seeded.campaigns:
            filing = campaign.filing
            names += [filing.name, filing.content, filing.principal.name, filing.trunk.carrier]
        names.append("安居家电服务有限公司")
        for who, path in PAGES[:-2]:
            body = open_page(who, path, seeded, log_in, "en")
            body = re.sub(r'<[^>]*lang="zh-Hans"[^>]*>[^<]*<', "<", body)
            body = ARTICLE.sub("", re.sub("|".join(sorted(names, key=len)[::-1]), "", body))

            assert re.findall(r"[\u4e00-\u9fff][^<]*", body) == [], path

    def test_follow_the_switch_and_lead_back_to_the_page(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        client = log_in("supervisor")

        client.post("/language/", {"language": "en", "next": "/live/"})

        body = client.get("/live/").content.decode()
        assert "From the list to a call" in body
        client.post("/language/", {"language": "zh-hans", "next": "/live/"})
        assert "从名单到通话" in client.get("/live/").content.decode()

    def test_are_chinese_where_the_browser_asks_for_neither(self, seeded: Seeded) -> None:
        assert "登录" in Client(headers={"accept-language": "fr"}).get("/login/").content.decode()


class TestDemoBar:
    def test_is_absent_on_the_hosts_clock(self, seeded: Seeded) -> None:
        DemoClock.objects.all().delete()

        assert "demo-bar" not in Client().get("/login/").content.decode()

    def test_says_when_the_clock_stands_still(self, seeded: Seeded) -> None:
        assert " data-running" in Client().get("/login/").content.decode()
        DemoClock.objects.update(running=False)
        assert " data-running" not in Client().get("/login/").content.decode()
