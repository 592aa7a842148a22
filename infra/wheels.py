"""Which compiled files the Lambda runtime can load, and a check that nothing else is in a package.

A Python runtime of Lambda is a Linux with a fixed C library: python3.11 runs on Amazon Linux 2 with glibc
2.26, python3.12 and later on Amazon Linux 2023 with glibc 2.34 (AWS Lambda developer guide, Lambda runtimes;
chalice 1.34 holds the same table). A manylinux wheel says in its tag which glibc it needs (PEP 600). A
library built on the packaging machine carries a plain `linux` tag and proves nothing, so it is refused even
when it would happen to load.
"""

import csv
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Glibc = tuple[int, int]

GLIBC_BY_RUNTIME: dict[str, Glibc] = {
    "python3.11": (2, 26),
    "python3.12": (2, 34),
    "python3.13": (2, 34),
}
MACHINE_BY_ARCHITECTURE = {"x86_64": "x86_64", "arm64": "aarch64"}
# e_machine of the ELF header (System V ABI, and its AArch64 supplement).
ELF_MACHINES = {62: "x86_64", 183: "aarch64"}
LEGACY_TAGS: dict[str, Glibc] = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_LEGACY = re.compile(r"(manylinux1|manylinux2010|manylinux2014)_(\w+)")
_PERENNIAL = re.compile(r"manylinux_(\d+)_(\d+)_(\w+)")
_NEEDED = re.compile(rb"GLIBC_(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True)
class Target:
    """The machine a package is for: `x86_64` or `aarch64`, and the newest glibc symbols it may ask for."""

    machine: str
    glibc: Glibc

    @property
    def platforms(self) -> tuple[str, ...]:
        """Every platform tag this target can load, newest first, as pip's `--platform` wants them."""
        major, newest = self.glibc
        perennial = [f"manylinux_{major}_{minor}_{self.machine}" for minor in range(newest, 16, -1)]
        return (*perennial, f"manylinux2014_{self.machine}")


def target(runtime: str, architecture: str) -> Target:
    """Give the target of a Lambda runtime and architecture.

    >>> target("python3.11", "arm64")
    Target(machine='aarch64', glibc=(2, 26))
    """
    return Target(MACHINE_BY_ARCHITECTURE[architecture], GLIBC_BY_RUNTIME[runtime])


def loads(platform_tag: str, wanted: Target) -> bool:
    """Say whether a wheel of this platform tag is a manylinux wheel that the target can load.

    >>> [loads(tag, Target("x86_64", (2, 26))) for tag in ("manylinux2014_x86_64", "manylinux_2_28_x86_64")]
    [True, False]
    >>> loads("linux_x86_64", Target("x86_64", (2, 26)))
    False
    """
    if legacy := _LEGACY.fullmatch(platform_tag):
        return legacy[2] == wanted.machine and LEGACY_TAGS[legacy[1]] <= wanted.glibc
    if perennial := _PERENNIAL.fullmatch(platform_tag):
        return perennial[3] == wanted.machine and (int(perennial[1]), int(perennial[2])) <= wanted.glibc
    return False


def faults(tree: Path, wanted: Target) -> list[str]:
    """List every compiled file in a folder that the target cannot be trusted to load, with the reason."""
    tags_by_file = _tags_by_file(tree)
    return [
        f"{path}: {reason}"
        for path, data in _compiled_files(tree)
        for reason in _reasons(data, tags_by_file.get(path), wanted)
    ]


def _compiled_files(tree: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(tree.rglob("*")):
        if file.is_file() and (_is_elf(file) or file.suffix in (".so", ".pyd", ".dylib")):
            yield file.relative_to(tree).as_posix(), file.read_bytes()


def _is_elf(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(4) == b"\x7fELF"


def _reasons(data: bytes, tags: tuple[str, ...] | None, wanted: Target) -> Iterator[str]:
    machine = elf_machine(data)
    if machine != wanted.machine:
        yield f"compiled for {machine or 'something that is not ELF'}, needed {wanted.machine}"
    needed = newest_glibc(data)
    if needed > wanted.glibc:
        yield f"needs glibc {needed[0]}.{needed[1]}, the runtime has {wanted.glibc[0]}.{wanted.glibc[1]}"
    if tags is None:
        yield "belongs to no wheel"
    elif not any(loads(tag, wanted) for tag in tags):
        yield f"comes from a wheel tagged {'.'.join(tags)}, not a manylinux wheel the runtime can load"


def elf_machine(data: bytes) -> str | None:
    """Read the machine from an ELF header; None when it is no ELF file or a machine Lambda does not have."""
    if data[:4] != b"\x7fELF" or len(data) < 20:
        return None
    byte_order = "<" if data[5] == 1 else ">"
    return ELF_MACHINES.get(struct.unpack_from(f"{byte_order}H", data, 18)[0])


def newest_glibc(data: bytes) -> Glibc:
    """Give the newest glibc symbol version a library names; (0, 0) when it names none."""
    return max(((int(major), int(minor)) for major, minor in _NEEDED.findall(data)), default=(0, 0))


def _tags_by_file(tree: Path) -> dict[str, tuple[str, ...]]:
    """Map each installed file to the platform tags of the wheel it came from, by the wheels' own records."""
    found: dict[str, tuple[str, ...]] = {}
    for info in sorted(tree.glob("*.dist-info")):
        tags = _platform_tags((info / "WHEEL").read_text(encoding="utf-8"))
        with (info / "RECORD").open(encoding="utf-8", newline="") as record:
            found |= {row[0]: tags for row in csv.reader(record) if row}
    return found


def _platform_tags(wheel_text: str) -> tuple[str, ...]:
    lines = (line for line in wheel_text.splitlines() if line.startswith("Tag:"))
    return tuple(tag for line in lines for tag in line.rsplit("-", 1)[-1].strip().split("."))
