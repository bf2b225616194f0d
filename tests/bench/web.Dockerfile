# services/web as a careful Dockerfile builds it, for tests/bench; the context is the repository's root.
FROM docker.io/library/node:24.19.0-trixie-slim AS build
ENV CI=1 \
    NEXT_TELEMETRY_DISABLED=1 \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
    npm_config_audit=false \
    npm_config_cache=/var/cache/npm \
    npm_config_fund=false \
    npm_config_update_notifier=false
RUN --mount=type=cache,target=/var/cache/npm \
    --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt \
    npm install --global pnpm@10.34.8
WORKDIR /src
COPY services/web/package.json services/web/pnpm-lock.yaml services/web/pnpm-workspace.yaml ./
RUN --mount=type=cache,target=/var/cache/pnpm \
    --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt \
    pnpm install --frozen-lockfile --store-dir=/var/cache/pnpm --package-import-method=copy
COPY services/web ./
RUN pnpm run build

FROM docker.io/library/node:24.19.0-trixie-slim
WORKDIR /app
# The dependencies by themselves: this layer stays the same when a page changes.
COPY --from=build /src/.next/standalone/node_modules node_modules
COPY --from=build /src/.next/standalone/package.json /src/.next/standalone/server.js ./
COPY --from=build /src/.next/standalone/.next .next
COPY --from=build /src/.next/static .next/static
ENV HOSTNAME=0.0.0.0 \
    NODE_ENV=production \
    PORT=3000
EXPOSE 3000
USER 1000:1000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:3000/healthz', {signal: AbortSignal.timeout(2000)}).then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "server.js"]
ARG REVISION=""
LABEL org.opencontainers.image.title="web" \
      org.opencontainers.image.revision=$REVISION
