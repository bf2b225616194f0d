"""Signing a release with cosign, by a key: the release lists every digest, so one signature does.

What is signed are the manifest's bytes, so cosign needs neither the registry nor its password, and
gets no network to ask for them. `keyless` is the command line for those who have Fulcio and Rekor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import dagger

from slipway.errors import ReleaseError
from slipway.release.manifest import FILE
from slipway.release.repository import tools

if TYPE_CHECKING:
    from collections.abc import Sequence

SIGNATURE = "release.sigstore.json"

_KEY = "/run/secrets/cosign.key"
_PUBLIC = "/work/cosign.pub"
_WORK = "/work"


@dataclass(frozen=True)
class Signer:
    """A private key made by `cosign generate-key-pair`, and its password if it has one."""

    key: dagger.Secret
    password: dagger.Secret | None = None

    async def sign(self, text: str) -> str:
        """The signature's bundle; verified before it is given.

        Raises:
            ReleaseError: the key or its password is wrong, or cosign failed.

        """
        signing = _cosign(text).with_mounted_secret(_KEY, self.key)
        signing = (
            signing.with_secret_variable("COSIGN_PASSWORD", self.password)
            if self.password
            else signing.with_env_variable("COSIGN_PASSWORD", "")
        )
        try:
            signed = signing.with_exec(sign_command(_KEY)).with_exec(
                ["cosign", "public-key", "--key", _KEY, "--outfile", _PUBLIC]
            )
            bundle = await signed.file(f"{_WORK}/{SIGNATURE}").contents()
            public = await signed.file(_PUBLIC).contents()
        except dagger.ExecError as error:
            raise ReleaseError(
                "--signing-key: cosign could not sign with it; is it a key of `cosign "
                f"generate-key-pair`, and --signing-password its own? It said: {_said(error)}"
            ) from None
        await verify(text, bundle, public)
        return bundle


async def verify(text: str, bundle: str, public: str) -> None:
    """Prove that a bundle signs a text.

    Raises:
        ReleaseError: it does not, or the public key is none.

    """
    checked = (
        _cosign(text)
        .with_new_file(f"{_WORK}/{SIGNATURE}", bundle)
        .with_new_file(_PUBLIC, public)
        .with_exec(verify_command(_PUBLIC))
    )
    try:
        await checked.sync()
    except dagger.ExecError as error:
        raise ReleaseError(
            f"the release is not signed by this key. cosign said: {_said(error)}"
        ) from None


def sign_command(key: str) -> list[str]:
    """Sign `release.json` in the working directory; no transparency log is told of it."""
    return [
        *("cosign", "sign-blob", "--yes", "--tlog-upload=false", "--key", key),
        *("--bundle", SIGNATURE, FILE),
    ]


def verify_command(key: str) -> list[str]:
    """Verify `release.json` in the working directory."""
    return [
        *("cosign", "verify-blob", "--insecure-ignore-tlog=true", "--key", key),
        *("--bundle", SIGNATURE, FILE),
    ]


def keyless(identity: str, issuer: str) -> tuple[Sequence[str], Sequence[str]]:
    """The commands that sign with the job's own identity and verify it; see docs/publishing.md."""
    sign = ("cosign", "sign-blob", "--yes", "--bundle", SIGNATURE, FILE)
    check = (
        *("cosign", "verify-blob", "--bundle", SIGNATURE),
        *("--certificate-identity", identity, "--certificate-oidc-issuer", issuer, FILE),
    )
    return sign, check


def _cosign(text: str) -> dagger.Container:
    return tools("cosign").with_new_file(f"{_WORK}/{FILE}", text).with_workdir(_WORK)


def _said(error: dagger.ExecError) -> str:
    return (error.stderr or error.stdout).strip()[-500:]
