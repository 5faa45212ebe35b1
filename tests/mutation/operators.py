"""What is changed in the code, one place at a time: cosmic-ray's operators, and ours."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import parso.python.tree
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator

from tests.mutation.sql import DropCondition, DropSafeguard, MoveBoundary
from tests.mutation.statements import DropCall, DropFilter, DropRaise

Place = tuple[tuple[int, int], tuple[int, int]]

# Each comparison is moved by one step and turned round. The library knows all pairs, but what is
# told from `<` by a test of its boundary is told from `is` too.
COMPARISONS = {
    "Eq": ("NotEq",),
    "NotEq": ("Eq",),
    "Lt": ("LtE", "GtE"),
    "LtE": ("Lt", "Gt"),
    "Gt": ("GtE", "LtE"),
    "GtE": ("Gt", "Lt"),
    "Is": ("IsNot",),
    "IsNot": ("Is",),
}
ARITHMETIC = {
    "Add": "Sub",
    "Sub": "Add",
    "Mul": "FloorDiv",
    "FloorDiv": "Mul",
    "Mod": "Mul",
    "BitAnd": "BitOr",
    "BitOr": "BitAnd",
}
OTHERS = (
    "AddNot",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "ReplaceUnaryOperator_Delete_Not",
    "ExceptionReplacer",
    "NumberReplacer",
    "ZeroIterationForLoop",
)
ALLOWANCE = "__import__('compliance.rulebook.decision', fromlist=['ALLOW']).ALLOW"


class DropObjection(Operator):  # type: ignore[misc] # the library has no types
    """Let a rule allow what it refuses or defers: the one mutant that must never live."""

    def mutation_positions(self, node: Any) -> Iterator[Place]:
        """Yield each call of `refuse` or `defer`."""
        if node.type in ("power", "atom_expr") and _is_call(node, ("refuse", "defer")):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Put the allowance in the call's place."""
        return parso.python.tree.Name(ALLOWANCE, node.start_pos, prefix=" ")

    @classmethod
    def examples(cls) -> tuple[Any, ...]:
        """Return none: the library asks for examples to document its own operators."""
        return ()


class SwapMembership(Operator):  # type: ignore[misc] # the library has no types
    """Exchange `in` and `not in`, which the library leaves alone."""

    def mutation_positions(self, node: Any) -> Iterator[Place]:
        """Yield the operator of each test of membership."""
        if node.type == "comparison" and _membership(node.children[1]):
            yield node.children[1].start_pos, node.children[1].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Turn the test round."""
        other = "not in" if _membership(node.children[1]) == "in" else "in"
        node.children[1] = parso.python.tree.Keyword(other, node.children[1].start_pos, prefix=" ")
        return node

    @classmethod
    def examples(cls) -> tuple[Any, ...]:
        """Return none: the library asks for examples to document its own operators."""
        return ()


OURS = (
    *(DropObjection(), SwapMembership()),
    *(DropCall(), DropRaise(), DropFilter(), DropSafeguard(), DropCondition(), MoveBoundary()),
)


@cache
def operators() -> dict[str, Operator]:
    """Return the operators by name."""
    names = [f"ReplaceComparisonOperator_{a}_{b}" for a, to in COMPARISONS.items() for b in to]
    names += [f"ReplaceBinaryOperator_{a}_{b}" for a, b in ARITHMETIC.items()]
    found = {name: get_operator(f"core/{name}")() for name in (*names, *OTHERS)}
    return found | {type(one).__name__: one for one in OURS}


def _is_call(node: Any, names: tuple[str, ...]) -> bool:
    called, *rest = node.children
    return (
        called.type == "name"
        and called.value in names
        and any(part.type == "trailer" and part.children[0].value == "(" for part in rest)
    )


def _membership(node: Any) -> str:
    text = " ".join(node.get_code().split())
    return text if text in ("in", "not in") else ""
