"""`local` is `prod` but for its architecture and named values, so that what runs on a desk is what ships."""

import json
import re
import zipfile
from typing import Any

from infra.build_template import LOCAL_VALUES

# The library of each architecture carries it in its name; a wheel's own notes name the file they list.
WHEEL_NOTES = ("/RECORD", "/WHEEL")
# A library that a wheel brings along has a digest of itself in its name.
DIGEST = re.compile(r"(?<=-)[0-9a-f]{8}(?=\.so)")


def _leaves(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, dict):
        rows = value.items()
    elif isinstance(value, list):
        rows = enumerate(value)
    else:
        return {path: value}
    return {name: leaf for key, row in rows for name, leaf in _leaves(row, f"{path}.{key}".lstrip(".")).items()}


def _expected(path: str) -> bool:
    last = path.rsplit(".", 1)[-1]
    named = path in LOCAL_VALUES or path == "Parameters.Stage.Default"
    return named or ".Architectures." in path or last in ("GOLDTHREAD_STAGE", "aws-chalice")


def test_local_and_prod_differ_only_in_architecture_and_named_values(packages):
    local = _leaves(packages["local"].template)
    prod = _leaves(packages["prod"].template)

    different = {path for path in local.keys() | prod.keys() if local.get(path) != prod.get(path)}

    assert {path for path in different if not _expected(path)} == set()
    assert LOCAL_VALUES.keys() <= different


def test_dev_and_prod_leave_every_named_local_value_alone(packages):
    for path, value in LOCAL_VALUES.items():
        for stage in ("dev", "prod"):
            assert _leaves(packages[stage].template).get(path) != value
            assert json.dumps(value) not in json.dumps(packages[stage].template)


def _without_architecture(name: str) -> str:
    return DIGEST.sub("DIGEST", name.replace("x86_64", "ARCH").replace("aarch64", "ARCH"))


def test_local_and_prod_ship_the_same_files(packages):
    contents: list[dict[str, bytes]] = []
    for stage in ("local", "prod"):
        with zipfile.ZipFile(packages[stage].archive) as archive:
            contents.append({_without_architecture(name): archive.read(name) for name in archive.namelist()})
    local, prod = contents

    different = {name for name in local.keys() & prod.keys() if local[name] != prod[name]}

    assert local.keys() == prod.keys()
    assert {name for name in different if ".so" not in name and not name.endswith(WHEEL_NOTES)} == set()
