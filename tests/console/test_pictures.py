"""Pictures for many: made once a beat, taken by everybody in their order, none of them lost."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing

import pytest

from console.pictures import KEPT, Channels

BEAT = 0.02


class Camera:
    """Numbers what it shows, and counts."""

    def __init__(self, *, broken_at: int = 0) -> None:
        self.made, self._broken_at = 0, broken_at

    def __call__(self, watched: str) -> dict[str, str]:
        self.made += 1
        if self.made == self._broken_at:
            raise LookupError(watched)
        return {"number": f"{watched} {self.made}"}


def run(scene: Callable[[Channels[str]], Awaitable[None]], camera: Camera) -> None:
    asyncio.run(scene(Channels(make=camera, beat_seconds=BEAT)))  # type: ignore[arg-type]


async def seen(
    channels: Channels[str],
    *,
    most: int,
    after: str = "",
    stalls_until: Callable[[], bool] = lambda: True,
) -> list[tuple[str, str]]:
    """Take so many pictures; between the first and the second stall until something is so."""
    found: list[tuple[str, str]] = []
    async with aclosing(channels.pictures("floor", after=after, most=most)) as pictures:
        async for name, blocks in pictures:
            found.append((name, blocks["number"]))
            while len(found) == 1 and not stalls_until():
                await asyncio.sleep(BEAT)
    return found


class TestEverybody:
    def test_sees_the_same_pictures_made_once(self) -> None:
        camera = Camera()

        async def scene(channels: Channels[str]) -> None:
            found = await asyncio.gather(*(seen(channels, most=4) for _ in range(50)))
            assert {tuple(one) for one in found} == {tuple(found[0])}
            assert [words for _, words in found[0]] == [f"floor {n}" for n in (1, 2, 3, 4)]

        run(scene, camera)
        assert camera.made <= 5

    def test_who_stalls_catches_up_with_what_is_kept(self) -> None:
        camera = Camera()

        async def scene(channels: Channels[str]) -> None:
            slow, _ = await asyncio.gather(
                seen(channels, most=8, stalls_until=lambda: camera.made > 6),
                seen(channels, most=9),
            )
            assert [words for _, words in slow] == [f"floor {n}" for n in range(1, 9)]

        run(scene, camera)

    def test_who_connects_again_goes_on_behind_the_last_that_was_seen(self) -> None:
        async def scene(channels: Channels[str]) -> None:
            async def comes_back() -> None:
                first = await seen(channels, most=2)
                await asyncio.sleep(3 * BEAT)
                again = await seen(channels, most=3, after=first[-1][0])
                assert [words for _, words in again] == ["floor 3", "floor 4", "floor 5"]

            await asyncio.gather(comes_back(), seen(channels, most=10))

        run(scene, Camera())

    @pytest.mark.parametrize(
        "after", ["else:3", "3", ":", "x", "{}:99999999999", "{}:" + "9" * 99]
    )
    def test_who_names_no_picture_of_ours_is_shown_the_newest(self, after: str) -> None:
        async def scene(channels: Channels[str]) -> None:
            (first,) = await seen(channels, most=1)
            name = first[0].partition(":")[0]
            async with asyncio.timeout(5):
                assert len(await seen(channels, most=2, after=after.format(name))) == 2

        run(scene, Camera())


class TestAChannel:
    def test_makes_nothing_while_nobody_watches(self) -> None:
        camera = Camera()

        async def scene(channels: Channels[str]) -> None:
            await seen(channels, most=2)
            await asyncio.sleep(3 * BEAT)
            before = camera.made
            await asyncio.sleep(5 * BEAT)
            assert camera.made == before
            (only,) = await seen(channels, most=1)  # and what is shown then is new
            assert only[1] == f"floor {before + 1}"

        run(scene, camera)

    def test_tells_everybody_what_kept_a_picture_from_being_made_and_goes_on(self) -> None:
        async def scene(channels: Channels[str]) -> None:
            found = await asyncio.gather(
                *(seen(channels, most=9) for _ in range(3)), return_exceptions=True
            )
            assert [type(one) for one in found] == [LookupError] * 3
            assert len(await seen(channels, most=2)) == 2

        run(scene, Camera(broken_at=3))

    def test_keeps_no_more_than_it_has_to(self) -> None:
        camera = Camera()

        async def scene(channels: Channels[str]) -> None:
            behind, _ = await asyncio.gather(
                seen(channels, most=3, stalls_until=lambda: camera.made > KEPT + 5),
                seen(channels, most=KEPT + 9),
            )
            numbers = [int(words.split()[1]) for _, words in behind]
            assert numbers[0] == 1
            assert numbers[1] > 2  # the oldest are gone …
            assert numbers[2] == numbers[1] + 1  # … and the rest is in order

        run(scene, camera)
