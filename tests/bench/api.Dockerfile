# services/api as a careful Dockerfile builds it, for tests/bench; the context is the repository's root.
FROM docker.io/library/python:3.13.18-slim-trixie AS dependencies
COPY --from=ghcr.io/astral-sh/uv:0.13.8 /uv /usr/local/bin/uv
ENV UV_CACHE_DIR=/var/cache/uv \
    UV_COMPILE_BYTECODE=1 \
    UV_FROZEN=1 \
    UV_LINK_MODE=copy \
    UV_NO_PROGRESS=1 \
    UV_PROJECT_ENVIRONMENT=/app/.venv \
    UV_PYTHON=python3 \
    UV_PYTHON_DOWNLOADS=never \
    UV_SYSTEM_CERTS=1
WORKDIR /src/services/api
COPY services/api/pyproject.toml services/api/uv.lock ./
RUN --mount=type=cache,target=/var/cache/uv \
    --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt \
    uv sync --no-dev --no-editable --no-install-local

# The service's own code and its package by path, apart from the dependencies: a changed line moves kilobytes.
FROM dependencies AS own
COPY services/db/pyproject.toml /src/services/db/
COPY services/db/src /src/services/db/src
COPY services/api/src src
# The README that a package names must be there; its text must not change the image.
RUN --mount=type=cache,target=/var/cache/uv \
    --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt \
    touch README.md ../db/README.md \
    && uv pip install --quiet --no-deps --refresh-package api --refresh-package migrate \
       --target /own/app/.venv/lib/python3.13/site-packages . ../db

FROM docker.io/library/python:3.13.18-slim-trixie
WORKDIR /app
COPY --from=dependencies /app /app
COPY --from=own /own /
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
EXPOSE 8000
USER 1000:1000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.build_opener(r.ProxyHandler({})).open('http://127.0.0.1:8000/healthz', timeout=2).close()"]
ENTRYPOINT ["python", "-m", "api"]
ARG REVISION=""
LABEL org.opencontainers.image.title="api" \
      org.opencontainers.image.revision=$REVISION
