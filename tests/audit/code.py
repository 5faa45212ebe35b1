"""What the code itself says of recording: which actions it names, and who writes unrecorded.

It reads the source, so that a service that no test calls is seen too. A function is followed into
the functions that it names, here and in our other modules; what is called through a variable is
not, and has to be listed by whoever reads the finding.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("audit", "compliance", "dialer", "console", "config")
RECORDERS = {"record", "recording", "record_many", "note"}
RECORDERS_FROM = {"audit.record", "console.trail"}
ORM_WRITES = {"save", "create", "bulk_create", "bulk_update", "update", "delete"}
ORM_WRITES |= {"get_or_create", "update_or_create"}
SQL_WRITES = re.compile(
    r"\b(INSERT\s+INTO|UPDATE\s+[a-z_\"{(]|DELETE\s+FROM|COPY\s+[^;]+\sFROM\s+STDIN)"
)
DICTS = re.compile(
    r"digest|environ|_?known|_?inner|_?outer|_ours|_sum|whitelist|people|found|objections|refusing"
)
# The trail itself: entries, tiles, checkpoints, anchors. What else is in this layer is looked at.
TRAIL = re.compile(r"audit\.(?!privacy|digests)")
READERS = {"filter", "exclude", "get", "of", "entries", "about"}  # they name actions to find them

Name = tuple[str, str]  # module and function


@dataclass
class Function:
    """What one function does by itself, and whom it names."""

    writes: bool = False
    records: bool = False
    names: set[Name] = field(default_factory=set)


@dataclass(frozen=True)
class Module:
    """One file, read."""

    name: str
    tree: ast.Module
    imports: Mapping[str, Name]


@cache
def modules() -> tuple[Module, ...]:
    """Return every module of ours but migrations and the registry itself."""
    paths = (path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py")))
    kept = (path for path in paths if "migrations" not in path.parts)
    return tuple(read(path) for path in kept if path.name != "actions.py")


def read(path: Path, *, root: Path = ROOT) -> Module:
    """Read one file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    name = ".".join(path.relative_to(root).with_suffix("").parts)
    return Module(name=name.removesuffix(".__init__"), tree=tree, imports=imports)


def unrecorded(read_modules: tuple[Module, ...]) -> set[str]:
    """Return the public functions that write and reach nothing that records, `module:function`."""
    found = {name: one for module in read_modules for name, one in _functions(module)}
    writing = {name for name, one in found.items() if one.writes and not TRAIL.match(name[0])}
    writes = _reach(writing, found)
    records = _reach({name for name, one in found.items() if one.records}, found)
    return {f"{module}:{name}" for module, name in writes - records if _public(name)}


def _public(name: str) -> bool:
    return not any(part.startswith("_") for part in name.split("."))


def _reach(start: set[Name], found: Mapping[Name, Function]) -> set[Name]:
    reached = set(start)
    while more := {n for n, one in found.items() if n not in reached and one.names & reached}:
        reached |= more
    return reached


def _functions(module: Module) -> Iterator[tuple[Name, Function]]:
    own = dict(_definitions(module.tree, ""))
    statements = _sql_constants(module.tree)
    for name, node in own.items():
        yield (module.name, name), _look(node, name, module, set(own), statements)


def _definitions(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.AST]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + child.name, child
        elif isinstance(child, ast.ClassDef):
            yield from _definitions(child, f"{prefix}{child.name}.")


def _sql_constants(tree: ast.Module) -> set[str]:
    """Return the names of the module's statements that write."""
    return {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and _has_sql(node)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _has_sql(node: ast.AST) -> bool:
    return any(
        isinstance(one, ast.Constant)
        and isinstance(one.value, str)
        and SQL_WRITES.search(one.value)
        for one in ast.walk(node)
    )


def _look(
    node: ast.AST, name: str, module: Module, own: set[str], statements: set[str]
) -> Function:
    seen = Function()
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            _look_at_name(one.id, seen, module, own, statements)
        elif isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute):
            _look_at_method(one.func, name, seen, module)
    body = getattr(node, "body", [])
    if any(_has_sql(part) for part in body[1 if ast.get_docstring(node) else 0 :]):  # type: ignore[arg-type]
        seen.writes = True
    return seen


def _look_at_name(
    name: str, seen: Function, module: Module, own: set[str], statements: set[str]
) -> None:
    if name in statements:
        seen.writes = True
    if name in own:
        seen.names.add((module.name, name))
    elif name in module.imports:
        origin = module.imports[name]
        seen.names.add(origin)
        seen.records |= name in RECORDERS and origin[0] in RECORDERS_FROM


def _look_at_method(func: ast.Attribute, name: str, seen: Function, module: Module) -> None:
    holder = ast.unparse(func.value)
    if func.attr in ORM_WRITES and not DICTS.fullmatch(holder.rpartition(".")[2]):
        seen.writes = True
    if not isinstance(func.value, ast.Name):
        return
    if holder in ("self", "cls"):
        seen.names.add((module.name, f"{name.split('.', maxsplit=1)[0]}.{func.attr}"))
    elif holder in module.imports:
        whose, what = module.imports[holder]
        seen.names.add((f"{whose}.{what}", func.attr))
        seen.records |= func.attr in RECORDERS and f"{whose}.{what}" in RECORDERS_FROM


def actions_named(read_modules: tuple[Module, ...]) -> set[str]:
    """Return every string that an argument of a call or a variable `action` says.

    Not where entries are looked for. An f-string is told by its beginning and a star:
    `complaint.*`.
    """
    variables = {
        text
        for module in read_modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value
        if "action" in ast.unparse(node).partition("=")[0]
        for text in _texts([node.value])
    }
    return variables | {
        text
        for module in read_modules
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call) and called(call) not in READERS
        for text in _texts([*call.args, *(keyword.value for keyword in call.keywords)])
    }


def actions_recorded(module: Module) -> Iterator[str]:
    """Yield what is given as an action, where it is said in words, to what records."""
    for call in ast.walk(module.tree):
        if not isinstance(call, ast.Call):
            continue
        given = [keyword.value for keyword in call.keywords if keyword.arg == "action"]
        if called(call) in {"record", "recording", "note"}:
            given += call.args[:1]
        if called(call) not in READERS:
            yield from _texts(given)


def called(call: ast.Call) -> str:
    """Return the last word of what is called."""
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _texts(given: list[ast.expr]) -> Iterator[str]:
    for node in given:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.IfExp):
            yield from _texts([node.body, node.orelse])
        elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            yield f"{node.values[0].value!s}*"
