"""Imports only ever point up the house."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.tree import OUTSIDE_ROOMS, STEP_BY_ROOM, imports, product, room_of

# Who may touch the world: package -> the rooms that may import it. What is not named here anybody may import.
ROOMS_BY_OUTSIDE_PACKAGE = {
    "boto3": ("adapters",),
    "botocore": ("adapters",),
    "chalice": ("api", "app"),
    "aws_lambda_powertools": ("adapters", "api", "app"),
    "socket": ("adapters",),
    "ssl": ("adapters",),
    "http": ("adapters", "api"),
    "urllib.request": ("adapters",),
    "urllib3": ("adapters",),
    "requests": (),
    "PIL": ("returns",),
    "subprocess": (),
    "multiprocessing": (),
    "asyncio": (),
}


def wrong_arrows(module: str, tree: ast.Module) -> Iterator[str]:
    room = room_of(module)
    for line, name in imports(tree):
        if name.startswith("."):
            yield f"{module}:{line} imports {name}: write the whole path"
        elif name.split(".")[0] in ("chalicelib", "app"):
            other = room_of(name)
            if other != room and STEP_BY_ROOM[other] >= STEP_BY_ROOM[room]:
                yield f"{module}:{line} ({room}) imports {name} ({other})"


def wrong_contacts(module: str, tree: ast.Module) -> Iterator[str]:
    for line, name in imports(tree):
        for package, rooms in ROOMS_BY_OUTSIDE_PACKAGE.items():
            if f"{name}.".startswith(f"{package}.") and room_of(module) not in rooms:
                yield f"{module}:{line} imports {name}"


def test_every_folder_of_chalicelib_is_a_room_with_a_step():
    rooms = {module.split(".")[1] for module in product() if module.count(".") >= 2}

    assert rooms <= STEP_BY_ROOM.keys()


def test_imports_only_point_up():
    found = [arrow for module, tree in product().items() for arrow in wrong_arrows(module, tree)]

    assert found == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("chalicelib.money", "from chalicelib.shipments.fold import fold"),
        ("chalicelib.customs.duty", "import chalicelib.carriers.registry"),
        ("chalicelib.customs.duty", "from chalicelib import carriers"),
        ("chalicelib.api.returns", "from chalicelib.adapters import table"),
        ("chalicelib.adapters.table", "from chalicelib.api import problems"),
        ("chalicelib.workflows.sweep", "def f():\n    from chalicelib.adapters.table import Table"),
        ("chalicelib.shipments.fold", "from .events import Event"),
        ("chalicelib.api.returns", "import app"),
    ],
)
def test_an_arrow_that_points_down_or_sideways_is_found(module, line):
    assert list(wrong_arrows(module, ast.parse(line)))


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("chalicelib.money", "from chalicelib.errors import ReturnsError"),
        ("chalicelib.carriers.fedex.track", "from chalicelib.shipments.events import Event"),
        ("chalicelib.adapters.table", "from chalicelib.workflows.ports import Cases"),
        ("app", "from chalicelib.adapters import wiring"),
    ],
)
def test_an_arrow_that_points_up_is_allowed(module, line):
    assert list(wrong_arrows(module, ast.parse(line))) == []


def test_only_the_outer_rooms_touch_the_world():
    found = [contact for module, tree in product().items() for contact in wrong_contacts(module, tree)]

    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "import boto3",
        "from urllib.request import urlopen",
        "import http.client",
        "from chalice import Blueprint",
    ],
)
def test_the_core_touching_the_world_is_found(line):
    assert list(wrong_contacts("chalicelib.customs.duty", ast.parse(line)))


def test_the_outer_rooms_are_the_last_steps():
    assert {room for room, step in STEP_BY_ROOM.items() if step >= STEP_BY_ROOM["api"]} == set(OUTSIDE_ROOMS)
