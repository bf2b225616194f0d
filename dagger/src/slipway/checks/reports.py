"""The reports of one run as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagger import dag

from slipway.checks import junit, sarif, summary

if TYPE_CHECKING:
    import dagger

    from slipway.checks.results import Result


def files(results: list[Result]) -> dict[str, str]:
    """The files by path; a test run's own JUnit is in `tests/`."""
    made = {"junit.xml": junit.document(results), "summary.md": summary.markdown(results)}
    made |= {f"sarif/{name}": text for name, text in sarif.documents(results).items()}
    made |= {f"tests/{r.scope}.xml": r.junit for r in results if r.junit}
    return made


def directory(results: list[Result]) -> dagger.Directory:
    """The same as a directory."""
    made = dag.directory()
    for path, text in sorted(files(results).items()):
        made = made.with_new_file(path, text)
    return made
