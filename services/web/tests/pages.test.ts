import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type ApiDouble, startApi } from "./api-double.ts";
import { Dashboard, SETTINGS } from "./dashboard.ts";

const PAGES = [
  ["/", "Overview", "Обзор"],
  ["/?period=day", "Overview", "Обзор"],
  ["/?period=month", "Overview", "Обзор"],
  ["/dialogs", "Dialogs", "Диалоги"],
  ["/dialogs/60", "Dialog 60", "Диалог 60"],
  ["/users", "Users", "Люди"],
  ["/llm", "Language model", "Языковая модель"],
  ["/status", "Status", "Статус"],
] as const;

let api: ApiDouble;
let dashboard: Dashboard;
let session: string;

beforeAll(async () => {
  api = await startApi();
  dashboard = await Dashboard.start({ ...SETTINGS, API_URL: api.url });
  session = await dashboard.signIn();
});

afterAll(async () => {
  await dashboard.stop();
  await api.close();
});

async function page(path: string, cookie = "", headers: Readonly<Record<string, string>> = {}) {
  const response = await dashboard.get(path, { Cookie: `${session}; ${cookie}`, ...headers });
  return { response, html: await response.text() };
}

describe.each(PAGES)("%s", (path, english, russian) => {
  test("has its heading and its language", async () => {
    const [en, ru] = await Promise.all([page(path), page(path, "locale=ru")]);
    expect([en.response.status, en.html.match(/<h1[^>]*>([^<]*)/)?.[1]]).toEqual([200, english]);
    expect([ru.response.status, ru.html.match(/<h1[^>]*>([^<]*)/)?.[1]]).toEqual([200, russian]);
    expect([en.html, ru.html].map((html) => html.match(/<html lang="(\w+)"/)?.[1])).toEqual([
      "en",
      "ru",
    ]);
  });

  test("keeps to its Content-Security-Policy", async () => {
    const { response, html } = await page(path);
    const policy = response.headers.get("content-security-policy") ?? "";
    const nonce = /'nonce-([\w-]+)'/.exec(policy)?.[1];
    expect(policy).not.toContain("unsafe");
    const scripts = html.match(/<script\b[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(3);
    expect(scripts.filter((script) => !script.includes(`nonce="${nonce}"`))).toEqual([]);
    expect(html.match(/ style="[^"]*"|<style\b| on\w+="/g)).toBeNull();
    expect(html.match(/(src|href|action)="(https?:)?\/\/[^"]*"/g)).toBeNull();
    expect(response.headers.get("cache-control")).toBe("private, no-store");
  });
});

test("the theme that was chosen stands in the page before any script", async () => {
  const { html } = await page("/", "theme=dark");
  expect(html).toMatch(/<html lang="en" data-theme="dark"/);
  expect(html).toContain('<meta name="theme-color" content="#0a1216"/>');
});

test("a preference is kept in a cookie and leads back to its page", async () => {
  const headers = { Referer: `${dashboard.url}/llm?period=day`, Cookie: session };
  const response = await dashboard.post("/preferences", { theme: "dark", locale: "ru" }, headers);
  expect([response.status, response.headers.get("location")]).toEqual([303, "/llm?period=day"]);
  expect(response.headers.getSetCookie().map((cookie) => cookie.split(";")[0])).toEqual([
    "theme=dark",
    "locale=ru",
  ]);
  const nonsense = await dashboard.post("/preferences", { theme: "blue", locale: "xx" }, headers);
  expect(nonsense.headers.getSetCookie()).toEqual([]);
});

test("without a choice the browser's language counts", async () => {
  expect((await page("/users", "", { "Accept-Language": "ru-RU,ru;q=0.9" })).html).toContain(
    '<html lang="ru"',
  );
});

test("reports are in the browser's time zone", async () => {
  expect((await page("/", "zone=Asia/Tokyo")).html).toContain("(Asia/Tokyo)");
  expect((await page("/", "zone=Mars/Olympus")).html).toContain("(UTC)");
});

test("without a token for text the dialog says that it is hidden", async () => {
  const { html } = await page("/dialogs/60");
  expect(html).toContain("What was said is not shown");
  expect(html).not.toContain("harbour");
});

test("dialogs lead to older ones and back to the newest", async () => {
  const first = await page("/dialogs?state=closed");
  const older = /href="(\/dialogs\?state=closed&amp;after=\d+)"/
    .exec(first.html)?.[1]
    ?.replace("&amp;", "&");
  expect(older).toBeDefined();
  expect((await page(older ?? "")).html).toMatch(/href="\/dialogs\?state=closed"[^>]*>.*?Newest/);
});

test.each(["/nowhere", "/dialogs/0", "/dialogs/abc"])("%s is not there", async (path) => {
  const { response, html } = await page(path);
  expect(response.status).toBe(404);
  expect(html).toContain("There is no such page");
});

test("a dialog that is not there is told", async () => {
  expect((await page("/dialogs/999")).html).toContain("There is no such dialog");
});

test("without the API every page says so, the status names it, and the server is not ready", async () => {
  const lonely = await Dashboard.start({ ...SETTINGS, API_URL: "http://127.0.0.1:9" });
  try {
    const Cookie = await lonely.signIn();
    for (const path of ["/", "/dialogs", "/dialogs/60", "/users", "/llm"]) {
      expect(await (await lonely.get(path, { Cookie })).text()).toContain(
        "The API does not answer",
      );
    }
    const status = await (await lonely.get("/status", { Cookie })).text();
    expect(status).toMatch(/data-testid="status-api".*?No answer/);
    expect(status).toMatch(/data-testid="status-database".*?Not known/);
    expect(status).toMatch(/data-testid="status-bot".*?Not watched/);
    const ready = await lonely.get("/readyz");
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: "not ready", failed: ["api"] },
    ]);
  } finally {
    await lonely.stop();
  }
});
