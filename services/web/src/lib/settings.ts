import { SettingsError } from "@/lib/errors";
import { type Environment, readSecret } from "@/lib/secret";

const SECRET_BYTES = 32;

export interface Settings {
  /** Base address of the API, without a trailing slash. */
  readonly apiUrl: string;
  readonly apiToken: string | undefined;
  /** A token that may also read what was said; used for single dialogs only. */
  readonly apiTextToken: string | undefined;
  /** Base address of the bot's probes, without a trailing slash. */
  readonly botUrl: string | undefined;
  readonly password: string;
  readonly sessionSecret: string;
}

type Readers = { readonly [Name in keyof Settings]: (env: Environment) => Settings[Name] };

const READERS: Readers = {
  apiUrl: (env) => requiredAddress(env, "API_URL", "the API's address, as http://api:8000"),
  apiToken: (env) => readSecret(env, "API_TOKEN"),
  apiTextToken: (env) => readSecret(env, "API_TEXT_TOKEN"),
  botUrl: (env) => address("BOT_URL", env["BOT_URL"]),
  password: (env) => requiredSecret(env, "DASHBOARD_PASSWORD", "the password of the dashboard"),
  sessionSecret,
};

/**
 * Read the settings anew: one image serves every environment, and a rotated
 * token file counts from the next request on.
 *
 * Raises the first of the errors that findProblems lists.
 */
export function readSettings(env: Environment): Settings {
  return {
    apiUrl: READERS.apiUrl(env),
    apiToken: READERS.apiToken(env),
    apiTextToken: READERS.apiTextToken(env),
    botUrl: READERS.botUrl(env),
    password: READERS.password(env),
    sessionSecret: READERS.sessionSecret(env),
  };
}

/** Everything that is wrong with the settings, so that it is mended in one go. */
export function findProblems(env: Environment): readonly SettingsError[] {
  return Object.values(READERS).flatMap((read) => {
    try {
      read(env);
      return [];
    } catch (error) {
      if (error instanceof SettingsError) {
        return [error];
      }
      throw error;
    }
  });
}

function requiredAddress(env: Environment, name: string, meaning: string): string {
  const value = address(name, env[name]);
  if (value === undefined) {
    throw new SettingsError(name, "missing", `should be set to ${meaning}`);
  }
  return value;
}

function address(name: string, value: string | undefined): string | undefined {
  if (!value) {
    return undefined;
  }
  const url = URL.parse(value);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new SettingsError(name, "unusable", "should be an http or https address");
  }
  return value.replace(/\/+$/, "");
}

function requiredSecret(env: Environment, name: string, meaning: string): string {
  const value = readSecret(env, name);
  if (value === undefined) {
    throw new SettingsError(
      name,
      "missing",
      `should be set to ${meaning}; ${name}_FILE names a file with it`,
    );
  }
  return value;
}

function sessionSecret(env: Environment): string {
  const meaning = `at least ${SECRET_BYTES} random bytes, as from openssl rand -hex 32`;
  const value = requiredSecret(env, "SESSION_SECRET", meaning);
  if (Buffer.byteLength(value) < SECRET_BYTES) {
    throw new SettingsError("SESSION_SECRET", "unusable", `should have ${meaning}`);
  }
  return value;
}
