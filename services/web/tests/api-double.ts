import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/*
 * An API that keeps to the contract, over HTTP, with made-up but plausible data:
 * the built dashboard is run against it. The application's own tests run the real API.
 */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NAMES = [
  "ada",
  "grace",
  "linus",
  "margaret",
  "dennis",
  "barbara",
  "ken",
  "радия",
  null,
] as const;
const LANGUAGES = ["en", "ru", "en", "de", "en", "ru", "en-GB", "ru", null] as const;
/** How much of a day's writing falls into each hour. */
const RHYTHM = [1, 1, 0, 0, 0, 1, 2, 4, 7, 9, 8, 9, 11, 9, 8, 8, 10, 13, 17, 15, 12, 9, 5, 2];

export interface ApiDouble {
  readonly url: string;
  /** Each request as "GET /path token", for tests to look at. */
  readonly asked: string[];
  readonly close: () => Promise<void>;
}

interface Options {
  /** Messages of every report's period: tells two of these apart. */
  readonly messages?: number;
  readonly textToken?: string;
  readonly port?: number;
}

export async function startApi({
  messages = 1234,
  textToken,
  port = 0,
}: Options = {}): Promise<ApiDouble> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://api.invalid");
    const token = request.headers.authorization?.replace("Bearer ", "");
    asked.push(`${request.method} ${url.pathname} ${token ?? "-"}`);
    const body = answer(url, messages, textToken !== undefined && token === textToken);
    response.writeHead(body === undefined ? 404 : 200, { "Content-Type": "application/json" });
    response.end(JSON.stringify(body ?? { detail: "not found" }));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${address.port}`, asked, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function answer(url: URL, messages: number, text: boolean): unknown {
  const { pathname, searchParams } = url;
  const period = searchParams.get("period") ?? "week";
  const to = new Date();
  const span = { day: DAY, week: 7 * DAY, month: 30 * DAY }[period] ?? DAY;
  const from = new Date(to.getTime() - span);
  const frame = { period, tz: searchParams.get("tz") ?? "UTC", from, to };
  const bucket = searchParams.get("bucket") ?? (period === "day" ? "hour" : "day");
  const times = bucketTimes(to, span, bucket === "hour" ? HOUR : DAY);
  const dialog = /^\/api\/v1\/dialogs\/(\d+)$/.exec(pathname);
  if (dialog !== null) {
    return dialogAnswer(Number(dialog[1]), text);
  }
  const answers: Readonly<Record<string, () => unknown>> = {
    "/readyz": () => ({ status: "ready", failed: [] }),
    "/version": () => ({ version: "1.4.0", commit: "0123456789abcdef0123456789abcdef01234567" }),
    "/api/v1/stats": () => ({
      ...frame,
      totals: { users: 412, active_users: 128, dialogs: 256, messages },
      previous: { users: 398, active_users: 131, dialogs: 201, messages: 1032 },
      activity: activity(times),
    }),
    "/api/v1/activity": () => ({ ...frame, bucket, activity: activity(times) }),
    "/api/v1/users/top": () => ({
      ...frame,
      users: users(Number(searchParams.get("limit") ?? 10)),
    }),
    "/api/v1/llm": () => ({ ...frame, ...llm(times) }),
    "/api/v1/dialogs": () => dialogs(searchParams),
  };
  return answers[pathname]?.();
}

function bucketTimes(to: Date, span: number, step: number): readonly Date[] {
  const last = Math.floor(to.getTime() / step) * step;
  return Array.from(
    { length: span / step },
    (_, index) => new Date(last - (span / step - 1 - index) * step),
  );
}

function activity(times: readonly Date[]) {
  return times.map((time, index) => {
    const messages =
      times.length === 7 || times.length === 30 ? 90 + ((index * 53) % 120) : rhythm(time);
    return { bucket: time, messages, users: Math.ceil(messages / 7) };
  });
}

function rhythm(time: Date): number {
  const weekend = [0, 6].includes(time.getUTCDay()) ? 0.6 : 1;
  return Math.round(
    (RHYTHM[time.getUTCHours()] ?? 0) * weekend * (0.8 + ((time.getUTCDate() * 7) % 5) / 10),
  );
}

function users(limit: number) {
  return NAMES.slice(0, limit).map((username, index) => ({
    id: index + 1,
    username,
    language: LANGUAGES[index] ?? null,
    messages: Math.round(320 / (index + 1.4)),
    dialogs: 9 - index,
    first_seen_at: new Date(Date.now() - (40 - index) * DAY),
    last_seen_at: new Date(Date.now() - index * index * 3 * HOUR - 5 * 60_000),
    blocked: index === 6,
  }));
}

function llm(times: readonly Date[]) {
  const rows = times.map((bucket, index) => {
    const answers = times.length > 24 ? 20 + ((index * 31) % 40) : 30 + ((index * 17) % 50);
    const quiet = index % 9 === 4;
    return {
      bucket,
      answers: quiet ? 0 : answers,
      failures: index % 4 === 3 ? 3 : 0,
      p50_ms: quiet ? null : 620 + ((index * 97) % 380),
      p95_ms: quiet ? null : 1700 + ((index * 211) % 1400),
    };
  });
  const sum = (key: "answers" | "failures") => rows.reduce((total, row) => total + row[key], 0);
  const totals = {
    answers: sum("answers"),
    failures: sum("failures"),
    tokens: 184_300,
    latency_ms: { p50: 710, p95: 2140 },
  };
  return {
    totals,
    previous: { answers: 240, failures: 14, tokens: 151_000, latency_ms: { p50: 820, p95: 2600 } },
    models: [
      { model: "small-chat-2", ...totals },
      {
        model: "large-chat-1",
        answers: 31,
        failures: 0,
        tokens: 22_800,
        latency_ms: { p50: 1400, p95: 3900 },
      },
    ],
    errors: [
      { error_code: "timeout", count: 4 },
      { error_code: "rate_limited", count: 2 },
    ],
    activity: rows,
  };
}

const LAST_DIALOG = 61;

function dialogs(query: URLSearchParams) {
  const limit = Number(query.get("limit") ?? 25);
  const before = Number(query.get("after") ?? LAST_DIALOG + 1);
  const state = query.get("state") ?? "all";
  const user = query.get("user");
  const rows = Array.from({ length: LAST_DIALOG }, (_, index) =>
    dialogRow(LAST_DIALOG - index),
  ).filter(
    (row) =>
      row.id < before &&
      (state === "all" || (state === "open") === (row.closed_at === null)) &&
      (user === null || row.user.id === Number(user)),
  );
  const page = rows.slice(0, limit);
  return { dialogs: page, next: rows.length > limit ? String(page.at(-1)?.id) : null };
}

function dialogRow(id: number) {
  const started = Date.now() - (LAST_DIALOG - id) * 5 * HOUR - 40 * 60_000;
  const user = id % NAMES.length;
  return {
    id,
    user: { id: user + 1, username: NAMES[user] ?? null },
    channel: id % 7 === 0 ? "web" : "telegram",
    started_at: new Date(started),
    closed_at: id % 3 === 0 || id < 30 ? new Date(started + 2 * HOUR) : null,
    messages: 2 + ((id * 5) % 23),
    failed: id % 11 === 0 ? 1 : 0,
    last_message_at: new Date(started + 30 * 60_000),
  };
}

const TALK = [
  ["user", "Hi! What can you do?"],
  [
    "assistant",
    "I answer questions about the harbour: opening hours, berths and prices.\n\nAsk me anything, in English or in Russian.",
  ],
  ["user", "Когда открыта гавань зимой?"],
  ["assistant", "С ноября по март гавань открыта с 8:00 до 18:00, без выходных."],
  ["user", "And a berth for a boat of 9 metres, for two nights?"],
  ["assistant", null],
  ["user", "Are you there?"],
  [
    "assistant",
    "Yes, sorry for the wait. A berth for 9 metres is 38 € a night, so 76 € for two nights.",
  ],
] as const;

function dialogAnswer(id: number, text: boolean) {
  if (id < 1 || id > LAST_DIALOG) {
    return undefined;
  }
  const row = dialogRow(id);
  return {
    ...row,
    user: { ...row.user, language: LANGUAGES[id % LANGUAGES.length] ?? null },
    text,
    messages: TALK.map(([role, content], index) => ({
      id: id * 100 + index,
      role,
      content: text ? (content ?? "") : null,
      created_at: new Date(row.started_at.getTime() + index * 47_000),
      tokens: role === "assistant" && content !== null ? 20 + content.length : null,
      latency_ms: role === "assistant" ? 700 + index * 310 : null,
      model: role === "assistant" ? "small-chat-2" : null,
      error_code: role === "assistant" && content === null ? "timeout" : null,
    })),
    next: null,
  };
}
