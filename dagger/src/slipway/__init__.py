"""Build, check, publish and deploy the containers of one repository.

The repository says what it has in slipway.toml: a table for each service, with its kind and what
differs from the kind's defaults. Images are built without Dockerfiles, from the locks of uv, pnpm
or npm, with the same result on a laptop and in CI.
"""

from slipway.main import Slipway

__all__ = ["Slipway"]
