"""SQL is code too: a condition of a statement that is dropped, a boundary that is moved."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import parso.python.tree
from cosmic_ray.operators.operator import Operator

Place = tuple[tuple[int, int], tuple[int, int]]

TOKEN = re.compile(r"""'(?:[^']|'')*'|"+|[A-Za-z_][\w.]*|<=|>=|<>|::|\S""")
LINKS = ("AND", "OR")
BEGINS = ("WHERE", "ON", "WHEN", "HAVING")  # what follows is a condition
# What follows is none: a list, a table, an order.
ENDS = (
    *(",", '"', '"""', "SELECT", "UPDATE", "SET", "FROM", "JOIN", "LEFT", "ORDER", "GROUP"),
    *("LIMIT", "RETURNING", "UNION", "THEN", "ELSE"),
)
OTHER_SIDE = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


class Piece(NamedTuple):
    """From where to where in a text, and what is to stand there instead."""

    start: int
    end: int
    instead: str
    depth: int = 0  # in brackets


@dataclass
class _Level:
    """Between two brackets: the operand that is being read, and what it is linked by."""

    depth: int
    is_condition: bool = False
    links: list[str] = field(default_factory=list)  # before the operand, and after it
    start: int | None = None
    end: int = 0

    def take(self, token: re.Match[str]) -> None:
        if self.start is None:
            self.start = token.start()
        self.end = token.end()

    def done(self, text: str) -> Iterator[Piece]:
        """Yield the operand if it is a condition, as what makes no difference in its place."""
        if self.is_condition and self.start is not None:
            only_or = "OR" in self.links and "AND" not in self.links
            without = "false AND" if only_or else "true OR"
            condition = text[self.start : self.end]
            yield Piece(self.start, self.end, f"({without} {condition})", self.depth)
        self.start = None

    def link(self, word: str, text: str) -> Iterator[Piece]:
        self.is_condition = True
        self.links.append(word)
        yield from self.done(text)
        self.links = [word]

    def begin(self, text: str, *, is_condition: bool) -> Iterator[Piece]:
        yield from self.done(text)
        self.is_condition, self.links = is_condition, []


def conditions(text: str) -> Iterator[Piece]:
    """Yield each condition of a statement, at every depth, dropped.

    What stands under AND becomes true, what stands under OR alone becomes false. The condition is
    kept beside it, so that the types of the parameters stay known.
    """
    levels = [_Level(depth=0)]
    for token in TOKEN.finditer(text):
        word, level = token[0], levels[-1]
        if word == ")":
            yield from level.done(text)
            levels.pop()
            levels[-1].take(token)
        elif word in LINKS:
            yield from level.link(word, text)
        elif word in BEGINS or word in ENDS:
            yield from level.begin(text, is_condition=word in BEGINS)
        else:
            level.take(token)
            levels += [_Level(depth=len(levels))] if word == "(" else []


def boundaries(text: str) -> Iterator[Piece]:
    """Yield each comparison with its boundary on the other side."""
    for token in TOKEN.finditer(text):
        if token[0] in OTHER_SIDE:
            yield Piece(token.start(), token.end(), OTHER_SIDE[token[0]])


class _Pieces(Operator):  # type: ignore[misc] # the library has no types
    """Change a piece of a text that is a statement."""

    def pieces(self, text: str) -> Iterator[Piece]:
        """Yield what can be changed."""
        raise NotImplementedError

    def mutation_positions(self, node: Any) -> Iterator[Place]:
        """Yield the line of each piece."""
        for piece in self._pieces_of(node):
            line = node.start_pos[0] + node.value.count("\n", 0, piece.start)
            yield (line, 0), (line, 0)

    def mutate(self, node: Any, index: int) -> Any:
        """Put the other thing there."""
        piece, text = self._pieces_of(node)[index], node.value
        changed = text[: piece.start] + piece.instead + text[piece.end :]
        return parso.python.tree.String(changed, node.start_pos, prefix=node.prefix)

    def _pieces_of(self, node: Any) -> list[Piece]:
        if node.type != "string" or not re.search(r"\b(SELECT|WHERE)\b", node.value):
            return []
        return list(self.pieces(node.value))

    @classmethod
    def examples(cls) -> tuple[Any, ...]:
        """Return none: the library asks for examples to document its own operators."""
        return ()


class DropSafeguard(_Pieces):
    """Drop one condition of a statement's own: a safeguard that is not there."""

    def pieces(self, text: str) -> Iterator[Piece]:
        """Yield the conditions outside of every bracket."""
        return (piece for piece in conditions(text) if piece.depth == 0)


class DropCondition(_Pieces):
    """Drop one condition of a part of a statement."""

    def pieces(self, text: str) -> Iterator[Piece]:
        """Yield the conditions within brackets."""
        return (piece for piece in conditions(text) if piece.depth > 0)


class MoveBoundary(_Pieces):
    """Move a comparison by one step: `<` for `<=`."""

    def pieces(self, text: str) -> Iterator[Piece]:
        """Yield the comparisons."""
        return boundaries(text)
