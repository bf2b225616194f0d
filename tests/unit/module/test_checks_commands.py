"""Which commands the checks run, and what exit codes and outputs mean."""

import json

import pytest

from slipway.checks.commands import Command, node_commands, python_commands
from slipway.checks.reading import Output, Place, read
from slipway.checks.results import Finding
from slipway.images.manifests import PythonManifest

PLACE = Place("services/api", "/src/services/api")
EVERYTHING = frozenset({"ruff", "mypy", "pytest", "pytest-cov"})


def _words(commands: list[Command]) -> list[str]:
    return [" ".join(command.words) for command in commands]


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ("lint", ["ruff check --output-format=json ."]),
        ("format", ["ruff format --check --output-format=json ."]),
        ("types", ["mypy --output=json"]),
        ("test", ["pytest --junitxml=/reports/junit.xml --cov-report=json:/reports/coverage.json"]),
        ("locks", ["uv lock --check"]),
    ],
)
def test_a_python_project_is_checked_with_the_tools_it_has(check: str, expected: list[str]) -> None:
    manifest = PythonManifest("a", "", packaged=True, tools=EVERYTHING, mypy_targets=True)
    assert _words(python_commands(check, manifest)) == expected


def test_a_python_project_without_a_tool_has_no_such_check() -> None:
    bare = PythonManifest("a", "", packaged=True, tools=frozenset({"mypy", "pytest"}), mypy_targets=False)
    assert _words(python_commands("lint", bare)) == []
    assert _words(python_commands("types", bare)) == ["mypy --output=json ."]
    assert _words(python_commands("test", bare)) == ["pytest --junitxml=/reports/junit.xml"]


def test_a_node_project_is_checked_with_the_scripts_it_has() -> None:
    scripts = {"lint": "eslint", "format:check": "prettier", "typecheck": "tsc", "test": "vitest run"}
    vitest = "--reporter=default --reporter=junit --outputFile.junit=/reports/junit.xml"
    assert _words(node_commands("lint", "npm", scripts)) == ["npm run lint"]
    assert _words(node_commands("format", "npm", scripts)) == ["npm run format:check"]
    assert _words(node_commands("types", "npm", scripts)) == ["npm run typecheck"]
    assert _words(node_commands("test", "npm", scripts)) == [f"npm run test -- {vitest}"]
    assert _words(node_commands("test", "pnpm", scripts)) == [f"pnpm run test {vitest}"]
    assert _words(node_commands("test", "pnpm", {"test": "jest"})) == ["pnpm run test"]
    assert node_commands("test", "pnpm", {}) == []


@pytest.mark.parametrize(
    ("command", "finding_codes", "failure_codes"),
    [
        (Command(("ruff",), "ruff"), [1], [2, 126, 127, 137]),
        (Command(("pytest",), "pytest", frozenset({1, 2})), [1, 2], [3, 4, 5, 137]),
        (Command(("npm",), "script", frozenset()), [1, 2, 125], [126, 127, 137]),
    ],
)
def test_findings_and_a_tool_that_failed_are_told_apart(
    command: Command, finding_codes: list[int], failure_codes: list[int]
) -> None:
    assert all(command.has_found(code) for code in finding_codes)
    assert not any(command.has_found(code) for code in failure_codes)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("src/api/x.py", "services/api/src/api/x.py"),
        ("./x.py", "services/api/x.py"),
        ("/src/services/api/x.py", "services/api/x.py"),
        ("/src/services/db/x.py", "services/db/x.py"),
    ],
)
def test_a_place_is_told_from_the_root_of_the_repository(text: str, path: str) -> None:
    assert PLACE.path(text) == path


def test_ruff_is_read() -> None:
    item = {
        "filename": "/src/services/api/src/api/x.py", "location": {"row": 3, "column": 8},
        "code": "F401", "message": "`os` imported but unused",
    }  # fmt: skip
    found, text = read("ruff", Output(json.dumps([item]), ""), PLACE)
    assert found == (Finding("services/api/src/api/x.py", 3, 8, "F401", "`os` imported but unused"),)
    assert text == ""


def test_mypy_is_read_without_its_notes() -> None:
    lines = [
        {"file": "src/api/x.py", "line": 2, "column": 4, "message": "wrong", "code": "assignment", "severity": "error"},
        {"file": "src/api/x.py", "line": 2, "column": 4, "message": "see", "code": None, "severity": "note"},
    ]
    found, _ = read("mypy", Output("\n".join(map(json.dumps, lines)), ""), PLACE)
    assert found == (Finding("services/api/src/api/x.py", 2, 5, "assignment", "wrong"),)


def test_output_that_should_be_json_and_is_none_is_told() -> None:
    with pytest.raises(ValueError, match="no JSON, but: 'error: cannot"):
        read("ruff", Output("error: cannot", ""), PLACE)


JUNIT = """<testsuites><testsuite name="pytest"><testcase classname="tests.test_x" name="test_good"/>
<testcase classname="tests.test_x" name="test_bad"><failure message="assert 1 == 2&#10;more">
tests/conftest.py:4: in helper
tests/test_x.py:17: AssertionError</failure></testcase></testsuite></testsuites>"""


def test_a_failed_test_is_read_with_its_own_line() -> None:
    found, text = read("pytest", Output("1 failed", "", JUNIT), PLACE)
    assert found == (Finding("services/api/tests/test_x.py", 17, 1, "test", "test_bad: assert 1 == 2"),)
    assert text == "1 failed"


def test_coverage_below_the_bar_is_read_where_no_test_failed() -> None:
    coverage = {
        "totals": {"percent_covered_display": "81"},
        "files": {
            "src/api/x.py": {"missing_lines": [12, 13]},
            "src/api/y.py": {"missing_lines": []},
        },
    }
    found, _ = read("pytest", Output("", "", "<testsuites/>", json.dumps(coverage)), PLACE)
    assert [str(each) for each in found] == [
        "services/api/src/api/x.py:12:1: coverage 2 lines are not covered; 81 % are in all"
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("src/a.ts(3,7): error TS2322: Type 'x' is wrong.", "services/api/src/a.ts:3:7: TS2322 Type 'x' is wrong."),
        (
            "src/a.tsx:38:17 lint/a11y/noSvgWithoutTitle ━━━━━━",
            "services/api/src/a.tsx:38:17: lint/a11y/noSvgWithoutTitle see the output",
        ),
        ("src/app/[id]/page.tsx format ━━━━━━━━━", "services/api/src/app/[id]/page.tsx:1:1: script format"),
        (" \u276f src/lib/a.test.ts:4:20", "services/api/src/lib/a.test.ts:4:20: script see the output"),
    ],
)
def test_what_scripts_print_is_searched_for_places(line: str, expected: str) -> None:
    found, text = read("script", Output(line + "\n", "\x1b[31mred\x1b[0m"), PLACE)
    assert [str(each) for each in found] == [expected]
    assert text.endswith("red")
