# services/db as a careful Dockerfile builds it, for tests/bench; the context is the repository's root.
FROM docker.io/library/postgres:17.10-trixie
COPY services/db/init /docker-entrypoint-initdb.d
USER 999:999
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["pg_isready", "--quiet", "--host=127.0.0.1", "--username=postgres"]
ARG REVISION=""
LABEL org.opencontainers.image.title="db" \
      org.opencontainers.image.revision=$REVISION
