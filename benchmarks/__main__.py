"""`python -m benchmarks [NAME …] [--rounds N] [--minutes M] [--json FILE]`: measure, tell, judge.

Each figure is a ratio to a peer or to a physical limit that was measured in the same run, the two
taking turns. Exit 1 only if a figure that must be met is not met.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from benchmarks import (
    audit_proofs,
    audit_verify,
    bridge_audio,
    console_pages,
    edge_kamailio,
    edge_line,
    lines_capacity,
    lines_soak,
    list_import,
    permit_latency,
    permit_throughput,
    preflight,
    refusal_latency,
    refusals_under_load,
    rules,
    suppression,
    trail_appends,
    trail_sealing,
)
from benchmarks.database import server, server_version
from benchmarks.report import FAIL, Comparison

BENCHMARKS: dict[str, Callable[..., list[Comparison]]] = {
    "rules": rules.measure,
    "permit_latency": permit_latency.measure,
    "permit_throughput": permit_throughput.measure,
    "list_import": list_import.measure,
    "refusal_latency": refusal_latency.measure,
    "refusals_under_load": refusals_under_load.measure,
    "preflight": preflight.measure,
    "suppression": suppression.measure,
    "lines_capacity": lines_capacity.measure,
    "trail_appends": trail_appends.measure,
    "trail_sealing": trail_sealing.measure,
    "audit_proofs": audit_proofs.measure,
    "audit_verify": audit_verify.measure,
    "edge_line": edge_line.measure,
    "console_pages": console_pages.measure,
    "edge_kamailio": edge_kamailio.measure,
}
SOAKS: dict[str, Callable[..., list[Comparison]]] = {  # by name
    "lines_soak": lines_soak.measure,
    "bridge_audio": bridge_audio.measure,
}


def main(arguments: list[str]) -> int:
    """Run the benchmarks that are named, or all; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join([*BENCHMARKS, *SOAKS]))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--minutes", type=float, default=5, help="of a soak")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure here")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - BENCHMARKS.keys() - SOAKS.keys():
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    names = options.names or list(BENCHMARKS)
    measured = [name for name in names if name in BENCHMARKS]
    found: list[Comparison] = []
    with server() if measured else nullcontext("") as url:
        machine = _machine(url)
        print(", ".join(f"{name} {value}" for name, value in machine.items()), flush=True)
        for name in measured:
            found += _told(BENCHMARKS[name](server_url=url, rounds=options.rounds))
        for name in SOAKS.keys() & names:
            found += _told(SOAKS[name](minutes=options.minutes))
    if options.json:
        content = {"machine": machine, "figures": [one.as_json() for one in found]}
        options.json.write_text(json.dumps(content, ensure_ascii=False, indent=2))
    return int(any(comparison.verdict == FAIL for comparison in found))


def _told(comparisons: list[Comparison]) -> list[Comparison]:
    for comparison in comparisons:
        print("\n".join(comparison.lines()), flush=True)
    return comparisons


def _machine(server_url: str) -> dict[str, str]:
    """Return what the figures depend on, the load of other programs included."""
    machine = {
        "cores": str(os.cpu_count()),
        "load": f"{os.getloadavg()[0]:.1f}",
        "Python": platform.python_version(),
    }
    return machine | ({"PostgreSQL": server_version(server_url)} if server_url else {})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
