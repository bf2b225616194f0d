"""JUnit documents: reading those of test runs, and writing one of all checks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from slipway.checks.results import Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_AT = re.compile(r"(?P<path>[\w@./\[\]-]+\.\w+):(?P<line>\d+)(?::\d+)?")


@dataclass(frozen=True)
class Failure:
    """A test that failed: its file as the runner names it, line, name and first line."""

    path: str
    line: int
    name: str
    message: str


def failures(document: str) -> Iterator[Failure]:
    """The failed tests of a run, in its order; nothing for an empty document."""
    if not document:
        return
    # The document was written by the test runner of the same repository, beside its own output.
    for case in ET.fromstring(document).iter("testcase"):  # noqa: S314
        for kind in ("failure", "error"):
            fault = case.find(kind)
            if fault is not None:
                yield _failure(case, fault)


def _failure(case: ET.Element, fault: ET.Element) -> Failure:
    """The last place of the text that lies in the test's own file, else where the test begins."""
    name, classname = case.get("name", ""), case.get("classname", "")
    own = [match for match in _AT.finditer(fault.text or "") if _is_own(match["path"], classname)]
    path = own[-1]["path"] if own else f"{classname.replace('.', '/')}.py"
    if not own and "/" in classname:
        path = classname
    said = fault.get("message") or fault.text or "failed"
    return Failure(path, int(own[-1]["line"]) if own else 1, name, said.splitlines()[0])


def _is_own(path: str, classname: str) -> bool:
    """Whether a path is the file of a class: pytest writes `tests.test_x`, vitest the path."""
    if "/" in classname or not classname:
        return path.removeprefix("./").endswith(classname)
    module = path.removesuffix(".py").replace("/", ".")
    return bool(module) and (f".{classname}.").find(f".{module}.") >= 0


def document(results: Iterable[Result]) -> str:
    """Every result as a test case, a suite for each scope."""
    root = ET.Element("testsuites", name="slipway")
    suites: dict[str, ET.Element] = {}
    for result in results:
        suite = suites.get(result.scope)
        if suite is None:
            suite = suites[result.scope] = ET.SubElement(root, "testsuite", name=result.scope)
        name = f"{result.check}: {result.command}" if result.command else result.check
        case = ET.SubElement(
            suite, "testcase", classname=result.scope, name=name, time=f"{result.seconds:.3f}"
        )
        _verdict(case, result)
    for suite in suites.values():
        for attribute, tag in _COUNTS.items():
            suite.set(attribute, str(len(suite.findall(f"testcase{tag}"))))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


_COUNTS = {"tests": "", "failures": "/failure", "errors": "/error", "skipped": "/skipped"}


def _verdict(case: ET.Element, result: Result) -> None:
    match result.verdict:
        case Verdict.FOUND:
            first = str(result.findings[0]) if result.findings else "failed"
            fault = ET.SubElement(case, "failure", message=_clean(first))
            fault.text = _clean(result.told())
        case Verdict.COULD_NOT_RUN:
            fault = ET.SubElement(case, "error", message="could not run")
            fault.text = _clean(result.told())
        case Verdict.NONE:
            ET.SubElement(case, "skipped", message="has none")


def _clean(text: str) -> str:
    return _NOT_XML.sub("?", text)
