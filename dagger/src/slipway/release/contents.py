"""What a release says of its repository besides the images: files and the newest migration."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import dagger

from slipway.config import FILE
from slipway.errors import ConfigError
from slipway.release.manifest import digest_of
from slipway.release.migrations import head

if TYPE_CHECKING:
    from slipway.config import Config


@dataclass(frozen=True)
class Contents:
    """Digests of files by path, the head of the migrations, and bills of materials."""

    files: dict[str, str]
    migration: str | None
    sboms: dict[str, dict[str, str]] = field(default_factory=dict)


async def read(source: dagger.Directory, config: Config) -> Contents:
    """Read what `[publish]` names.

    Raises:
        ConfigError: the folder of the migrations is not there or cannot be understood.

    """
    files: dict[str, str] = {}
    for pattern in config.publish.files:
        for path in await source.glob(pattern):
            files[path] = digest_of((await source.file(path).contents()).encode())
    return Contents(dict(sorted(files.items())), await _migration(source, config))


async def _migration(source: dagger.Directory, config: Config) -> str | None:
    path = config.publish.migrations
    if path is None:
        return None
    try:
        names = await source.directory(path).glob("*.py")
    except dagger.QueryError:
        problem = f'{FILE}: publish/migrations: there is no folder "{path}"'
        raise ConfigError([problem]) from None
    texts = {
        f"{path}/{name}": await source.file(f"{path}/{name}").contents() for name in sorted(names)
    }
    return head(texts)
