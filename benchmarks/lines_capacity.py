"""How many calls one core carries with their audio, and what setting one up costs beside SIPp."""

from benchmarks.lines_peers import Talking, answering, call, sipp, sipp_calls
from benchmarks.report import Comparison, at_most

CALLS, GOAL_CALLS = 400, 1000
BRIDGED = 0.5  # of the calls by twos; the others listen to a prompt
PLACED_A_SECOND = 100.0
SECONDS = 20.0
LATE_MS = 20.0
KIB = 60.0
SET_UPS, SET_UPS_A_SECOND = 1500, 250.0


def measure(*, server_url: str, rounds: int) -> list[Comparison]:  # noqa: ARG001 - no database
    """Hold calls on one core; SIPp answers them on the other, and places its own in turn."""
    if sipp() is None:
        print("lines_capacity: SIPp is missing (apt-get install sip-tester); nothing is measured.")
        return []
    held = [_hold(CALLS) for _ in range(min(rounds, 3))]
    many = _hold(GOAL_CALLS)
    return [*_held(held), _many(many), *_set_up(min(rounds, 5))]


def _hold(calls: int) -> dict[str, float]:
    talker = Talking()
    try:
        with answering(media_port=talker.port) as port:
            return call(
                port=port, calls=calls, rate=PLACED_A_SECOND, seconds=SECONDS, bridged=BRIDGED
            )
    finally:
        talker.stop()


def _held(found: list[dict[str, float]]) -> list[Comparison]:
    notes = [
        f"of the voices' packets {min(one['heard'] for one in found):.1%} came, at least",
        (
            f"{CALLS} calls on one core, half of them bridged by twos, half with a prompt; all up"
            f" {min(one['up'] for one in found):.0f}; {found[0]['threads']:.0f} threads more"
        ),
        (
            f"core: {' / '.join(_percent(one) for one in found)}; worst group of packets:"
            f" {max(one['late_most_ms'] for one in found):.1f} ms"
        ),
    ]
    return [
        Comparison(
            name="lines_capacity, lateness",
            ours=f"ms, p99 of how late a group of packets had left, {CALLS} calls",
            peer="ms allowed",
            rounds=[(one["late_p99_ms"], LATE_MS) for one in found],
            goal=at_most(1),
            must=at_most(1),
            notes=notes,
        ),
        Comparison(
            name="lines_capacity, memory",
            ours="KiB a call",
            peer="KiB allowed",
            rounds=[(one["kib"], KIB) for one in found],
            goal=at_most(1),
            must=at_most(1),
        ),
    ]


def _many(found: dict[str, float]) -> Comparison:
    return Comparison(
        name=f"lines_capacity, lateness of {GOAL_CALLS:,} calls",
        ours="ms, p99 of how late a group of packets had left",
        peer="ms allowed",
        rounds=[(found["late_p99_ms"], LATE_MS)],
        goal=at_most(1),
        notes=[
            f"up {found['up']:.0f}; core {_percent(found)}; {found['kib']:.0f} KiB a call",
            f"of the voices' packets {found['heard']:.1%} came",
        ],
    )


def _set_up(rounds: int) -> list[Comparison]:
    pairs = []
    with answering(media_port=9) as port:  # discard: nobody talks in calls that end at once
        for _ in range(rounds):
            theirs = sipp_calls(port=port, calls=SET_UPS, rate=SET_UPS_A_SECOND)
            found = call(port=port, calls=SET_UPS, rate=SET_UPS_A_SECOND)
            if found["lost"]:
                raise AssertionError(f"{found['lost']:.0f} calls were not answered.")
            pairs.append((found, theirs))
    return [
        Comparison(  # SIPp checks no signature: like is held against like
            name="lines_capacity, set-up",
            ours="µs of processor time a call, INVITE to BYE, RTP port opened",
            peer="µs, SIPp's own",
            rounds=[
                ((found["cpu_ms"] - found["passport_ms"]) * 1000, theirs * 1000)
                for found, theirs in pairs
            ],
            goal=at_most(4),
            must=at_most(5),
            notes=[f"{SET_UPS_A_SECOND:.0f} calls a second, each ended when answered"],
        ),
        Comparison(
            name="lines_capacity, set-up with the passport's check",
            ours="µs of processor time a call, its passport read and checked as well",
            peer="µs, SIPp's own",
            rounds=[(found["cpu_ms"] * 1000, theirs * 1000) for found, theirs in pairs],
        ),
    ]


def _percent(found: dict[str, float]) -> str:
    return f"{found['cpu'] * 100:.0f} %"
