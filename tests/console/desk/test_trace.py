"""CN13-AGT-05, CN13-AGT-06: through a whole call the agent's browser receives no full number, and
has nothing to look anybody up with."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client

from compliance.models import Person
from compliance.numbers import Number, normalise
from compliance.services.person_for_number import number_of
from console.matrix import AGENT as ROLE
from console.matrix import ROWS
from dialer.models import Preview
from dialer.services.refusal_during_call import refusal_during_call
from tests.console.desk.line import LINE, answer, carry, end, line_is_up, wait
from tests.console.seed import Seeded

FIELD = re.compile(r"<(input|textarea)\b[^>]*>")
HARMLESS = re.compile(r'type="(hidden|radio|checkbox)"')


@dataclass
class Traced:
    """A browser that keeps everything that it received."""

    client: Client
    received: list[str] = field(default_factory=list)

    def get(self, url: str) -> str:
        return self._keep(self.client.get(url))

    def post(self, url: str, **given: object) -> str:
        return self._keep(self.client.post(url, given, headers={"hx-request": "true"}))

    def _keep(self, response: Any) -> str:
        assert isinstance(response, HttpResponse)
        body = response.content.decode()
        self.received += [str(response.headers), str(response.cookies), body]
        return body


def spellings(number: Number) -> list[str]:
    """Return how a number could be written so that somebody could dial it."""
    digits = number.e164.removeprefix("+86")
    parts = digits[:3], digits[3:7], digits[7:]
    return [digits, *(sign.join(parts) for sign in (" ", "-", ".")), digits[::-1]]


def journey(agent: Client) -> Traced:
    """Look, call, talk, hear key 9, wrap up, look again, put back, take a break."""
    desk = Traced(agent)
    desk.get("/seat/")
    desk.post("/seat/preview/", campaign="spring-course")
    line_is_up()
    wait(6)
    desk.get("/seat/state/")
    desk.post("/seat/call/")
    attempt = carry()
    desk.get("/seat/state/")
    answer(attempt)
    desk.get("/seat/state/")
    desk.post("/seat/hold/", call=attempt)
    refusal_during_call(attempt_id=attempt, actor=LINE, now=Preview.objects.latest("pk").shown_at)
    desk.get("/seat/")
    end(attempt)
    desk.get("/seat/")
    desk.post("/seat/wrap-up/", call=attempt, said="refused")
    wait(60)
    desk.post("/seat/preview/", campaign="spring-course")
    desk.post("/seat/put-back/", reason="known")
    desk.post("/seat/pause/")
    return desk


class TestAgentsBrowser:
    def test_receives_no_full_number(self, seeded: Seeded, agent: Client) -> None:
        received = "\n".join(journey(agent).received)

        people = [normalise(number_of(person)) for person in Person.objects.all()]
        assert len(people) >= 16
        told = [one for number in people for one in spellings(number) if one in received]
        assert told == []
        assert received.count("****") > 5  # and it did show people

    def test_is_shown_one_person_and_nobody_after_the_wrap_up(
        self, seeded: Seeded, agent: Client
    ) -> None:
        desk = Traced(agent)
        looking = desk.post("/seat/preview/", campaign="spring-course")
        line_is_up()
        wait(6)
        desk.post("/seat/call/")
        attempt = carry()
        answer(attempt)
        talking = desk.get("/seat/")
        end(attempt)
        wrapping = desk.get("/seat/")
        wait(30)
        after = desk.post("/seat/wrap-up/", call=attempt, said="talked")

        masked = re.compile(r"\d{3}\*{4}\d{4}")
        (who,) = set(masked.findall(looking))
        assert set(masked.findall(talking)) == set(masked.findall(wrapping)) == {who}
        assert masked.findall(after) == []

    def test_has_no_field_to_search_or_to_dial_with(self, seeded: Seeded, agent: Client) -> None:
        received = "\n".join(journey(agent).received)

        typed = [tag.group() for tag in FIELD.finditer(received)]
        assert typed
        assert [tag for tag in typed if not HARMLESS.search(tag)] == []
        assert "tel:" not in received
        assert "sip:" not in received

    def test_may_open_no_other_page_about_people(self) -> None:
        opened = {name for name, row in ROWS.items() if row.people and ROLE in row.roles}

        assert opened == {"seat"}
