"""A step that is left out: a call for its effect, a raise, one condition of a filter."""

from collections.abc import Iterator
from typing import Any

import parso.python.tree
from cosmic_ray.operators.operator import Operator

Place = tuple[tuple[int, int], tuple[int, int]]
FILTERS = ("filter", "exclude")


class _Instead(Operator):  # type: ignore[misc] # the library has no types
    """Put a word in the place of a node."""

    word: str

    def fits(self, node: Any) -> bool:
        """Return whether the node is one to replace."""
        raise NotImplementedError

    def mutation_positions(self, node: Any) -> Iterator[Place]:
        """Yield the node if it fits."""
        if self.fits(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Replace it, indentation kept."""
        prefix = node.get_first_leaf().prefix
        return parso.python.tree.Name(self.word, node.start_pos, prefix=prefix)

    @classmethod
    def examples(cls) -> tuple[Any, ...]:
        """Return none: the library asks for examples to document its own operators."""
        return ()


class DropCall(_Instead):
    """Leave out a call that is a statement of its own, such as a lock or an audit entry."""

    word = "None"

    def fits(self, node: Any) -> bool:
        """Return whether the node is such a call."""
        return (
            node.type in ("power", "atom_expr")
            and node.parent is not None
            and node.parent.type == "simple_stmt"
            and node.children[-1].type == "trailer"
            and node.children[-1].children[0].value == "("
        )


class DropRaise(_Instead):
    """Go on where the code gives up."""

    word = "pass"

    def fits(self, node: Any) -> bool:
        """Return whether the node raises."""
        return bool(node.type == "raise_stmt")


class DropFilter(_Instead):
    """Leave out one condition of a queryset's filter."""

    word = "**{}"

    def fits(self, node: Any) -> bool:
        """Return whether the node is a named condition of a filter."""
        if node.type != "argument" or getattr(node.children[1], "value", "") != "=":
            return False
        call = node.parent if node.parent.type == "trailer" else node.parent.parent
        if call is None or call.type != "trailer":
            return False
        name = call.get_previous_sibling()
        return bool(name and name.get_last_leaf().value in FILTERS)
