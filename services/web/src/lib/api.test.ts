import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";

import { checkApiReady, fetchStats } from "@/lib/api";
import { statsAnswer } from "@/lib/stats.fixture";

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A real server on loopback that answers as told; its settings come back. */
async function serve(listener: RequestListener, apiToken?: string) {
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const { port } = listening.address() as AddressInfo;
  return { apiUrl: `http://127.0.0.1:${port}`, apiToken };
}

test("the statistics are asked for with period, token and request id", async () => {
  let asked: IncomingMessage | undefined;
  const settings = await serve((request, response) => {
    asked = request;
    response.end(JSON.stringify(statsAnswer({ period: "day" })));
  }, "s3cret");

  const stats = await fetchStats(settings, "day", "request-1");

  expect(stats.totals.messages).toBe(150);
  expect([asked?.url, asked?.headers.authorization, asked?.headers["x-request-id"]]).toEqual([
    "/api/v1/stats?period=day",
    "Bearer s3cret",
    "request-1",
  ]);
});

test("without a token none is sent", async () => {
  let authorization: string | undefined = "something";
  const settings = await serve((request, response) => {
    authorization = request.headers.authorization;
    response.end(JSON.stringify(statsAnswer()));
  });
  await fetchStats(settings, "week", "request-1");
  expect(authorization).toBeUndefined();
});

test.each<[string, RequestListener, string]>([
  [
    "a refusal",
    (_, response) => response.writeHead(401).end("{}"),
    "/api/v1/stats?period=week: answered 401",
  ],
  [
    "a failure",
    (_, response) => response.writeHead(500).end("{}"),
    "/api/v1/stats?period=week: answered 500",
  ],
  [
    "a redirect, which is not followed",
    (_, response) => response.writeHead(302, { Location: "http://127.0.0.1:9/" }).end(),
    "/api/v1/stats?period=week: answered 302",
  ],
  [
    "text that is not JSON",
    (_, response) => response.end("<html>"),
    "/api/v1/stats?period=week: unexpected answer: body: should be JSON",
  ],
  [
    "JSON of another shape",
    (_, response) => response.end("[]"),
    "/api/v1/stats?period=week: unexpected answer: body: ",
  ],
  [
    "the statistics of another period",
    (_, response) => response.end(JSON.stringify(statsAnswer({ period: "day" }))),
    "/api/v1/stats?period=week: unexpected answer: period: should be week",
  ],
  [
    "a connection that breaks",
    (request) => request.socket.destroy(),
    "/api/v1/stats?period=week: no answer: ",
  ],
])("%s is an error", async (_, listener, message) => {
  const settings = await serve(listener);
  await expect(fetchStats(settings, "week", "request-1")).rejects.toThrow(message);
});

test("nobody listening is an error with its code", async () => {
  const settings = await serve(() => undefined);
  await new Promise((resolve) => server?.close(resolve));
  await expect(fetchStats(settings, "week", "request-1")).rejects.toThrow(
    "/api/v1/stats?period=week: no answer: ECONNREFUSED",
  );
});

test("an API that is ready is ready", async () => {
  const settings = await serve((_, response) => response.end("{}"));
  await expect(checkApiReady(settings)).resolves.toBeUndefined();
});

test("an API that is not ready is an error", async () => {
  const settings = await serve((_, response) => response.writeHead(503).end("{}"));
  await expect(checkApiReady(settings)).rejects.toThrow("/readyz: answered 503");
});

test("an API that hangs counts as not ready after a second", async () => {
  const settings = await serve(() => undefined);
  const start = performance.now();
  await expect(checkApiReady(settings)).rejects.toThrow("/readyz: no answer: ");
  expect(performance.now() - start).toBeLessThan(2_000);
});
