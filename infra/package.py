"""`make package STAGE=x`: from the working tree to build/<stage>/: sam.json, deployment.zip, hash.

The steps: fetch the pinned wheels for the stage's architecture into a vendor folder (kept by pins and
architecture); copy app.py, chalicelib and .chalice beside it, without bytecode left by tests; run `chalice
package` with the merge template; pack the result again so that the same sources give the same bytes; refuse
whatever the runtime cannot load. A stage whose sources have not changed is left as it is.
"""

import fcntl
import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.build_template import STAGES, architecture, build_template
from infra.wheels import Target, faults, target

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
CODE_ROOT = "/var/task"
OUTPUTS = ("sam.json", "deployment.zip", "hash")
# What no handler reads: tests of dependencies, their programs, bills of materials and type stubs.
STRIPPED_FOLDERS = ("tests", "bin", "sboms", "__pycache__")
STRIPPED_SUFFIXES = (".pyi", ".pyx", ".c", ".h")
# Whole parts that nothing of ours reaches (a test holds our imports against this list). Chalice does the
# routing; app.py reports partial batches itself; cryptography calls the compiled cffi backend and never the C
# parser that made it; nobody here writes pydantic 1 models, handles certificates or key pairs, or runs in a browser;
# the press draws bars and squares itself; "docs" is the manual that python-barcode puts beside itself.
STRIPPED_PARTS = (
    # of what decodes pictures: everything but JPEG, PNG and WebP, with the libraries behind it
    "PIL/[A-IK-OQ-SUVX-Z]*ImagePlugin.py",
    "PIL/*FontFile.py",
    "PIL/GdImageFile.py",
    "PIL/ImageCms.py",
    "PIL/ImageDraw*.py",
    "PIL/ImageFilter.py",
    "PIL/ImageFont.py",
    "PIL/ImageGrab.py",
    "PIL/ImageM[ao][rt]*.py",
    "PIL/ImageQt.py",
    "PIL/ImageShow.py",
    "PIL/ImageTk.py",
    "PIL/ImageWin.py",
    "PIL/Jpeg2K*",
    "PIL/P[a-mo-z]*ImagePlugin.py",
    "PIL/PdfParser.py",
    "PIL/T[ag]*",
    "PIL/W[am]*",
    "PIL/_avif*",
    "PIL/_imagingcms*",
    "PIL/_imagingft*",
    "PIL/_imagingmath*",
    "PIL/_imagingmorph*",
    "PIL/_imagingtk*",
    "pillow.libs/libavif*",
    "pillow.libs/libbrotli*",
    "pillow.libs/libfreetype*",
    "pillow.libs/libharfbuzz*",
    "pillow.libs/liblcms2*",
    "pillow.libs/libpng16*",
    "aws_lambda_powertools/event_handler",
    "aws_lambda_powertools/utilities/auth_alpha",
    "aws_lambda_powertools/utilities/batch",
    "aws_lambda_powertools/utilities/circuit_breaker",
    "aws_lambda_powertools/utilities/data_classes",
    "aws_lambda_powertools/utilities/data_masking",
    "aws_lambda_powertools/utilities/feature_flags",
    "aws_lambda_powertools/utilities/idempotency",
    "aws_lambda_powertools/utilities/kafka",
    "aws_lambda_powertools/utilities/parameters",
    "aws_lambda_powertools/utilities/parser",
    "aws_lambda_powertools/utilities/streaming",
    "aws_lambda_powertools/utilities/validation",
    "barcode/fonts",
    "cffi",
    "cryptography/hazmat/asn1",
    "cryptography/hazmat/primitives/asymmetric",
    "cryptography/hazmat/primitives/serialization",
    "cryptography/x509",
    "docs",
    "pycparser",
    "pydantic/mypy.py",
    "pydantic/v1",
    "segno/cli.py",
    "tzdata/zoneinfo/tzdata.zi",
    "urllib3/contrib",
)
# A package's own front page; licences stay.
STRIPPED_PAPERS = ("METADATA",)
_PIN = re.compile(r"([A-Za-z0-9._-]+)==([^\s;#*]+)")


class PackagingFailed(Exception):
    """The package would not run where it is going; the message says what and why."""


def package(stage: str, build: Path = BUILD) -> bool:
    """Package one stage into build/<stage>/; give False when the sources are those of the last time."""
    out = build / stage
    build.mkdir(parents=True, exist_ok=True)
    with _alone(build):
        sources = sources_digest(stage)
        marker = out / "sources"
        if marker.is_file() and marker.read_text() == sources and all((out / name).is_file() for name in OUTPUTS):
            return False
        wanted = target(RUNTIME, architecture(stage))
        project = build / f"{stage}.project"
        _copy_project(project, vendor(wanted, build))
        (build / f"{stage}.merge.json").write_text(json.dumps(build_template(stage), indent=1))
        _chalice_package(stage, project, build / f"{stage}.merge.json", build / f"{stage}.chalice")
        _finish(build / f"{stage}.chalice", out, wanted)
        marker.write_text(sources)
    return True


@contextmanager
def _alone(build: Path) -> Iterator[None]:
    """Let one process package at a time; a second one waits and then finds the work done."""
    with (build / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def sources_digest(stage: str) -> str:
    """Digest everything that decides what a package holds."""
    digest = hashlib.sha256(f"{stage} {RUNTIME} {architecture(stage)} {importlib.metadata.version('chalice')}".encode())
    for file in _source_files():
        digest.update(f"\0{file.relative_to(ROOT)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _source_files() -> list[Path]:
    infra = [
        ROOT / "infra" / name
        for name in ("alarms.py", "build_template.py", "package.py", "resources.yaml", "wheels.py")
    ]
    return [*_shipped_files(), *sorted((ROOT / ".chalice").glob("*.json")), ROOT / "requirements.txt", *infra]


def _shipped_files() -> list[Path]:
    ours = sorted((ROOT / "chalicelib").rglob("*"))
    kept = [file for file in ours if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc"]
    return [ROOT / "app.py", *kept]


def pins(requirements: str) -> dict[str, str]:
    """Read `name==version` lines; names in the one spelling that all tools understand.

    >>> pins("pydantic_core==2.50.4  # for pydantic")
    {'pydantic-core': '2.50.4'}
    """
    lines = [line.split("#", 1)[0].strip() for line in requirements.splitlines()]
    found = [_PIN.fullmatch(line) for line in lines if line]
    if not all(found):
        raise PackagingFailed("requirements.txt may hold only name==version lines")
    return {_spelled(match[1]): match[2] for match in found if match}


def _spelled(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def vendor(
    wanted: Target, build: Path, requirements: Path = ROOT / "requirements.txt", index: Path | None = None
) -> Path:
    """Fetch the pinned wheels for the target, compiled to bytecode; kept between runs by pins and target.

    `index` is a folder of wheels to take instead of the package index.
    Raises PackagingFailed when a pin has no wheel for the target, when something unpinned came along, or when
    a compiled file would not load.
    """
    text = requirements.read_text(encoding="utf-8")
    key = hashlib.sha256(
        f"{RUNTIME} {wanted} {STRIPPED_FOLDERS} {STRIPPED_SUFFIXES} {STRIPPED_PARTS} {STRIPPED_PAPERS} {text}".encode()
    ).hexdigest()[:16]
    kept = build / "vendor" / f"{wanted.machine}-{key}"
    if kept.is_dir():
        return kept
    fresh = kept.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    _install_wheels(requirements, wanted, fresh, index)
    check_installed(fresh, pins(text))
    refuse(faults(fresh, wanted))
    _strip(fresh)
    _compile(fresh)
    fresh.rename(kept)
    return kept


def _install_wheels(requirements: Path, wanted: Target, folder: Path, index: Path | None) -> None:
    abi = f"cp{sys.version_info.major}{sys.version_info.minor}"
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-compile",
    ]
    command += [
        "--only-binary=:all:",
        "--implementation=cp",
        f"--python-version={RUNTIME.removeprefix('python')}",
    ]
    command += [f"--abi={name}" for name in (abi, "abi3", "none")]
    command += [f"--platform={name}" for name in wanted.platforms]
    command += [f"--target={folder}", f"--requirement={requirements}"]
    if index:
        command += ["--no-index", f"--find-links={index}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PackagingFailed(f"a dependency has no wheel for {wanted.machine}:\n{done.stderr.strip()}")


def check_installed(folder: Path, pinned: dict[str, str]) -> None:
    """Refuse a vendor folder that holds anything but exactly what is pinned."""
    found = {_spelled(dist.name): dist.version for dist in importlib.metadata.distributions(path=[str(folder)])}
    unpinned = sorted(found.keys() - pinned.keys())
    missing = sorted(name for name, version in pinned.items() if found.get(name) != version)
    if unpinned or missing:
        raise PackagingFailed(f"requirements.txt: not pinned {unpinned}, not installed as pinned {missing}")


def refuse(found: list[str]) -> None:
    """Stop when anything was found that would not load."""
    if found:
        raise PackagingFailed("not loadable by the Lambda runtime:\n  " + "\n  ".join(found))


def _strip(folder: Path) -> None:
    for found in [path for part in STRIPPED_PARTS for path in folder.glob(part)]:
        if found.is_dir():
            shutil.rmtree(found)
        else:
            found.unlink()
    for path in sorted(folder.rglob("*")):
        if path.is_dir() and path.name in STRIPPED_FOLDERS:
            shutil.rmtree(path)
        elif path.is_file() and (path.suffix in STRIPPED_SUFFIXES or _is_front_page(path)):
            path.unlink()


def _is_front_page(path: Path) -> bool:
    return path.name in STRIPPED_PAPERS and path.parent.suffix == ".dist-info"


def _compile(folder: Path) -> None:
    """Compile to bytecode that is used unchecked: the code folder of a Lambda is read-only, so without it
    every cold start compiles everything again.
    """
    command = [sys.executable, "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(folder), "-p", CODE_ROOT, str(folder)]
    # Sets are written in hash order; a fixed seed gives the same bytes each time.
    subprocess.run(command, check=True, env=os.environ | {"PYTHONHASHSEED": "0"})


def _copy_project(project: Path, vendored: Path) -> None:
    shutil.rmtree(project, ignore_errors=True)
    for file in [*_shipped_files(), *sorted((ROOT / ".chalice").glob("*.json"))]:
        copy = project / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    # The wheels are in vendor/ already, for the right architecture; Chalice has nothing left to fetch.
    (project / "requirements.txt").write_text("")
    (project / "vendor").symlink_to(vendored)


def _chalice_package(stage: str, project: Path, merge: Path, out: Path) -> None:
    shutil.rmtree(out, ignore_errors=True)
    command = [str(Path(sys.executable).with_name("chalice")), "--project-dir", str(project), "package"]
    command += ["--stage", stage, "--pkg-format", "cloudformation", "--template-format", "json"]
    command += ["--merge-template", str(merge), str(out)]
    # A region is asked for and not used. Chalice imports the app: no bytecode of that may end in the zip.
    env = os.environ | {"AWS_DEFAULT_REGION": "us-east-1", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    refuse_incomplete(done.returncode, done.stdout + done.stderr)


def refuse_incomplete(returncode: int, output: str) -> None:
    """Refuse a package that Chalice could not complete: it only warns of a dependency it left out."""
    if returncode or "could not install" in output.lower():
        raise PackagingFailed(f"chalice package:\n{output.strip()}")


def _finish(made: Path, out: Path, wanted: Target) -> None:
    """Check and pack what Chalice made, and put it in place."""
    unpacked = made / "unpacked"
    with zipfile.ZipFile(made / "deployment.zip") as archive:
        archive.extractall(unpacked)
    refuse(faults(unpacked, wanted))
    _compile(unpacked)
    out.mkdir(exist_ok=True)
    write_zip(unpacked, out / "deployment.zip")
    template = json.loads((made / "sam.json").read_text(encoding="utf-8"))
    (out / "sam.json").write_text(json.dumps(template, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    digest = hashlib.sha256((out / "sam.json").read_bytes() + (out / "deployment.zip").read_bytes())
    (out / "hash").write_text(digest.hexdigest() + "\n")
    shutil.rmtree(made)


def write_zip(folder: Path, archive: Path) -> None:
    """Zip a folder so that equal files give equal bytes: sorted names, one date, one mode."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            packed.writestr(entry, file.read_bytes())


def main(arguments: list[str]) -> int:
    """Package the stages named, or say what is wrong."""
    try:
        for stage in arguments:
            if stage not in STAGES:
                raise PackagingFailed(f"unknown stage {stage!r}, there are {', '.join(STAGES)}")
            print(f"package {stage}: {'made' if package(stage) else 'unchanged'}")
    except PackagingFailed as failed:
        print(f"package: {failed}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
