"""Every kind of exception that the source can raise, found by walking it.

A kind is what stands under "kind" in a message that opens an exception (a literal with an episode), or what a
``Concern``, a ``Reminder`` or ``open_exception`` is made with. A name is followed to where it is given: to a constant,
to the callers of the function, to what a function returns. What cannot be followed is a fault of the walk, and said so.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from typing import Any

from chalicelib.insurance.claims import KINDS as CLAIM_KINDS
from chalicelib.returns.repair_clock import KINDS as REPAIR_KINDS
from chalicelib.rulebook import in_force
from chalicelib.watch_rows import WATCHED_KINDS
from chalicelib.workflows.verdicts import OUTCOMES_BY_KIND
from tests.architecture.tree import product
from tests.carriers.test_reasons import DAY

# Read at run time from a row that has its own list of kinds.
BY_ROW: dict[str, frozenset[str]] = {
    "concern.kind": frozenset(WATCHED_KINDS),
    "reminder.kind": CLAIM_KINDS,
    "trouble.kind": REPAIR_KINDS,
    "sign.kind": frozenset(row["kind"] for row in in_force("shipments/watch", DAY).rules["sign"]),
    # A closing, and a line of a log, name what was opened before.
    "exception.kind": frozenset(),
    "one.kind": frozenset(),
    "after.kind": frozenset(),
}
# Functions that open an exception, and where they take its kind: by position, by name.
MAKERS = {"open_exception": (None, "kind"), "problem_effect": (1, "kind")}
# Messages with an episode that open no exception.
NOT_RAISED = frozenset({"advance_case"})


@cache
def raised() -> frozenset[str]:
    """Every kind that any code of ours can raise."""
    found = {kind for module in _modules() for node in _nodes(module) for kind in _of(node, module)}
    return frozenset(found) - NOT_RAISED


@cache
def _modules() -> tuple[ast.Module, ...]:
    return tuple(tree for name, tree in product().items() if name != "chalicelib.alerts.playbooks")


@cache
def _nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """A tree as it is walked, once for all who ask."""
    return tuple(ast.walk(tree))


@cache
def _calls(module: ast.Module, name: str) -> tuple[ast.Call, ...]:
    """Every call of a function of this name."""
    return tuple(node for node in _nodes(module) if isinstance(node, ast.Call) and _name(node.func) == name)


def _of(node: ast.AST, module: ast.Module) -> Iterator[str]:
    if isinstance(node, ast.Dict):
        given = {key.value: value for key, value in zip(node.keys, node.values, strict=True) if _is_text(key)}
        if "kind" in given and ("episode" in given or "action" in given or "subject_kind" in given):
            yield from _resolved(given["kind"], module)
    elif isinstance(node, ast.Call) and _name(node.func) in MAKERS:
        place, name = MAKERS[_name(node.func)]
        yield from _resolved(_argument(node, place, name), module)


def _is_text(key: Any) -> bool:
    return isinstance(key, ast.Constant) and isinstance(key.value, str)


def _resolved(value: ast.AST | None, module: ast.Module, depth: int = 0) -> set[str]:
    assert value is not None, "a kind is given in a way this walk does not follow"
    assert depth < 8, f"a kind is given in too many steps: {ast.unparse(value)}"
    match value:
        case ast.Constant(value=text):
            return {text} if isinstance(text, str) else set()
        case ast.IfExp(body=one, orelse=other):
            return _resolved(one, module, depth + 1) | _resolved(other, module, depth + 1)
        case ast.BoolOp(values=several):
            return set().union(*(_resolved(one, module, depth + 1) for one in several))
        case ast.JoinedStr():
            return _fitting(value)
        case ast.Name(id=name):
            return _named(name, value, module, depth)
    return _looked_up(value, module, depth)


def _looked_up(value: ast.AST, module: ast.Module, depth: int) -> set[str]:
    match value:
        case ast.Attribute() if ast.unparse(value) in BY_ROW:
            return set(BY_ROW[ast.unparse(value)])
        case ast.Subscript(value=ast.Name(id="message"), slice=ast.Constant(value="kind")):
            return set()  # what somebody else raised
        case ast.Subscript(value=ast.Name(id=name)):
            return _texts(_constant(name, module))
        case ast.Call(func=ast.Attribute(attr="get", value=ast.Name(id=name))):
            return _texts(_constant(name, module))
        case ast.Call():
            return _returned(_name(value.func), module, depth)
    raise AssertionError(f"a kind is given in a way this walk does not follow: {ast.unparse(value)}")


def _fitting(value: ast.JoinedStr) -> set[str]:
    """A kind made of a booking's kind: every such booking has an outcome that a person may choose."""
    end = value.values[-1]
    assert isinstance(end, ast.Constant), ast.unparse(value)
    return {kind for kind in OUTCOMES_BY_KIND if kind.endswith(str(end.value))}


def _named(name: str, value: ast.Name, module: ast.Module, depth: int) -> set[str]:
    """A name: given in its function, handed in by its callers, or a constant."""
    function = next((one for one in _functions(module) if any(node is value for node in _nodes(one))), None)
    if function is not None:
        local = [
            node.value
            for node in _nodes(function)
            if isinstance(node, ast.Assign)
            and any(isinstance(one, ast.Name) and one.id == name for one in node.targets)
        ]
        if local:
            return set().union(*(_resolved(one, module, depth + 1) for one in local))
        taken = [arg.arg for arg in (*function.args.args, *function.args.kwonlyargs)]
        if name in taken:
            return _handed_in(function, name, module, depth)
    return _texts(_constant(name, module))


def _handed_in(function: ast.FunctionDef, name: str, home: ast.Module, depth: int) -> set[str]:
    names = [arg.arg for arg in function.args.args]
    place = names.index(name) if name in names else None
    found: set[str] = set()
    for module in _where(function.name, home):
        for node in _calls(module, function.name):
            given = _argument(node, place, name)
            if given is not None:
                found |= _resolved(given, module, depth + 1)
    return found


def _where(name: str, home: ast.Module) -> tuple[ast.Module, ...]:
    """The modules in which a name means this one: a private name only at home."""
    return (home,) if name.startswith("_") else _modules()


def _returned(name: str, home: ast.Module, depth: int) -> set[str]:
    found: set[str] = set()
    for module in _where(name, home):
        for function in _functions(module):
            if function.name == name:
                for node in _nodes(function):
                    if isinstance(node, ast.Return) and node.value is not None:
                        found |= _resolved(node.value, module, depth + 1)
    assert found, f"{name} returns no kind that this walk can follow"
    return found


def _constant(name: str, home: ast.Module) -> ast.AST | None:
    for module in (home, *_where(name, home)):
        for node in module.body:
            for target, value in _assigned(node):
                if target == name:
                    return value
    return None


def _assigned(node: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        yield node.target.id, node.value
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield target.id, node.value
            elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                yield from ((one.id, value) for one, value in zip(target.elts, node.value.elts, strict=False))  # type: ignore[attr-defined]


def _texts(value: ast.AST | None) -> set[str]:
    assert value is not None
    if isinstance(value, ast.Dict):
        return {one.value for one in value.values if isinstance(one, ast.Constant)}
    assert isinstance(value, ast.Constant), ast.unparse(value)
    return {str(value.value)}


def _argument(call: ast.Call, place: int | None, name: str) -> ast.AST | None:
    named = next((one.value for one in call.keywords if one.arg == name), None)
    if named is not None or place is None or place >= len(call.args):
        return named
    return call.args[place]


@cache
def _functions(module: ast.Module) -> tuple[ast.FunctionDef, ...]:
    return tuple(node for node in _nodes(module) if isinstance(node, ast.FunctionDef))


def _name(called: ast.AST) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
