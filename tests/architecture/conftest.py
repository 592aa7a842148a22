import json
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from infra.build_template import STAGES
from infra.package import BUILD, package


@dataclass(frozen=True)
class Package:
    """One packaged stage as it would be deployed."""

    stage: str
    folder: Path

    @cached_property
    def template(self) -> dict[str, Any]:
        return json.loads((self.folder / "sam.json").read_text(encoding="utf-8"))

    @property
    def archive(self) -> Path:
        return self.folder / "deployment.zip"

    @cached_property
    def files(self) -> dict[str, zipfile.ZipInfo]:
        with zipfile.ZipFile(self.archive) as opened:
            return {entry.filename: entry for entry in opened.infolist()}

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Give the properties of every resource of a type, by logical id."""
        resources = self.template["Resources"].items()
        return {name: resource["Properties"] for name, resource in resources if resource["Type"] == kind}

    @property
    def functions(self) -> dict[str, dict[str, Any]]:
        return self.of_type("AWS::Serverless::Function")

    @property
    def queue_sources(self) -> dict[str, dict[str, Any]]:
        """Give each function that reads a queue, with the properties of that source."""
        return {
            name: event["Properties"]
            for name, function in self.functions.items()
            for event in function.get("Events", {}).values()
            if event["Type"] == "SQS"
        }

    def statements(self, function: str) -> list[dict[str, Any]]:
        """Give what the role of a function allows."""
        role = self.functions[function]["Role"]["Fn::GetAtt"][0]
        policies = self.template["Resources"][role]["Properties"]["Policies"]
        return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


@pytest.fixture(scope="session")
def packages() -> dict[str, Package]:
    """Package every stage; quick when nothing changed since the last time."""
    for stage in STAGES:
        package(stage)
    return {stage: Package(stage, BUILD / stage) for stage in STAGES}


@pytest.fixture(params=STAGES)
def packaged(request: pytest.FixtureRequest, packages: dict[str, Package]) -> Package:
    return packages[request.param]
