"""Packaging stops at whatever the Lambda runtime could not load."""

import struct
import zipfile
from pathlib import Path

import pytest

from infra.package import PackagingFailed, check_installed, pins, refuse, refuse_incomplete, vendor
from infra.wheels import GLIBC_BY_RUNTIME, Target, elf_machine, faults, loads, newest_glibc, target

ARM = target("python3.11", "arm64")
INTEL = target("python3.11", "x86_64")
WHEEL_NOTE = "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: false\nTag: cp311-abi3-{tag}\n"
MACHINE_NUMBERS = {"x86_64": 62, "aarch64": 183, "riscv": 243}


def _library(machine: str = "aarch64", *, glibc: str = "2.17", byte_order: str = "<") -> bytes:
    ident = b"\x7fELF\x02" + (b"\x01" if byte_order == "<" else b"\x02") + bytes(10)
    kind_and_machine = struct.pack(f"{byte_order}HH", 3, MACHINE_NUMBERS[machine])
    return ident + kind_and_machine + f"\0GLIBC_2.2.5\0GLIBC_{glibc}\0".encode()


def _plant(folder: Path, tag: str, library: bytes, name: str = "assay/_core.abi3.so") -> Path:
    """Install a wheel by hand: one library, its tag and its record."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(library)
    info = folder / "assay-1.0.dist-info"
    info.mkdir()
    (info / "WHEEL").write_text(WHEEL_NOTE.format(tag=tag))
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: assay\nVersion: 1.0\n")
    (info / "RECORD").write_text(f"{name},sha256=x,1\nassay-1.0.dist-info/WHEEL,,\n")
    return folder


def _wheel(folder: Path, tag: str) -> Path:
    """Build a wheel of a made-up compiled package, for pip to find or to refuse."""
    folder.mkdir(exist_ok=True)
    path = folder / f"assay-1.0-cp311-abi3-{tag}.whl"
    files = {
        "assay/__init__.py": b"",
        "assay/_core.abi3.so": _library("aarch64"),
        "assay-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: assay\nVersion: 1.0\n",
        "assay-1.0.dist-info/WHEEL": WHEEL_NOTE.format(tag=tag).encode(),
    }
    record = "".join(f"{name},,\n" for name in [*files, "assay-1.0.dist-info/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (files | {"assay-1.0.dist-info/RECORD": record.encode()}).items():
            archive.writestr(name, data)
    return path


def _requirements(folder: Path, line: str) -> Path:
    file = folder / "requirements.txt"
    file.write_text(line + "\n")
    return file


def test_a_manylinux_wheel_for_the_runtime_is_taken(tmp_path):
    assert faults(_plant(tmp_path, "manylinux_2_17_aarch64.manylinux2014_aarch64", _library()), ARM) == []


@pytest.mark.parametrize(
    ("tag", "library", "reason"),
    [
        ("linux_aarch64", _library(), "not a manylinux wheel"),
        ("musllinux_1_2_aarch64", _library(), "not a manylinux wheel"),
        ("manylinux_2_28_aarch64", _library(), "not a manylinux wheel the runtime can load"),
        ("manylinux2014_x86_64", _library("x86_64"), "compiled for x86_64"),
        ("manylinux2014_aarch64", _library("x86_64"), "compiled for x86_64"),
        ("manylinux2014_aarch64", _library("riscv"), "not ELF"),
        ("manylinux2014_aarch64", b"MZ a library of another system", "not ELF"),
        ("manylinux2014_aarch64", _library(glibc="2.28"), "needs glibc 2.28"),
    ],
)
def test_a_library_the_runtime_cannot_load_is_named_with_the_reason(tmp_path, tag, library, reason):
    (*_, found) = faults(_plant(tmp_path, tag, library), ARM) or [""]

    assert any(reason in fault for fault in faults(tmp_path, ARM))
    assert found.startswith("assay/_core.abi3.so: ")


def test_a_library_that_no_wheel_brought_is_refused(tmp_path):
    _plant(tmp_path, "manylinux2014_aarch64", _library())
    (tmp_path / "stray.so").write_bytes(_library())

    assert faults(tmp_path, ARM) == ["stray.so: belongs to no wheel"]


def test_a_compiled_program_without_an_ending_is_found_too(tmp_path):
    _plant(tmp_path, "linux_aarch64", _library(), name="assay/melt")

    assert len(faults(tmp_path, ARM)) == 1


def test_a_fault_stops_the_packaging():
    with pytest.raises(PackagingFailed, match="belongs to no wheel"):
        refuse(["stray.so: belongs to no wheel"])


@pytest.mark.parametrize(
    "output",
    [
        "Could not install dependencies:\nassay==1.0\nYou will have to build these yourself",
        "WARNING: could not install x",
    ],
)
def test_a_dependency_that_chalice_left_out_stops_the_packaging(output):
    with pytest.raises(PackagingFailed):
        refuse_incomplete(0, output)


def test_a_failed_chalice_stops_the_packaging_and_a_quiet_one_does_not():
    with pytest.raises(PackagingFailed):
        refuse_incomplete(1, "")
    refuse_incomplete(0, "Creating deployment package.")


@pytest.mark.parametrize("tag", ["linux_aarch64", "manylinux_2_28_aarch64", "manylinux2014_x86_64"])
def test_a_pin_without_a_wheel_for_the_runtime_stops_the_packaging(tmp_path, tag):
    wheel = _wheel(tmp_path / "wheels", tag)

    with pytest.raises(PackagingFailed, match="no wheel for aarch64"):
        vendor(ARM, tmp_path, _requirements(tmp_path, "assay==1.0"), index=wheel.parent)


def test_a_pin_with_only_sources_stops_the_packaging(tmp_path):
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "assay-1.0.tar.gz").write_bytes(b"")

    with pytest.raises(PackagingFailed, match="no wheel for aarch64"):
        vendor(ARM, tmp_path, _requirements(tmp_path, "assay==1.0"), index=tmp_path / "wheels")


def test_a_pin_with_a_fitting_wheel_is_fetched_once(tmp_path):
    wheel = _wheel(tmp_path / "wheels", "manylinux2014_aarch64")
    requirements = _requirements(tmp_path, "assay==1.0")

    first = vendor(ARM, tmp_path, requirements, index=wheel.parent)
    wheel.unlink()

    assert (first / "assay" / "_core.abi3.so").is_file()
    assert vendor(ARM, tmp_path, requirements, index=wheel.parent) == first


def test_what_is_installed_must_be_exactly_what_is_pinned(tmp_path):
    _plant(tmp_path, "manylinux2014_aarch64", _library())

    check_installed(tmp_path, {"assay": "1.0"})
    for pinned in ({}, {"assay": "1.1"}, {"assay": "1.0", "touchstone": "2.0"}):
        with pytest.raises(PackagingFailed):
            check_installed(tmp_path, pinned)


@pytest.mark.parametrize(
    "line", ["assay", "assay>=1.0", "assay==1.0; python_version < '3.12'", "-r more.txt", "assay==1.*"]
)
def test_requirements_hold_exact_pins_only(line):
    with pytest.raises(PackagingFailed):
        pins(line)


def test_the_runtime_of_each_python_has_its_glibc():
    assert GLIBC_BY_RUNTIME["python3.11"] == (2, 26)
    assert loads("manylinux_2_28_x86_64", target("python3.12", "x86_64"))
    assert not loads("manylinux_2_28_x86_64", INTEL)


def test_every_platform_asked_of_pip_is_one_the_runtime_loads():
    assert all(loads(tag, ARM) for tag in ARM.platforms)
    assert len(set(ARM.platforms)) == len(ARM.platforms) > 2


def test_the_machine_is_read_in_either_byte_order():
    assert elf_machine(_library("x86_64")) == "x86_64"
    assert elf_machine(_library("aarch64", byte_order=">")) == "aarch64"
    assert elf_machine(b"\x7fELF") is None


def test_glibc_versions_are_compared_as_numbers():
    assert newest_glibc(b"GLIBC_2.9 GLIBC_2.26 GLIBC_2.3.4") == (2, 26)
    assert newest_glibc(b"nothing") == (0, 0)
    assert Target("aarch64", (2, 26)).glibc > (2, 9)
