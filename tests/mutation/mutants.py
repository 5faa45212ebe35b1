"""Every mutant of a module: its code with one place changed."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

from tests.mutation.operators import operators

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One place of a module that one operator changes."""

    module: str
    operator: str
    occurrence: int
    line: int
    function: str  # or a module's constant; "" outside any


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A module with one spot changed. Its key says it in words that outlive an edit elsewhere."""

    spot: Spot
    was: str  # the changed lines, as they stand
    becomes: str
    code: str  # of the whole module

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Return what the list of survivors names it by."""
        return self.spot.module, self.spot.function, self.was, self.becomes


def spots_of(module: str, *, without: Collection[str] = ()) -> Iterator[Spot]:
    """Yield the spots of a module in a fixed order, but for some operators.

    Types, decorators and `*` in front of keyword-only arguments do nothing at a call: left alone.
    """
    nodes = list(ast_nodes(get_ast(_source(module))))
    barred = [(node.start_pos, node.end_pos) for node in nodes if _is_still(node)]
    for name, operator in operators().items():
        if name in without:
            continue
        places = ((node, *place) for node in nodes for place in operator.mutation_positions(node))
        for occurrence, (node, start, end) in enumerate(places):
            if any(first <= start and end <= last for first, last in barred):
                continue
            if name == "AddNot" and _turned_anyway(node):
                continue
            yield Spot(
                module=module,
                operator=name,
                occurrence=occurrence,
                line=start[0],
                function=_function(node),
            )


def mutant(spot: Spot) -> Mutant:
    """Change the spot."""
    source = _source(spot.module)
    code: str = mutate_code(source, operators()[spot.operator], spot.occurrence)
    before, after = source.split("\n"), code.split("\n")
    while before and after and before[0] == after[0]:
        del before[0], after[0]
    while before and after and before[-1] == after[-1]:
        del before[-1], after[-1]
    return Mutant(spot=spot, was=_one_line(before), becomes=_one_line(after), code=code)


def path_of(module: str) -> Path:
    """Return the file of a module of this checkout."""
    return ROOT.joinpath(*module.split(".")).with_suffix(".py")


@cache
def _source(module: str) -> str:
    return path_of(module).read_text(encoding="utf-8")


def _is_still(node: Any) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if node.type == "operator" and node.value in ("*", "**"):
        return bool(parent.type != "term")
    if parent.type == "annassign":
        return node is parent.children[1]
    if parent.type == "funcdef":
        return node is parent.annotation
    if parent.type == "param":
        return node is parent.annotation or node.type == "tfpdef"
    return bool(node.type == "decorator")


def _turned_anyway(node: Any) -> bool:
    """Return whether another operator turns the condition round already."""
    condition = node.children[2 if node.type == "test" else 1]
    if condition.type == "not_test":
        return True
    return bool(condition.type == "comparison" and len(condition.children) == 3)


def _function(node: Any) -> str:
    """Return the function that holds the node, or the constant that it is part of."""
    names = []
    while node.parent is not None:
        node = node.parent
        if node.type in ("funcdef", "classdef"):
            names.append(node.name.value)
        elif node.type == "expr_stmt" and node.parent.parent.type == "file_input":
            names.append(node.children[0].get_first_leaf().value)
    return ".".join(reversed(names))


def _one_line(lines: Iterable[str]) -> str:
    return " ".join(" ".join(lines).split())
