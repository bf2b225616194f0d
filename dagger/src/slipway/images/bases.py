"""Every image that a build starts from, in one place.

Exact tags. To pin the digests as well, where a registry can be reached:
`skopeo inspect --format '{{.Digest}}' docker://docker.io/library/python:3.13.18-slim-trixie`
and write the answer behind the tag, as in `…:3.13.18-slim-trixie@sha256:…`.
"""

PYTHON = "docker.io/library/python:3.13.18-slim-trixie"
NODE = "docker.io/library/node:24.19.0-trixie-slim"
POSTGRES = "docker.io/library/postgres:17.10-trixie"
UV = "ghcr.io/astral-sh/uv:0.13.8"

# Small, with tar: reads the digest of an image that was built.
TOOLS = "docker.io/library/debian:13.7-slim"
