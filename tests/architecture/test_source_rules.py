"""Habits of the source that no linter knows."""

import ast
from collections.abc import Callable, Iterator
from statistics import quantiles

import pytest

from infra.package import STRIPPED_PARTS
from tests.architecture.tree import (
    OUTSIDE_ROOMS,
    ROOT,
    Function,
    body_lines,
    dotted_call,
    functions,
    imports,
    product,
    room_of,
)

LONGEST_FUNCTION = 40
LONGEST_FILE = 400
TENTH_LONGEST_FUNCTION = 25
CLOCKS = ("now", "utcnow", "today", "time.time", "time.time_ns", "perf_counter", "monotonic")
EVENT_DECORATORS = (
    "on_sqs_message",
    "schedule",
    "lambda_function",
    "on_sns_message",
    "on_cw_event",
    "on_dynamodb_record",
)

Rule = Callable[[ast.Module], Iterator[int]]


def clocks_read(tree: ast.Module) -> Iterator[int]:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return (
        call.lineno for call in calls if dotted_call(call).endswith(tuple(f".{name}" for name in CLOCKS) + CLOCKS[3:5])
    )


def environment_read(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in (
            "os.environ",
            "os.getenv",
            "os.environb",
        ):
            yield node.lineno
    yield from (line for line, name in imports(tree) if name in ("os.environ", "os.getenv"))


def broad_excepts(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "Exception"
            if {"Exception", "BaseException"} & set(caught.strip("()").replace(" ", "").split(",")):
                yield node.lineno


def scans(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            named = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            if dotted_call(node).endswith(".scan") or any(str(name).lower() == "scan" for name in named):
                yield node.lineno


def event_handlers(tree: ast.Module) -> Iterator[int]:
    for function in functions(tree):
        for decorator in function.decorator_list:
            if isinstance(decorator, ast.Call) and dotted_call(decorator).split(".")[-1] in EVENT_DECORATORS:
                yield function.lineno


def stripped_imports(tree: ast.Module) -> Iterator[int]:
    gone = tuple(part.removesuffix(".py").replace("/", ".") for part in STRIPPED_PARTS)
    return (line for line, name in imports(tree) if f"{name}.".startswith(tuple(f"{part}." for part in gone)))


def everywhere(_module: str) -> bool:
    return True


def in_chalicelib(module: str) -> bool:
    return module != "app"


def in_the_core(module: str) -> bool:
    return room_of(module) not in OUTSIDE_ROOMS


def below_the_edge(module: str) -> bool:
    """Everywhere but the outermost layer: app.py for queues, the API's entrance for routes. There, whatever goes wrong
    must become an answer without a trace of what a customer wrote, and the framework would log the message."""
    return in_chalicelib(module) and module != "chalicelib.api.entrance"


# A rule, where it holds, and a line that breaks it.
RULES: dict[str, tuple[Rule, Callable[[str], bool], str]] = {
    "now is an argument": (clocks_read, in_the_core, "x = datetime.now(UTC)"),
    "now is an argument, also by date": (clocks_read, in_the_core, "x = date.today()"),
    "now is an argument, also by time": (clocks_read, in_the_core, "x = time.time()"),
    "the environment is read outside the core": (environment_read, in_the_core, "x = os.environ['A']"),
    "nothing is caught that was not expected": (
        broad_excepts,
        below_the_edge,
        "try: f()\nexcept Exception: pass",
    ),
    "nothing is caught unnamed": (broad_excepts, below_the_edge, "try: f()\nexcept: pass"),
    "the table is never scanned": (scans, everywhere, "table.scan(Limit=1)"),
    "the table is never scanned by pages": (scans, everywhere, "client.get_paginator('scan')"),
    "event handlers lie in app.py": (
        event_handlers,
        in_chalicelib,
        "@bp.on_sqs_message(queue='q')\ndef f(event): ...",
    ),
    "what is not in the zip is not imported": (
        stripped_imports,
        everywhere,
        "from pydantic.v1 import BaseModel",
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_source_rule_holds(name):
    rule, holds_in, _ = RULES[name]

    found = [f"{module}:{line}" for module, tree in product().items() if holds_in(module) for line in rule(tree)]

    assert found == []


@pytest.mark.parametrize("name", RULES)
def test_breaking_a_source_rule_is_found(name):
    rule, _, broken = RULES[name]

    assert list(rule(ast.parse(broken)))


def _sizes() -> dict[str, int]:
    return {
        f"{module}:{function.name}": body_lines(function)
        for module, tree in product().items()
        for function in functions(tree)
    }


def test_no_function_is_longer_than_forty_lines():
    assert {name: size for name, size in _sizes().items() if size > LONGEST_FUNCTION} == {}


def test_nine_functions_of_ten_are_short():
    sizes = list(_sizes().values())

    assert quantiles(sizes, n=10)[-1] <= TENTH_LONGEST_FUNCTION


def test_no_file_is_longer_than_four_hundred_lines():
    files = [*ROOT.glob("*.py"), *(ROOT / "chalicelib").rglob("*.py"), *(ROOT / "infra").rglob("*.py")]
    lengths = {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8").count("\n") for file in files}

    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def _public(tree: ast.Module) -> Iterator[Function | ast.ClassDef]:
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node


def test_everything_public_says_what_it_is():
    silent = [
        f"{module}:{node.name}"
        for module, tree in product().items()
        for node in _public(tree)
        if ast.get_docstring(node) is None
    ]
    unnamed = [module for module, tree in product().items() if tree.body and ast.get_docstring(tree) is None]

    assert silent + unnamed == []


def _untyped(function: Function) -> bool:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    named = [argument for argument in arguments if argument.arg not in ("self", "cls")]
    return function.returns is None or any(argument.annotation is None for argument in named)


def test_every_function_is_typed():
    untyped = [
        f"{module}:{function.name}"
        for module, tree in product().items()
        for function in functions(tree)
        if _untyped(function)
    ]

    assert untyped == []
