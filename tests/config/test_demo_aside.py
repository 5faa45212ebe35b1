"""What a copy of the demo's supervisor tells it, and what its end means."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = """
import os, sys, time
from config.demo.aside import Aside, Counted, LineUp, Said
from config.sentences import SentenceError

def work(tell):
    {work}

def look(found):
    while not found():
        time.sleep(0.01)

aside = Aside(work, say=print)
try:
    look(aside.line_up)
    look(lambda: aside.counted() is not None)
    print(aside.counted().figures, aside.prepared())
except SentenceError as problem:
    print(problem.en)
aside.close()
"""


def told(work: str) -> list[str]:
    """Return what a supervisor says whose copy does this work."""
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(work=work)],
        check=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
    )
    return done.stdout.splitlines()


class TestAside:
    def test_tells_what_it_finds_and_says_its_sentences(self) -> None:
        work = (
            "tell(LineUp()); tell(Said(sentence='half')); print('aside');"
            "tell(Counted(figures={'leads': 3}, agrees=True))"
        )

        assert told(work) == ["half", "{'leads': 3} None"]

    def test_hands_on_what_a_person_must_put_right(self) -> None:
        assert told("raise SentenceError(zh='满', en='The disk is full.')") == [
            "The disk is full."
        ]

    @pytest.mark.parametrize("end", ["os._exit(0)", "os.kill(os.getpid(), 9)", "1 / 0"])
    def test_is_missed_when_it_ends_before_its_time(self, end: str) -> None:
        assert told(f"tell(LineUp()); {end}") == [
            "What prepares and watches the demo has ended: see the reason above."
        ]
