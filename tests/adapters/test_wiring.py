"""Nothing is connected, and nothing of AWS is even imported, until it is used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = """
import sys
from chalicelib.settings import read_settings
from chalicelib.adapters.wiring import build
build(read_settings({"GOLDTHREAD_STAGE": "local", "GOLDTHREAD_TABLE": "pieces"}))
heavy = ("boto3", "botocore", "cryptography", "urllib3", "moto", "chalice")
print([name for name in heavy if name in sys.modules])
"""


def test_building_the_world_imports_no_aws_no_sockets_and_no_cryptography():
    done = subprocess.run(
        [sys.executable, "-c", BUILD], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
