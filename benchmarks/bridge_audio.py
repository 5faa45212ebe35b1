"""How long a voice takes through the bridge, and whether that grows: `--minutes 10`."""

import statistics

from benchmarks.lines_peers import Talking, answering, call, sipp
from benchmarks.report import Comparison, at_most

PAIRS = 10
DELAY_MS = 20.0
DRIFT_MS = 1.0
LEAST_MS = 0.001  # what falls has not drifted


def measure(*, minutes: float) -> list[Comparison]:
    """Let twenty voices speak to each other by twos; every packet carries when it was said."""
    if sipp() is None:
        print("bridge_audio: SIPp is missing (apt-get install sip-tester); nothing is measured.")
        return []
    talker = Talking()
    with answering(media_port=talker.port) as port:
        held = call(port=port, calls=2 * PAIRS, rate=50.0, seconds=minutes * 60, bridged=1.0)
    talker.stop()
    found = talker.found
    medians = found["medians"]
    third = max(1, len(medians) // 3)
    drift = statistics.median(medians[-third:]) - statistics.median(medians[:third])
    notes = [
        f"{PAIRS} bridges for {minutes:g} minutes, {found['passed_on']:,} packets",
        f"p50 {found['p50']:.2f} ms, most {found['most']:.1f} ms; core {held['cpu'] * 100:.1f} %",
    ]
    return [
        Comparison(
            name="bridge_audio, one-way delay",
            ours="ms, p99 from the voice's socket to the other's",
            peer="ms allowed",
            rounds=[(found["p99"], DELAY_MS)],
            goal=at_most(1),
            must=at_most(1),
            notes=notes,
        ),
        Comparison(
            name="bridge_audio, drift",
            ours="ms that the last third took longer than the first (median of 10 s)",
            peer="ms allowed",
            rounds=[(max(drift, LEAST_MS), DRIFT_MS)],
            goal=at_most(1),
            must=at_most(1),
            notes=[f"medians: {min(medians):.2f} to {max(medians):.2f} ms"],
        ),
    ]
