"""Check the blocks of a list one after the other, or, if there are many, in two processes."""

from collections.abc import Iterator

from compliance.imports.kind import Check
from compliance.imports.rows import Checked, ImportFile


def read_blocks(file: ImportFile, check: Check) -> Iterator[Checked]:
    """Yield what became of every block, in the order of the file."""
    for block in file.blocks():
        yield check(block)
