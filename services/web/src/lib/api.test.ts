import type { IncomingMessage, RequestListener } from "node:http";
import { expect, test } from "vitest";

import {
  type Caller,
  checkApiReady,
  fetchDialog,
  fetchDialogs,
  fetchHours,
  fetchLlm,
  fetchStats,
  fetchTopUsers,
} from "@/lib/api";
import { nobody, serve } from "@/lib/loopback.fixture";
import { statsAnswer } from "@/lib/stats.fixture";

type Tokens = Partial<Pick<Caller["settings"], "apiToken" | "apiTextToken">>;

function caller(apiUrl: string, tokens: Tokens = {}, zone = "UTC"): Caller {
  return {
    settings: { apiUrl, apiToken: undefined, apiTextToken: undefined, ...tokens },
    requestId: "request-1",
    zone,
  };
}

/** A caller of an API that gives one answer to everything, and what it was asked. */
async function answering(body: unknown, tokens?: Tokens, zone?: string) {
  const asked: IncomingMessage[] = [];
  const url = await serve((request, response) => {
    asked.push(request);
    response.end(JSON.stringify(body));
  });
  return { asked, caller: caller(url, tokens, zone) };
}

const FRAME = {
  period: "week",
  tz: "UTC",
  from: "2025-11-15T00:00:00Z",
  to: "2025-11-16T09:30:00Z",
};
const USER = { id: 7, username: "ada", language: "en" };
const DIALOG = {
  id: 3,
  user: USER,
  channel: "telegram",
  started_at: "2025-11-15T10:00:00+01:00",
  closed_at: null,
};
const LLM_TOTALS = {
  answers: 40,
  failures: 2,
  tokens: 5100,
  latency_ms: { p50: 700, p95: 2100.5 },
};

test("the statistics are asked for with period, token and request id", async () => {
  const { asked, caller } = await answering(statsAnswer({ period: "day" }), { apiToken: "s3cret" });

  const stats = await fetchStats(caller, "day");

  expect(stats.totals.messages).toBe(150);
  expect(
    asked.map(({ url, headers }) => [url, headers.authorization, headers["x-request-id"]]),
  ).toEqual([["/api/v1/stats?period=day", "Bearer s3cret", "request-1"]]);
});

test("without a token none is sent", async () => {
  const { asked, caller } = await answering(statsAnswer());
  await fetchStats(caller, "week");
  expect(asked[0]?.headers.authorization).toBeUndefined();
});

test("reports are asked for in the visitor's time zone", async () => {
  const { asked, caller } = await answering(statsAnswer({ tz: "Asia/Tokyo" }), {}, "Asia/Tokyo");
  expect((await fetchStats(caller, "week")).tz).toBe("Asia/Tokyo");
  expect(asked[0]?.url).toBe("/api/v1/stats?period=week&tz=Asia%2FTokyo");
});

test("a time zone that the API does not know becomes UTC", async () => {
  const asked: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    asked.push(request.url);
    response.writeHead(asked.length === 1 ? 422 : 200).end(JSON.stringify(statsAnswer()));
  });
  expect((await fetchStats(caller(url, {}, "Asia/Calcutta"), "week")).tz).toBe("UTC");
  expect(asked).toEqual([
    "/api/v1/stats?period=week&tz=Asia%2FCalcutta",
    "/api/v1/stats?period=week",
  ]);
});

test("hours, users and the model's report have their own questions", async () => {
  const activity = [{ bucket: "2025-11-15T00:00:00Z", messages: 1, users: 1 }];
  const hours = await answering({ ...FRAME, bucket: "hour", activity });
  expect((await fetchHours(hours.caller, "week")).activity).toHaveLength(1);
  expect(hours.asked[0]?.url).toBe("/api/v1/activity?period=week&bucket=hour");

  const user = {
    ...USER,
    messages: 12,
    dialogs: 3,
    first_seen_at: "2025-11-01T00:00:00Z",
    last_seen_at: "2025-11-15T00:00:00Z",
    blocked: false,
  };
  const users = await answering({
    ...FRAME,
    users: [user, { ...user, username: null, language: null }],
  });
  expect(
    (await fetchTopUsers(users.caller, "week", 5)).users.map(({ username }) => username),
  ).toEqual(["ada", null]);
  expect(users.asked[0]?.url).toBe("/api/v1/users/top?period=week&limit=5");

  const llm = await answering({
    ...FRAME,
    totals: LLM_TOTALS,
    previous: { ...LLM_TOTALS, latency_ms: null },
    models: [{ model: "m", ...LLM_TOTALS }],
    errors: [{ error_code: "timeout", count: 2 }],
    activity: [
      { bucket: "2025-11-15T00:00:00Z", answers: 1, failures: 0, p50_ms: null, p95_ms: 9 },
    ],
  });
  expect((await fetchLlm(llm.caller, "week")).totals.latency_ms?.p95).toBe(2100.5);
  expect(llm.asked[0]?.url).toBe("/api/v1/llm?period=week");
});

test("dialogs are asked for with what the address filters by", async () => {
  const row = { ...DIALOG, messages: 8, failed: 0, last_message_at: null };
  const { asked, caller } = await answering(
    { dialogs: [row], next: "c2" },
    { apiToken: "t", apiTextToken: "x" },
  );
  const { next } = await fetchDialogs(caller, { state: "open", user: 7, after: "c1" });
  expect([next, asked[0]?.url, asked[0]?.headers.authorization]).toEqual([
    "c2",
    "/api/v1/dialogs?limit=25&state=open&user=7&after=c1",
    "Bearer t",
  ]);
});

test.each<[Tokens, string | undefined]>([
  [{ apiToken: "stats", apiTextToken: "text" }, "Bearer text"],
  [{ apiToken: "stats" }, "Bearer stats"],
  [{}, undefined],
])("a dialog is read with %o", async (tokens, expected) => {
  const message = {
    id: 1,
    role: "assistant",
    content: null,
    created_at: "2025-11-15T10:00:00Z",
    tokens: 12,
    latency_ms: 840,
    model: "m",
    error_code: null,
  };
  const { asked, caller } = await answering(
    { ...DIALOG, text: false, messages: [message], next: null },
    tokens,
  );
  const dialog = await fetchDialog(caller, 3, undefined);
  expect([dialog.messages.length, asked[0]?.url, asked[0]?.headers.authorization]).toEqual([
    1,
    "/api/v1/dialogs/3?limit=100",
    expected,
  ]);
});

const PATH = "/api/v1/stats?period=week";

test.each<[string, RequestListener, string]>([
  ["a refusal", (_, response) => response.writeHead(401).end("{}"), `${PATH}: answered 401`],
  ["nothing there", (_, response) => response.writeHead(404).end("{}"), `${PATH}: answered 404`],
  ["a failure", (_, response) => response.writeHead(500).end("{}"), `${PATH}: answered 500`],
  [
    "a redirect, which is not followed",
    (_, response) => response.writeHead(302, { Location: "http://127.0.0.1:9/" }).end(),
    `${PATH}: answered 302`,
  ],
  [
    "text that is not JSON",
    (_, response) => response.end("<html>"),
    `${PATH}: unexpected answer: body: should be JSON`,
  ],
  [
    "JSON of another shape",
    (_, response) => response.end("[]"),
    `${PATH}: unexpected answer: body: `,
  ],
  [
    "the statistics of another period",
    (_, response) => response.end(JSON.stringify(statsAnswer({ period: "day" }))),
    "/api/v1/stats: unexpected answer: period: should be week",
  ],
  ["a connection that breaks", (request) => request.socket.destroy(), `${PATH}: no answer: `],
])("%s is an error", async (_, listener, message) => {
  await expect(fetchStats(caller(await serve(listener)), "week")).rejects.toThrow(message);
});

test("nobody listening is an error with its code", async () => {
  await expect(fetchStats(caller(await nobody()), "week")).rejects.toThrow(
    `${PATH}: no answer: ECONNREFUSED`,
  );
});

test("an API that is ready is ready", async () => {
  const apiUrl = await serve((_, response) => response.end("{}"));
  await expect(checkApiReady({ apiUrl })).resolves.toBeUndefined();
});

test("an API that is not ready is an error", async () => {
  const apiUrl = await serve((_, response) => response.writeHead(503).end("{}"));
  await expect(checkApiReady({ apiUrl })).rejects.toThrow("/readyz: answered 503");
});

test("an API that hangs counts as not ready after a second", async () => {
  const apiUrl = await serve(() => undefined);
  const start = performance.now();
  await expect(checkApiReady({ apiUrl })).rejects.toThrow("/readyz: no answer: ");
  expect(performance.now() - start).toBeLessThan(4_000);
});
