"""The types of single values, each with the sentence that says what is expected."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

_SERVICE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PROJECT = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_USER = re.compile(r"[1-9][0-9]*(:[0-9]+)?")
_PATTERN_CHARACTERS = frozenset("*?[]!\\")


def is_service_name(name: str) -> bool:
    """Whether a service can be called so: it becomes a host name and part of a reference."""
    return _SERVICE.fullmatch(name) is not None


def _expect(condition: object, expectation: str) -> None:
    if not condition:
        raise ValueError(expectation)


def _project_name(text: str) -> str:
    _expect(_PROJECT.fullmatch(text), 'should be lower-case words, as in "my-project"')
    return text


def _service_name(text: str) -> str:
    _expect(is_service_name(text), 'should be lower-case words, as in "my-service"')
    return text


def _inside(text: str, what: str) -> str:
    path = PurePosixPath(text)
    safe = text and not path.is_absolute() and ".." not in path.parts and "\\" not in text
    _expect(safe, f'should be {what} inside the repository, without a leading "/" and without ".."')
    return path.as_posix()


def _path(text: str) -> str:
    path = _inside(text, "a path")
    _expect(not _PATTERN_CHARACTERS & set(path), "should be one path, not a pattern")
    return path


def _pattern(text: str) -> str:
    _expect(
        not text.startswith("!"), 'should be a pattern to add; exceptions with "!" are not taken'
    )
    return _inside(text, "a pattern")


def _user(text: str) -> str:
    _expect(_USER.fullmatch(text), 'should be a numeric user other than root, as in "1000:1000"')
    return text


def _health(text: str) -> str:
    plain = re.fullmatch(r"/[A-Za-z0-9/._~-]*", text)
    _expect(plain or text == "none", 'should be a path, as in "/healthz", or "none"')
    return text


def _variables(values: dict[str, str]) -> dict[str, str]:
    for name in values:
        _expect(_VARIABLE.fullmatch(name), "should have names of letters, digits and underscores")
    return values


def _exec_form(value: object) -> object:
    _expect(
        not isinstance(value, str),
        'should be a list of words, as in ["python", "-m", "app"], for there is no shell',
    )
    return value


def _line(text: str) -> str:
    _expect("\n" not in text, "should be one line")
    return text


def _web_address(text: str) -> str:
    plain = re.fullmatch(r"https?://[^\s@/]+(/[^\s@]*)?", text)
    _expect(
        not text or (plain and not text.endswith(".git")),
        'should be a page\'s address without credentials, as in "https://github.com/you/shop"',
    )
    return text


ProjectName = Annotated[str, AfterValidator(_project_name)]
ServiceName = Annotated[str, AfterValidator(_service_name)]
RelativePath = Annotated[str, AfterValidator(_path)]
Pattern = Annotated[str, AfterValidator(_pattern)]
NumericUser = Annotated[str, AfterValidator(_user)]
HealthPath = Annotated[str, AfterValidator(_health)]
Variables = Annotated[dict[str, str], AfterValidator(_variables)]
Words = Annotated[tuple[str, ...], BeforeValidator(_exec_form)]
Line = Annotated[str, AfterValidator(_line)]


def _platform(text: str) -> str:
    _expect(
        not text or re.fullmatch(r"linux/[a-z0-9]+(/v[0-9]+)?", text),
        'should be a platform, as in "linux/amd64" or "linux/arm64"',
    )
    return text


Platform = Annotated[str, AfterValidator(_platform)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Port = Annotated[int, Field(strict=True, ge=1, le=65535)]
