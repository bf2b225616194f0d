"""The host's certificates in a container, while a command runs and no longer.

Programs that can be told are told by variables. For the others the bundle is where Debian and Alpine keep theirs, in
a layer of its own below what the command changes: a package that replaces the bundle can do so (a mounted file could
not be renamed over), and the image gets what the package wrote.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from slipway_engine.store.host import HOST_TIME
from slipway_engine.store.layers import Stack, canonical, folder_entry
from slipway_engine.store.tree import Entry, parents

_BUNDLE = "etc/ssl/certs/ca-certificates.crt"

# Where the variables point; a package cannot replace it.
PATH = "/run/.slipway-certificates.crt"

VARIABLES = {
    **dict.fromkeys(
        (
            "SSL_CERT_FILE",
            "CURL_CA_BUNDLE",
            "REQUESTS_CA_BUNDLE",
            "PIP_CERT",
            "NODE_EXTRA_CA_CERTS",
            "GIT_SSL_CAINFO",
            "npm_config_cafile",
        ),
        PATH,
    ),
    "UV_SYSTEM_CERTS": "1",
    "UV_NATIVE_TLS": "1",
}


def layer(bundle: str, lower: Stack, target: Path) -> Path:
    """Make the layer in `target`; its folders look as those below do."""
    place = canonical(lower, _BUNDLE)
    target.mkdir()
    folders = [(target / path, folder_entry(lower, path)) for path in parents(place)]
    for folder, _ in folders:
        folder.mkdir()
    shutil.copyfile(bundle, target / place)
    os.chmod(target / place, 0o644)
    os.utime(target / place, (HOST_TIME, HOST_TIME))
    for folder, entry in reversed(folders):
        there = entry or Entry("d", 0o755, mtime=HOST_TIME)
        os.chown(folder, there.uid, there.gid)
        os.chmod(folder, there.mode)
        os.utime(folder, (there.mtime, there.mtime))
    return target


def withdraw(bundle: str, lower: Stack, upper: Path) -> None:
    """Take the host's certificates out of a bundle that a command has copied or added to."""
    place = upper / canonical(lower, _BUNDLE)
    if not place.is_file() or place.is_symlink() or not place.resolve().is_relative_to(upper.resolve()):
        return
    ours, found = Path(bundle).read_bytes(), place.read_bytes()
    if not found.startswith(ours):
        return
    below, added = lower.resolve(_BUNDLE), found.removeprefix(ours)
    if not added:
        place.unlink()
        return
    place.write_bytes((Path(below[0]).read_bytes() if below else b"") + added)
