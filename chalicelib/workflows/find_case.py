"""A case by its id, for every story that cannot go on without it."""

from __future__ import annotations

from chalicelib.errors import NotFoundError
from chalicelib.returns.case import Case
from chalicelib.workflows.ports import CaseFile, Ports


def case_of(ports: Ports, case_id: str) -> Case:
    """The case alone; raises ``NotFoundError``."""
    case = ports.cases.read(case_id)
    if case is None:
        raise NotFoundError("no case has this id")
    return case


def file_of(ports: Ports, case_id: str) -> CaseFile:
    """The case and everything under it; raises ``NotFoundError``."""
    file = ports.cases.file(case_id)
    if file is None:
        raise NotFoundError("no case has this id")
    return file
