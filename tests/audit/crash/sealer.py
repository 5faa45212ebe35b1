"""Be the sequencer of the deployment, and die now and then at one of its steps.

`python -m tests.audit.crash.sealer SEED CHANCE`: at each step the process kills itself with this
chance. Nothing of this is in the product: it only offers the place.
"""

import logging
import os
import random
import signal
import sys
import threading

import django


def main(seed: int, chance: float) -> None:
    """Seal until killed, by itself or by others; end in good order at SIGTERM."""
    django.setup()
    from audit.sealing.sequencer import run

    logging.disable(logging.INFO)
    dice = random.Random(seed)

    def reached(step: str) -> None:
        if dice.random() < chance:
            os.write(2, f"dies at {step}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)

    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    run(stopping=stopping, reached=reached, poll=0.02)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
