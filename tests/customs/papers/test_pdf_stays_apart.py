"""The press and its libraries are loaded by who prints, and by nobody else."""

import ast

import pytest

from tests.architecture.tree import imports, product

PAPERS = "chalicelib.customs.papers"
LIBRARIES = ("uharfbuzz", "pydyf", "segno", "barcode")


def importers(package: str) -> set[str]:
    return {
        module
        for module, tree in product().items()
        for _, name in imports(tree)
        if f"{name}.".startswith(f"{package}.")
    }


@pytest.mark.parametrize("library", LIBRARIES)
def test_only_the_press_knows_its_libraries(library):
    found = importers(library)

    assert found
    assert all(module == f"{PAPERS}.pdf" or module.startswith(f"{PAPERS}.press.") for module in found)


def test_only_the_page_maker_knows_the_press():
    assert all(
        module == f"{PAPERS}.pdf" or module.startswith(f"{PAPERS}.press.") for module in importers(f"{PAPERS}.press")
    )


def test_nobody_loads_the_page_maker_before_it_is_needed():
    """Who prints imports it where it prints, inside a function: app.py reads every module of the workers."""
    found = [
        module
        for module, tree in product().items()
        for statement in tree.body
        if isinstance(statement, ast.Import | ast.ImportFrom)
        for _, name in imports(ast.Module([statement], []))
        if f"{name}.".startswith(f"{PAPERS}.pdf.")
    ]

    assert found == []


def test_the_press_knows_neither_facts_nor_the_makers_of_papers():
    known = {
        name
        for module, tree in product().items()
        if module.startswith(f"{PAPERS}.press.") or module == f"{PAPERS}.pdf"
        for _, name in imports(tree)
        if name.startswith("chalicelib.") and ".press" not in name
    }

    assert {name.removeprefix(f"{PAPERS}.").split(".")[0] for name in known} == {"document"}
