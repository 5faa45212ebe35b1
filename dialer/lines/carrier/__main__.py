"""The loopback carrier: a strict SIP callee on this machine that keeps its own call records.

Run it beside the line process; it can be reached from this machine only, and nothing that it
hears leaves it. Its records are the independent witness of what was dialled.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from dialer.lines.carrier.peer import CarrierPeer, NotLoopbackError
from dialer.lines.carrier.script import Script, ScriptError, load


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    options = _options(arguments)
    try:
        script = load(options.script) if options.script else Script()
        asyncio.run(_serve(options, script))
    except (ScriptError, NotLoopbackError, OSError) as error:
        sys.stderr.write(f"carrier: {error}\n")
        return 1
    return 0


async def _serve(options: argparse.Namespace, script: Script) -> None:
    peer = CarrierPeer(
        host=options.host,
        port=options.port,
        records=options.records,
        script=script,
        loss_percent=options.loss,
    )
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    sys.stdout.write(f"carrier listening on {peer.host}:{peer.port}\n")
    sys.stdout.flush()
    await over.wait()
    peer.close()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dialer.lines.carrier", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, required=True, help="UDP port, 0 = any")
    parser.add_argument("--records", type=Path, required=True, help="file of calls, appended to")
    parser.add_argument("--script", type=Path, help="JSON: what each number does")
    parser.add_argument("--loss", type=float, default=0.0, help="percent of packets lost")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
