"""Check the blocks of a list one after the other, or, if there are many, in two processes."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from itertools import count
from multiprocessing import current_process, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess

from compliance.imports.kind import Check
from compliance.imports.rows import Checked, ImportFile
from compliance.lists import ListFileError

MANY = 50_000  # rows from which a second process is worth its start
PROCESSES = 2


class ReaderDiedError(Exception):
    """A process that read a part of the list died; nothing of the list was applied."""


def read_blocks(file: ImportFile, check: Check, *, row_head: bytes) -> Iterator[Checked]:
    """Yield what became of every block, in the order of the file, its cells ready to copy.

    :raises ListFileError: if the file was changed since it was opened
    """
    alone = file.row_count < MANY or (os.cpu_count() or 1) < PROCESSES
    if alone or current_process().daemon:  # a daemon may not have children
        yield from _checked(file, check, row_head)
    else:
        yield from _in_processes(file, check, row_head)


def _checked(
    file: ImportFile, check: Check, row_head: bytes, *, every: int = 1, first: int = 0
) -> Iterator[Checked]:
    for block in file.blocks(every=every, first=first):
        checked = check(block)
        checked.cells = [b"".join([row_head + cells for cells in checked.cells])]
        yield checked


def _in_processes(file: ImportFile, check: Check, row_head: bytes) -> Iterator[Checked]:
    """Take the blocks in turns from children, which only read the file and never the database.

    They are forked: what was learnt from the whole list is there already, and shared.
    """
    context = get_context("fork")
    ends: list[Connection] = []
    with ExitStack() as stack:
        for place in range(PROCESSES):
            end, other_end = context.Pipe(duplex=False)
            ends.append(end)
            stack.callback(end.close)
            child = context.Process(
                target=_read_for,
                args=(place,),
                kwargs={
                    "ends": ends,
                    "mine": other_end,
                    "file": file,
                    "check": check,
                    "row_head": row_head,
                },
                daemon=True,
            )
            child.start()
            other_end.close()
            stack.callback(_end, child)
        for turn in count():
            try:
                told = ends[turn % PROCESSES].recv()
            except EOFError as error:
                raise ReaderDiedError("A process that read the list died.") from error
            if told is None:
                return
            if isinstance(told, Exception):
                raise told
            yield told


def _end(child: ForkProcess) -> None:
    child.terminate()
    child.join()


def _read_for(
    place: int,
    *,
    ends: list[Connection],
    mine: Connection,
    file: ImportFile,
    check: Check,
    row_head: bytes,
) -> None:
    """Be a child: read every second block, and tell the parent what became of it."""
    for end in ends:
        end.close()  # or else nobody would notice that the parent is gone
    with suppress(BrokenPipeError):
        try:
            for checked in _checked(file, check, row_head, every=PROCESSES, first=place):
                mine.send(checked)
            mine.send(None)
        except ListFileError as error:
            mine.send(error)
