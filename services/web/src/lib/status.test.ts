import { expect, test } from "vitest";

import { nobody, serve } from "@/lib/loopback.fixture";
import { isMixed, type Part, readParts, troubled } from "@/lib/status";

const COMMIT = "a".repeat(40);
const OWN = { version: "1.0.0", commit: COMMIT };

/** A service that answers both probes; its address. */
function service(status: number, ready: unknown, version: unknown = OWN): Promise<string> {
  return serve((request, response) => {
    const isReady = request.url === "/readyz";
    response.writeHead(isReady ? status : 200).end(JSON.stringify(isReady ? ready : version));
  });
}

const states = (parts: readonly Part[]) =>
  parts.map(({ name, health, failed }) => [name, health, ...failed]);

test("everything is ready, with its release", async () => {
  const settings = { apiUrl: await service(200, { failed: [] }), botUrl: await service(200, {}) };
  const parts = await readParts(settings, OWN);
  expect(states(parts)).toEqual([
    ["web", "ready"],
    ["api", "ready"],
    ["database", "ready"],
    ["bot", "ready"],
  ]);
  expect(parts.map(({ release }) => release)).toEqual([OWN, OWN, undefined, OWN]);
  expect(parts.map(({ tookMs }) => typeof tookMs)).toEqual([
    "undefined",
    "number",
    "undefined",
    "number",
  ]);
  expect([troubled(parts), isMixed(parts)]).toEqual([[], false]);
});

test("what a service names as failed is passed on", async () => {
  const settings = {
    apiUrl: await service(503, { failed: ["database"] }),
    botUrl: await service(503, { failed: ["database", "telegram"] }),
  };
  const parts = await readParts(settings, OWN);
  expect(states(parts)).toEqual([
    ["web", "ready"],
    ["api", "not-ready", "database"],
    ["database", "not-ready"],
    ["bot", "not-ready", "database", "telegram"],
  ]);
  expect(troubled(parts)).toHaveLength(3);
});

test("without the API nobody knows about the database, and no address means no question", async () => {
  const parts = await readParts({ apiUrl: await nobody(), botUrl: undefined }, OWN);
  expect(states(parts)).toEqual([
    ["web", "ready"],
    ["api", "unreachable"],
    ["database", "unknown"],
    ["bot", "unwatched"],
  ]);
  expect(troubled(parts)).toHaveLength(1);
});

test("an answer that says nothing usable is no release and names no failure", async () => {
  const settings = { apiUrl: await service(503, "<html>", "<html>"), botUrl: undefined };
  const [, api, database] = await readParts(settings, OWN);
  expect([api?.health, api?.failed, api?.release, database?.health]).toEqual([
    "not-ready",
    [],
    undefined,
    "unknown",
  ]);
});

test("parts of different commits are mixed; one that does not know its own is not", async () => {
  const other = { version: "0.9.0", commit: "b".repeat(40) };
  const unknown = { version: "dev", commit: "unknown" };
  const mixed = { apiUrl: await service(200, {}, other), botUrl: undefined };
  const alone = { apiUrl: await service(200, {}, unknown), botUrl: undefined };
  expect(isMixed(await readParts(mixed, OWN))).toBe(true);
  expect(isMixed(await readParts(alone, OWN))).toBe(false);
});
