import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

import { type Environment, readSettings } from "@/lib/settings";

const folder = mkdtempSync(join(tmpdir(), "web-settings-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

test.each<[Environment, ReturnType<typeof readSettings>]>([
  [{ API_URL: "http://api:8000" }, { apiUrl: "http://api:8000", apiToken: undefined }],
  [
    { API_URL: "https://a.example/base//" },
    { apiUrl: "https://a.example/base", apiToken: undefined },
  ],
  [
    { API_URL: "http://api", API_TOKEN: "t" },
    { apiUrl: "http://api", apiToken: "t" },
  ],
  [
    { API_URL: "http://api", API_TOKEN: "" },
    { apiUrl: "http://api", apiToken: undefined },
  ],
  [
    { API_URL: "http://api", API_TOKEN: "", API_TOKEN_FILE: file("token", "from file\n") },
    { apiUrl: "http://api", apiToken: "from file" },
  ],
])("%o", (env, expected) => {
  expect(readSettings(env)).toEqual(expected);
});

test.each<[Environment, string]>([
  [{}, "API_URL: should be set to the API's address, as http://api:8000"],
  [{ API_URL: "" }, "API_URL: should be set to the API's address, as http://api:8000"],
  [{ API_URL: "api:8000" }, "API_URL: should be an http or https address"],
  [{ API_URL: "//api" }, "API_URL: should be an http or https address"],
  [
    { API_URL: "http://api", API_TOKEN: "t", API_TOKEN_FILE: "/f" },
    "API_TOKEN: should not be set together with API_TOKEN_FILE",
  ],
  [
    { API_URL: "http://api", API_TOKEN_FILE: "/nowhere/token" },
    "API_TOKEN_FILE: should name a readable file, not /nowhere/token",
  ],
  [
    { API_URL: "http://api", API_TOKEN_FILE: file("empty", "\n") },
    `API_TOKEN_FILE: should name a file with a token; ${join(folder, "empty")} is empty`,
  ],
])("%o is refused", (env, message) => {
  expect(() => readSettings(env)).toThrow(message);
});
