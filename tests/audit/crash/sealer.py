"""Be the sequencer of the deployment, and die now and then at one of its steps.

Nothing of this is in the product: it only offers the place.
"""

import os
import random
import signal
import threading

from audit.sealing.sequencer import run


def main(seed: str, chance: str) -> None:
    """Seal until killed, by others or, at each step with this chance, by itself."""
    dice = random.Random(seed)

    def reached(step: str) -> None:
        if dice.random() < float(chance):
            os.write(2, f"dies at {step}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)

    run(stopping=threading.Event(), reached=reached, poll=0.02)
