"""Practice phones: they answer for every seat there is, and speak to whoever is bridged to them.

For the demo and for tests, on this machine only. An idle phone is silent; one that hears somebody
says a quiet tone, and hangs up when an agent would. Its records count the legs of the seats, apart
from the calls that the loopback carrier sees.
"""

import argparse
import asyncio
import random
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dialer.lines.carrier.call import CarrierCall
from dialer.lines.carrier.media import Address
from dialer.lines.carrier.peer import CarrierPeer, NotLoopbackError
from dialer.lines.carrier.script import Behaviour, Script, ScriptError, load, parse
from dialer.lines.carrier.text import Message
from dialer.lines.seat.practice_media import PracticeMedia

PHONE: dict[str, Any] = {"behaviour": "answer_wait", "provisional": [180], "ring_seconds": 0.0}

KEY_SECONDS = 0.3  # after the beginning of a talk
DEMO_TALK = [2.0, 5.0]  # seconds: some agents end their calls before the callees do


class PracticePhone(CarrierCall):
    """One seat's phone."""

    def __init__(
        self,
        message: Message,
        *,
        phones: "PracticePhones",
        behaviour: Behaviour,
        address: Address,
        dice: random.Random,
    ) -> None:
        super().__init__(message, carrier=phones, behaviour=behaviour, address=address)
        self._phones = phones
        self._dice = dice
        self._agent: list[asyncio.TimerHandle] = []

    def _listen(self) -> None:
        if address := self._dialog.invite.media:
            self._listener = self._phones.voices.attend(
                address,
                on_digit=lambda digit: self._note("digit", digit),
                on_talk=self._talk,
                silent=self._behaviour.agent_silent,
            )

    def _talk(self, there: bool) -> None:  # noqa: FBT001 - somebody is there, or gone
        """Talk to whoever is there: press what the agent presses, and at some time hang up."""
        for timer in self._agent:
            timer.cancel()
        self._agent = []
        self._note("talks" if there else "listens")
        behaviour, loop = self._behaviour, asyncio.get_running_loop()
        if there and behaviour.agent_key:
            self._agent.append(loop.call_later(KEY_SECONDS, self._press_key))
        if there and (span := behaviour.agent_seconds):
            seconds = self._dice.uniform(span[0], span[-1])
            self._agent.append(loop.call_later(seconds, self._hang_up))

    def _press_key(self) -> None:
        if address := self._dialog.invite.media:
            key = self._behaviour.agent_key
            self._phones.voices.press(key, address=address, lose_first=False)


class PracticePhones(CarrierPeer):
    """A registrar at which every phone is registered."""

    def __init__(self, *, host: str, port: int, records: Path, script: Script) -> None:
        self.voices = PracticeMedia(host=host)
        super().__init__(host=host, port=port, records=records, script=script, media=self.voices)
        self._talk_dice = random.Random(11)  # noqa: S311 - how long an agent talks

    def _make_call(self, message: Message, behaviour: Behaviour, source: Address) -> CarrierCall:
        return PracticePhone(
            message, phones=self, behaviour=behaviour, address=source, dice=self._talk_dice
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    options = _options(arguments)
    try:
        phone = {**PHONE, **({"agent_seconds": DEMO_TALK} if options.demo else {})}
        script = load(options.script) if options.script else parse({"default": phone})
        asyncio.run(_serve(options, script))
    except (ScriptError, NotLoopbackError, OSError) as error:
        sys.stderr.write(f"phones: {error}\n")
        return 1
    return 0


async def _serve(options: argparse.Namespace, script: Script) -> None:
    phones = PracticePhones(
        host=options.host, port=options.port, records=options.records, script=script
    )
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    sys.stdout.write(f"phones listening on {phones.host}:{phones.port}\n")
    sys.stdout.flush()
    await over.wait()
    phones.close()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m dialer.lines.seat.practice_phones", description=__doc__
    )
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, required=True, help="UDP port, 0 = any")
    parser.add_argument("--records", type=Path, required=True, help="file of legs, appended to")
    parser.add_argument("--demo", action="store_true", help="agents hang up, too")
    parser.add_argument("--script", type=Path, help="JSON: what each address does")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
