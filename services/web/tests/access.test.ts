import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type ApiDouble, startApi } from "./api-double.ts";
import { Dashboard, PASSWORD, SETTINGS } from "./dashboard.ts";

const PAGES = ["/", "/dialogs", "/dialogs/60", "/users", "/llm", "/status"];

let api: ApiDouble;
let dashboard: Dashboard;

beforeAll(async () => {
  api = await startApi({ textToken: "text-token" });
  dashboard = await Dashboard.start({
    ...SETTINGS,
    API_URL: api.url,
    API_TOKEN: "stats-token",
    API_TEXT_TOKEN: "text-token",
  });
});

afterAll(async () => {
  await dashboard.stop();
  await api.close();
});

const location = (response: Response) => [response.status, response.headers.get("location")];

describe("without a session", () => {
  test.each(PAGES)("%s leads to the login, and asks the API nothing", async (path) => {
    const before = api.asked.length;
    const query = path === "/" ? "" : `?next=${encodeURIComponent(path)}`;
    expect(location(await dashboard.get(path))).toEqual([303, `/login${query}`]);
    expect(api.asked.length).toBe(before);
  });

  test.each([
    ["a request of the router", { RSC: "1" }],
    [
      "a header that once passed proxies",
      { "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy" },
    ],
    ["a made-up session", { Cookie: `session=9999999999.${"A".repeat(22)}.${"A".repeat(43)}` }],
  ])("%s gets no data", async (_, headers) => {
    const response = await dashboard.get("/users", headers);
    expect(response.status).toBe(303);
    expect(await response.text()).not.toContain("grace");
  });

  test("the probes answer", async () => {
    const answers = await Promise.all(
      ["/healthz", "/readyz", "/version"].map((path) => dashboard.get(path)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});

describe("signing in", () => {
  const signIn = (
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ) => dashboard.post("/login/session", { password: PASSWORD, ...fields }, headers);

  test("gives a session that scripts cannot read, and leads to the page that was wanted", async () => {
    const response = await signIn({ next: "/users?period=day" });
    expect(location(response)).toEqual([303, "/users?period=day"]);
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^session=[\w.-]+; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax$/),
    ]);
  });

  test("over https makes the cookie Secure", async () => {
    const response = await signIn({}, { "X-Forwarded-Proto": "https" });
    expect(response.headers.getSetCookie()[0]).toMatch(/; Secure$/);
  });

  test.each(["https://evil.example/", "//evil.example", "/\\evil.example"])(
    "never leads to %s",
    async (next) => {
      expect(location(await signIn({ next }))).toEqual([303, "/"]);
    },
  );

  test.each([
    ["another site", { Origin: "https://evil.example" }],
    ["a site next door", { "Sec-Fetch-Site": "same-site" }],
  ])("is refused from %s", async (_, headers) => {
    const response = await signIn({}, headers);
    expect(location(response)).toEqual([303, "/login?error=origin"]);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  test("needs the password, and after five wrong ones a pause", async () => {
    const visitor = { "X-Forwarded-For": "203.0.113.7" };
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const response = await signIn({ password: `guess ${attempt}` }, visitor);
      expect(location(response)).toEqual([303, "/login?error=wrong"]);
    }
    const response = await signIn({}, visitor);
    expect(response.headers.get("location")).toMatch(/^\/login\?error=wait&seconds=\d+$/);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect((await signIn({}, { "X-Forwarded-For": "203.0.113.8" })).headers.get("location")).toBe(
      "/",
    );
  });

  test("tells what went wrong in the visitor's language", async () => {
    const page = async (query: string, language: string) =>
      (await dashboard.get(`/login?${query}`, { "Accept-Language": language })).text();
    expect(await page("error=wrong", "en")).toContain("The password is wrong.");
    expect(await page("error=wait&seconds=21", "ru")).toContain("через 21 секунду.");
    expect(await page("error=toString", "en")).not.toContain('role="alert"');
  });
});

describe("with a session", () => {
  test("signing out takes it away, and another site cannot do it", async () => {
    const Cookie = await dashboard.signIn();
    const response = await dashboard.post("/logout", {}, { Cookie });
    expect(location(response)).toEqual([303, "/login"]);
    expect(response.headers.getSetCookie()[0]).toContain("session=; Path=/; Max-Age=0;");
    const foreign = await dashboard.post("/logout", {}, { Cookie, Origin: "https://evil.example" });
    expect(foreign.status).toBe(403);
  });

  test("the token for text is used for single dialogs only", async () => {
    const Cookie = await dashboard.signIn();
    api.asked.length = 0;
    for (const path of PAGES) {
      await (await dashboard.get(path, { Cookie })).text();
    }
    const asked = (token: string) =>
      new Set(
        api.asked.filter((line) => line.endsWith(` ${token}`)).map((line) => line.split(" ")[1]),
      );
    expect([...asked("text-token")]).toEqual(["/api/v1/dialogs/60"]);
    expect(asked("stats-token").size).toBe(5);
  });
});

describe("without its settings", () => {
  let closed: Dashboard;

  beforeAll(async () => {
    closed = await Dashboard.start({ API_URL: api.url, SESSION_SECRET: "too short" });
  });

  afterAll(() => closed.stop());

  test.each([...PAGES, "/login", "/nowhere"])("%s says which are missing", async (path) => {
    const response = await closed.get(path);
    const page = await response.text();
    expect(response.status).toBe(503);
    expect(page).toContain("The dashboard is not set up");
    expect(page).toMatch(/DASHBOARD_PASSWORD<\/code> <span[^>]*>is missing/);
    expect(page).toMatch(/SESSION_SECRET<\/code> <span[^>]*>cannot be used/);
  });

  test("nobody can sign in", async () => {
    const response = await closed.post("/login/session", { password: "" });
    expect([response.status, response.headers.getSetCookie()]).toEqual([503, []]);
  });

  test("it is alive, and not ready by name", async () => {
    expect((await closed.get("/healthz")).status).toBe(200);
    const ready = await closed.get("/readyz");
    expect([ready.status, await ready.json()]).toEqual([
      503,
      {
        status: "not ready",
        failed: ["settings"],
        settings: ["DASHBOARD_PASSWORD", "SESSION_SECRET"],
      },
    ]);
  });
});
