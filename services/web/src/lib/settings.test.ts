import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

import type { Environment } from "@/lib/secret";
import { findProblems, readSettings, type Settings } from "@/lib/settings";

const folder = mkdtempSync(join(tmpdir(), "web-settings-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const SECRET = "s".repeat(32);
const NEEDED = {
  API_URL: "http://api:8000",
  DASHBOARD_PASSWORD: "harbour",
  SESSION_SECRET: SECRET,
};
const READ: Settings = {
  apiUrl: "http://api:8000",
  apiToken: undefined,
  apiTextToken: undefined,
  botUrl: undefined,
  password: "harbour",
  sessionSecret: SECRET,
};

test.each<[Environment, Partial<Settings>]>([
  [{}, {}],
  [{ API_URL: "https://a.example/base//" }, { apiUrl: "https://a.example/base" }],
  [
    { API_TOKEN: "t", API_TEXT_TOKEN: "u" },
    { apiToken: "t", apiTextToken: "u" },
  ],
  [{ API_TOKEN: "" }, {}],
  [{ API_TOKEN: "", API_TOKEN_FILE: file("token", "from file\n") }, { apiToken: "from file" }],
  [{ API_TEXT_TOKEN_FILE: file("text-token", "text\n") }, { apiTextToken: "text" }],
  [{ BOT_URL: "http://bot:8081/" }, { botUrl: "http://bot:8081" }],
  [
    { DASHBOARD_PASSWORD: "", DASHBOARD_PASSWORD_FILE: file("password", "two words\n") },
    { password: "two words" },
  ],
  [
    { SESSION_SECRET: undefined, SESSION_SECRET_FILE: file("secret", `${"x".repeat(40)}\n`) },
    { sessionSecret: "x".repeat(40) },
  ],
  [{ SESSION_SECRET: "й".repeat(16) }, { sessionSecret: "й".repeat(16) }],
])("%o", (env, expected) => {
  expect(readSettings({ ...NEEDED, ...env })).toEqual({ ...READ, ...expected });
});

test.each<[Environment, string]>([
  [{ API_URL: undefined }, "API_URL: should be set to the API's address, as http://api:8000"],
  [{ API_URL: "" }, "API_URL: should be set to the API's address, as http://api:8000"],
  [{ API_URL: "api:8000" }, "API_URL: should be an http or https address"],
  [{ API_URL: "//api" }, "API_URL: should be an http or https address"],
  [{ BOT_URL: "bot" }, "BOT_URL: should be an http or https address"],
  [
    { API_TOKEN: "t", API_TOKEN_FILE: "/f" },
    "API_TOKEN: should not be set together with API_TOKEN_FILE",
  ],
  [
    { API_TOKEN_FILE: "/nowhere/token" },
    "API_TOKEN_FILE: should name a readable file, not /nowhere/token",
  ],
  [
    { API_TOKEN_FILE: file("empty", "\n") },
    `API_TOKEN_FILE: should name a file with content; ${join(folder, "empty")} is empty`,
  ],
  [
    { DASHBOARD_PASSWORD: "" },
    "DASHBOARD_PASSWORD: should be set to the password of the dashboard; " +
      "DASHBOARD_PASSWORD_FILE names a file with it",
  ],
  [
    { SESSION_SECRET: "s".repeat(31) },
    "SESSION_SECRET: should have at least 32 random bytes, as from openssl rand -hex 32",
  ],
])("%o is refused", (env, message) => {
  expect(() => readSettings({ ...NEEDED, ...env })).toThrow(message);
});

test("every problem is found at once, in the order in which settings are read", () => {
  const problems = findProblems({ BOT_URL: "bot", SESSION_SECRET: "short" });
  expect(problems.map(({ setting, problem }) => [setting, problem])).toEqual([
    ["API_URL", "missing"],
    ["BOT_URL", "unusable"],
    ["DASHBOARD_PASSWORD", "missing"],
    ["SESSION_SECRET", "unusable"],
  ]);
  expect(findProblems(NEEDED)).toEqual([]);
});
