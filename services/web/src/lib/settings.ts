import { readFileSync } from "node:fs";

import { SettingsError } from "@/lib/errors";

export interface Settings {
  /** Base address of the API, without a trailing slash. */
  readonly apiUrl: string;
  readonly apiToken: string | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Read the settings anew: one image serves every environment, and a rotated
 * token file counts from the next request on.
 */
export function readSettings(env: Environment): Settings {
  return { apiUrl: apiUrl(env["API_URL"]), apiToken: apiToken(env) };
}

function apiUrl(value: string | undefined): string {
  if (!value) {
    throw new SettingsError("API_URL", "should be set to the API's address, as http://api:8000");
  }
  const url = URL.parse(value);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new SettingsError("API_URL", "should be an http or https address");
  }
  return value.replace(/\/+$/, "");
}

function apiToken(env: Environment): string | undefined {
  const path = env["API_TOKEN_FILE"];
  if (!path) {
    return env["API_TOKEN"] || undefined;
  }
  if (env["API_TOKEN"]) {
    throw new SettingsError("API_TOKEN", "should not be set together with API_TOKEN_FILE");
  }
  let content: string;
  try {
    content = readFileSync(path, "utf8").trim();
  } catch {
    throw new SettingsError("API_TOKEN_FILE", `should name a readable file, not ${path}`);
  }
  if (!content) {
    throw new SettingsError("API_TOKEN_FILE", `should name a file with a token; ${path} is empty`);
  }
  return content;
}
