"""A port of a caller belongs to its newest call, whenever the former one is said to be over."""

import asyncio

from dialer.lines.carrier.media import Address, CarrierMedia
from dialer.lines.seat.practice_media import PracticeMedia

PORT: Address = ("127.0.0.1", 20_000)


class TestForget:
    def test_leaves_the_port_to_the_call_that_has_it_now(self) -> None:
        async def run() -> tuple[bool, bool]:
            media = CarrierMedia(host="127.0.0.1")
            former = media.listen(PORT, print, on_voice=lambda: None)
            now = media.listen(PORT, print, on_voice=lambda: None)
            said = media.forget(PORT, former), media.forget(PORT, now)
            media.close()
            return said

        assert asyncio.run(run()) == (False, True)

    def test_leaves_a_phone_its_voice_when_a_killed_process_is_hung_up(self) -> None:
        async def run() -> bool:
            media = PracticeMedia(host="127.0.0.1")
            former = media.attend(PORT, on_digit=print, on_talk=print, silent=False)
            media.attend(PORT, on_digit=print, on_talk=print, silent=False)
            media.forget(PORT, former)
            media.close()
            return PORT in media._phones

        assert asyncio.run(run())
