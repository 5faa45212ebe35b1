"""`python -m benchmarks [NAME …] [--rounds N] [--json FILE]`: measure, tell, judge.

Each figure is a ratio to a peer or to a physical limit that was measured in the same run, the two
taking turns. Exit 1 only if a figure that must be met is not met.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import (
    audit_proofs,
    audit_verify,
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
    "trail_appends": trail_appends.measure,
    "trail_sealing": trail_sealing.measure,
    "audit_proofs": audit_proofs.measure,
    "audit_verify": audit_verify.measure,
}


def main(arguments: list[str]) -> int:
    """Run the benchmarks that are named, or all; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure here")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - BENCHMARKS.keys():
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    found: list[Comparison] = []
    with server() as url:
        machine = _machine(url)
        print(", ".join(f"{name} {value}" for name, value in machine.items()), flush=True)
        for name in options.names or BENCHMARKS:
            for comparison in BENCHMARKS[name](server_url=url, rounds=options.rounds):
                found.append(comparison)
                print("\n".join(comparison.lines()), flush=True)
    if options.json:
        content = {"machine": machine, "figures": [one.as_json() for one in found]}
        options.json.write_text(json.dumps(content, ensure_ascii=False, indent=2))
    return int(any(comparison.verdict == FAIL for comparison in found))


def _machine(server_url: str) -> dict[str, str]:
    """Return what the figures depend on, the load of other programs included."""
    return {
        "cores": str(os.cpu_count()),
        "load": f"{os.getloadavg()[0]:.1f}",
        "Python": platform.python_version(),
        "PostgreSQL": server_version(server_url),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
