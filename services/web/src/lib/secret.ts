import { readFileSync } from "node:fs";

import { SettingsError } from "@/lib/errors";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The value of NAME, or the trimmed content of the file that NAME_FILE names;
 * undefined when neither is set.
 *
 * Raises SettingsError when both are set, or the file is unreadable or empty.
 */
export function readSecret(env: Environment, name: string): string | undefined {
  const variable = `${name}_FILE`;
  const path = env[variable];
  if (!path) {
    return env[name] || undefined;
  }
  if (env[name]) {
    throw new SettingsError(name, "unusable", `should not be set together with ${variable}`);
  }
  let content: string;
  try {
    content = readFileSync(path, "utf8").trim();
  } catch {
    throw new SettingsError(variable, "unusable", `should name a readable file, not ${path}`);
  }
  if (!content) {
    throw new SettingsError(
      variable,
      "unusable",
      `should name a file with content; ${path} is empty`,
    );
  }
  return content;
}
