"""The product's source as syntax trees, and small questions about them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Rooms by step: imports only point up, that is to an earlier step. Rooms on one step never import each other.
STEPS = (
    ("values",),
    ("shipments",),
    ("carriers", "customs", "insurance", "pickups", "returns"),
    ("alerts", "notices"),
    ("workflows",),
    ("api", "adapters"),
    ("app",),
)
STEP_BY_ROOM = {room: step for step, rooms in enumerate(STEPS) for room in rooms}
OUTSIDE_ROOMS = ("adapters", "api", "app")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def product() -> dict[str, ast.Module]:
    """Give app.py and every module of chalicelib, parsed, by dotted name."""
    files = [ROOT / "app.py", *sorted((ROOT / "chalicelib").rglob("*.py"))]
    return {dotted(file): ast.parse(file.read_text(encoding="utf-8")) for file in files}


def dotted(file: Path) -> str:
    """Give the import path of a file of the product."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room_of(module: str) -> str:
    """Give the room of a dotted module name; modules that lie directly in chalicelib are values."""
    first, *rest = module.split(".")
    if first != "chalicelib":
        return first
    return rest[0] if rest and rest[0] in STEP_BY_ROOM else "values"


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Give every imported dotted name with its line, also inside functions; a relative import starts with a
    dot.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = "." * node.level + (node.module or "")
            # `from chalicelib import customs` names a room only with its last word.
            yield from ((node.lineno, f"{source}.{alias.name}") for alias in node.names)


def functions(tree: ast.AST) -> Iterator[Function]:
    """Give every function and method, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def body_lines(function: Function) -> int:
    """Count the lines of a function from its first statement to its last, the docstring not among them."""
    statements = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (statements[-1].end_lineno or 0) - statements[0].lineno + 1 if statements else 0


def dotted_call(node: ast.Call) -> str:
    """Write what is called, as far as it is names and attributes: `datetime.now`."""
    return ast.unparse(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else ""
