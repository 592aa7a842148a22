"""The zip by itself: what is in it, what it weighs, and that it runs with nothing else on the path."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.build_template import FUNCTIONS, architecture
from infra.package import BUILD, RUNTIME, package, pins
from infra.wheels import faults, target
from tests.architecture.tree import ROOT

UNPACKED_LIMIT_BYTES = 110_000_000
# What the Lambda runtime has by itself, so that the zip must not.
BROUGHT_BY_THE_RUNTIME = ("boto3", "botocore", "s3transfer", "dateutil")
# What reading app.py may load besides the standard library and our own. A name that appears here costs every
# cold start of every function.
ALLOWED_AT_IMPORT = {
    "annotated_types",
    "app",
    "aws_lambda_powertools",
    "chalice",
    "chalicelib",
    "jmespath",
    "pydantic",
    "pydantic_core",
    "typing_extensions",
    "typing_inspection",
}
# What a function may load beyond that, by who needs it. Nobody, so far: clients and ciphers are made at first
# use.
ALLOWED_BY_FUNCTION: dict[str, set[str]] = {name: set() for name in FUNCTIONS}
# The frameworks alone: what the import of the app is measured against.
FRAMEWORKS = """
import json, sys
sys.path.insert(0, ".")
import chalice
from aws_lambda_powertools import Logger, Metrics
from pydantic import BaseModel
class Ring(BaseModel):
    fineness: int
print(json.dumps(len([name for name in sys.modules if name.split(".")[0] != "chalicelib"])))
"""
LOADED = """
import json, sys
sys.path.insert(0, ".")
known = set(sys.modules)
import app
others = [name for name in sys.modules if name.split(".")[0] != "chalicelib"]
loaded = {name.split(".")[0] for name in set(sys.modules) - known} - sys.stdlib_module_names
handler = getattr(app, sys.argv[1])
print(json.dumps({"callable": callable(handler), "loaded": sorted(loaded), "count": len(others)}))
"""
# What draws a PDF. Only the papers worker may load any of it: with its fonts it is half of the zip.
PRESS = ("barcode", "chalicelib.customs.papers.pdf", "chalicelib.customs.papers.press", "pydyf", "segno", "uharfbuzz")
# Every story that a function tells, but for what the papers worker prints with.
STORIES = """
import json, sys
sys.path.insert(0, ".")
import app
from chalicelib.api.desk import workflows
from chalicelib.workflows import make_papers, poll_tracking, raise_alert, sweep_due_work, take_steps, take_tracking
workflows()
print(json.dumps(sorted(sys.modules)))
"""
PRINTED = """
import hashlib, json, sys
sys.path.insert(0, ".")
import app
from chalicelib.customs.papers.document import Document, Fields, Heading, Paragraph, Statement
press = app.world.press()
page = Document(
    "return_invoice", "Return invoice", "RMA-2XB-7KQ-9FD", "fr", "A4", "2026-11-23",
    (Heading("Bague"), Paragraph("金戒指 خاتم Élodie"), Fields((("Facture", "INV-1"),)), Statement("Retour.")),
    barcode="794612345678", qr="RMA-2XB-7KQ-9FD",
)
first, again = press.render(page), press.render(page)
loaded = [name for name in sys.argv[1:] if name in sys.modules]
digest = hashlib.sha256(first).hexdigest()
print(json.dumps({"head": first[:5].decode(), "same": first == again, "sha256": digest, "loaded": loaded}))
"""
# What decodes pictures: the evidence worker alone may load it, and only once there is a photo to be copied.
DRAWN = """
import hashlib, json, sys
sys.path.insert(0, ".")
import app
from chalicelib.api.desk import workflows
from chalicelib.workflows import look_at_evidence
workflows()
before = [name for name in sys.modules if name.split(".")[0] == "PIL"]
from datetime import date
from PIL import Image
from io import BytesIO
from chalicelib.returns.evidence_rules import evidence_rules
from chalicelib.returns.photo_copies import copies_of
shown, told = evidence_rules(date(2026, 11, 22)).shown, {}
for kind in ("JPEG", "PNG", "WEBP"):
    drawn = BytesIO()
    Image.new("RGB", (3000, 1500), (212, 175, 55)).save(drawn, kind)
    copy = copies_of(drawn.getvalue(), "image/" + kind.lower(), shown, 64_000_000).copy
    told[kind] = Image.open(BytesIO(copy)).size
print(json.dumps({"before": before, "copies": told}))
"""
SEALED = """
import sys
sys.path.insert(0, ".")
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from zoneinfo import ZoneInfo, reset_tzpath
reset_tzpath(to=[])
sealed = AESGCM(bytes(32)).encrypt(bytes(12), b"ring", b"case")
assert AESGCM(bytes(32)).decrypt(bytes(12), sealed, b"case") == b"ring"
assert ZoneInfo("Asia/Shanghai").key
from aws_lambda_powertools import Logger, Metrics
from pydantic import BaseModel
class Ring(BaseModel):
    fineness: int
Logger(service="zip").info("made", extra={"fineness": Ring(fineness=750).fineness})
print("works")
"""


@pytest.fixture(scope="module")
def unpacked(packages, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(packages["local"].archive) as archive:
        archive.extractall(folder)
    return folder


def _alone(folder: Path, program: str, *arguments: str, env: dict[str, str] | None = None) -> str:
    """Run a program in the unpacked zip with a bare interpreter: no site-packages, no environment but
    `env`.
    """
    command = [sys.executable, "-S", "-I", "-c", program, *arguments]
    done = subprocess.run(command, cwd=folder, env=env or {}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _environment(function: dict) -> dict[str, str]:
    """Give a function the variables its template names, with words for what CloudFormation would fill in."""
    told = function["Environment"]["Variables"].items()
    filled = {name: value if isinstance(value, str) else value["Ref"] for name, value in told}
    return filled | {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_starts_from_the_zip_alone_and_loads_only_what_it_may(unpacked, packages, function):
    described = packages["local"].functions[function]
    handler = described["Handler"].removeprefix("app.")

    seen = json.loads(_alone(unpacked, LOADED, handler, env=_environment(described)))

    assert seen["callable"]
    assert set(seen["loaded"]) - ALLOWED_AT_IMPORT <= ALLOWED_BY_FUNCTION[function]


def test_the_app_loads_little_more_than_its_frameworks(unpacked):
    app = json.loads(_alone(unpacked, LOADED, "app"))["count"]

    assert app <= 1.5 * json.loads(_alone(unpacked, FRAMEWORKS))


def test_no_story_but_printing_loads_what_draws_a_pdf(unpacked, packages):
    environment = _environment(packages["local"].functions["APIHandler"])

    loaded = json.loads(_alone(unpacked, STORIES, env=environment))

    assert "chalicelib.workflows.make_papers" in loaded
    assert [name for name in loaded if name in PRESS or name.startswith(tuple(f"{one}." for one in PRESS))] == []


def test_the_papers_worker_prints_a_page_from_the_zip_alone_and_the_same_page_again(unpacked, packages):
    environment = _environment(packages["local"].functions["OnPapersDue"])
    elsewhere = environment | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}

    told, again = (json.loads(_alone(unpacked, PRINTED, *PRESS, env=env)) for env in (environment, elsewhere))

    assert (told["head"], told["same"]) == ("%PDF-", True)
    assert set(told["loaded"]) == set(PRESS)
    assert again["sha256"] == told["sha256"]


def test_the_evidence_worker_copies_photos_from_the_zip_alone_and_nobody_else_loads_what_decodes_them(
    unpacked, packages
):
    environment = _environment(packages["local"].functions["OnEvidenceDue"])

    told = json.loads(_alone(unpacked, DRAWN, env=environment))

    assert told["before"] == []
    assert told["copies"] == {"JPEG": [2048, 1024], "PNG": [2048, 1024], "WEBP": [2048, 1024]}


def test_the_fonts_are_in_the_zip_with_their_licence(packaged):
    fonts = ROOT / "chalicelib" / "customs" / "papers" / "fonts"

    wanted = {file.relative_to(ROOT).as_posix() for file in fonts.iterdir() if file.is_file()}

    assert wanted <= packaged.files.keys()
    assert [name for name in wanted if name.endswith((".ttf", ".ttc", ".otf"))]
    assert [name for name in wanted if "LICENSE" in name]


def test_what_was_left_out_of_the_zip_is_not_missed(unpacked):
    assert _alone(unpacked, SEALED).endswith("works\n")


def test_the_zip_unpacks_within_its_limit(packaged):
    assert sum(entry.file_size for entry in packaged.files.values()) <= UNPACKED_LIMIT_BYTES


def test_the_zip_holds_the_product_and_not_the_workbench(packaged):
    folders = {name.split("/")[0] for name in packaged.files}

    assert {"app.py", "chalice", "chalicelib"} <= folders
    assert folders.isdisjoint({"tests", "infra", "docs", "moto", "pytest", "vendor", *BROUGHT_BY_THE_RUNTIME})


def test_the_zip_holds_every_pin_and_nothing_unpinned(packaged):
    pinned = {
        f"{name.replace('-', '_')}-{version}" for name, version in pins((ROOT / "requirements.txt").read_text()).items()
    }
    shipped = {name.split("/")[0].removesuffix(".dist-info") for name in packaged.files if ".dist-info/" in name}

    assert {name.lower() for name in shipped} == pinned


def test_every_module_in_the_zip_has_its_bytecode(packaged):
    compiled = {
        name.split(".cpython")[0].replace("__pycache__/", "") for name in packaged.files if name.endswith(".pyc")
    }

    assert {
        name for name in packaged.files if name.endswith(".py") and name.removesuffix(".py") not in compiled
    } == set()


def test_every_library_in_the_zip_loads_on_the_stage_s_architecture(packaged, tmp_path):
    with zipfile.ZipFile(packaged.archive) as archive:
        archive.extractall(tmp_path)

    assert [name for name in packaged.files if name.endswith(".so")]
    assert faults(tmp_path, target(RUNTIME, architecture(packaged.stage))) == []


def test_the_same_sources_give_the_same_bytes(packages, tmp_path):
    (tmp_path / "vendor").symlink_to(BUILD / "vendor")

    package("local", tmp_path)

    for name in ("sam.json", "deployment.zip", "hash"):
        assert (tmp_path / "local" / name).read_bytes() == (packages["local"].folder / name).read_bytes()


def test_a_stage_whose_sources_did_not_change_is_left_alone(packages):
    before = packages["local"].archive.stat().st_mtime_ns

    assert package("local") is False
    assert packages["local"].archive.stat().st_mtime_ns == before
