"""Compile a virtual environment, so that two builds of the same files give the same bytes.

Runs in the builder, with the Python of the base image and nothing else:

    bytecode.py dependencies VENV        compile what is installed
    bytecode.py own VENV TARGET [DIR]    compile what was installed from this repository, move it
                                         to TARGET; DIR holds sources that are no package

uv's own --compile-bytecode writes the time of each file into its bytecode; here it carries no
time and is never checked against its source (PEP 552). A dependency may hold files that are no
valid Python (templates): those are left alone. In the repository's own code they are a fault.
"""

from __future__ import annotations

import compileall
import os
import py_compile
import shutil
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path

HASH = py_compile.PycInvalidationMode.UNCHECKED_HASH
# uv's note on when a local package was built: a time, so it differs with every build.
NOTE = "uv_cache.json"


def site_packages(venv: Path) -> Path:
    """The only one of a virtual environment."""
    return next(venv.glob("lib/python*/site-packages"))


def dependencies(venv: Path) -> None:
    """Compile all that is installed, on all processors."""
    compileall.compile_dir(site_packages(venv), quiet=2, workers=0, invalidation_mode=HASH)


def own(venv: Path, target: Path, unpackaged: Path | None) -> None:
    """Compile and move what comes from the repository itself."""
    moves: dict[Path, Path] = {}
    for distribution in distributions(path=[str(site_packages(venv))]):
        if '"dir_info"' in (distribution.read_text("direct_url.json") or ""):
            moves |= {path: path for path in files_of(distribution)}
    for path in sorted(unpackaged.rglob("*")) if unpackaged else []:
        if path.is_file():
            moves[path] = venv.parent / path.relative_to(unpackaged or path)
    moves |= compiled(moves)
    target.mkdir(parents=True, exist_ok=True)
    for path, final in moves.items():
        place = target / final.relative_to("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, place)


def compiled(moves: dict[Path, Path]) -> dict[Path, Path]:
    """Compile sources for the place where they will lie; gives the bytecode with its own place."""
    bytecode: dict[Path, Path] = {}
    faults = []
    for path, final in moves.items():
        if path.suffix != ".py":
            continue
        try:
            made = py_compile.compile(
                str(path), dfile=str(final), doraise=True, invalidation_mode=HASH
            )
        except py_compile.PyCompileError as error:
            faults.append(error.msg)
        else:
            bytecode[Path(str(made))] = final.parent / "__pycache__" / Path(str(made)).name
    if faults:
        sys.exit("\n".join(faults))
    return bytecode


def files_of(distribution: Distribution) -> list[Path]:
    """The files of an installed package, without uv's note."""
    record = next(f for f in distribution.files or [] if f.name == "RECORD")
    path = Path(str(distribution.locate_file(record)))
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if f"/{NOTE}," not in line]
    path.write_text("".join(kept), encoding="utf-8")
    places = (
        Path(os.path.normpath(str(distribution.locate_file(f)))) for f in distribution.files or []
    )
    return [place for place in places if place.is_file() and place.name != NOTE]


def main(arguments: list[str]) -> None:
    """Run the named step; exits 1 when the repository's own code does not compile."""
    step, venv, *rest = arguments
    if step == "dependencies":
        dependencies(Path(venv))
    else:
        own(Path(venv), Path(rest[0]), Path(rest[1]) if len(rest) > 1 else None)


if __name__ == "__main__":
    main(sys.argv[1:])
