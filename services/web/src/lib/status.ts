import { type Health, type Probe, probe } from "@/lib/probes";
import type { Release } from "@/lib/release";
import type { Settings } from "@/lib/settings";

export interface Part {
  readonly name: "web" | "api" | "database" | "bot";
  /** "unknown" when nobody could tell, "unwatched" when nobody was to be asked. */
  readonly health: Health | "unknown" | "unwatched";
  readonly failed: readonly string[];
  readonly tookMs: number | undefined;
  readonly release: Release | undefined;
}

/** The state of everything, as far as the dashboard can ask. Never rejects. */
export async function readParts(
  settings: Pick<Settings, "apiUrl" | "botUrl">,
  own: Release,
): Promise<readonly Part[]> {
  const { apiUrl, botUrl } = settings;
  const [api, bot] = await Promise.all([
    probe(apiUrl),
    botUrl === undefined ? undefined : probe(botUrl),
  ]);
  return [
    { name: "web", health: "ready", failed: [], tookMs: undefined, release: known(own) },
    { name: "api", ...api, release: known(api.release) },
    database(api),
    bot === undefined
      ? { name: "bot", health: "unwatched", failed: [], tookMs: undefined, release: undefined }
      : { name: "bot", ...bot, release: known(bot.release) },
  ];
}

/** Parts that are known to be in trouble. */
export function troubled(parts: readonly Part[]): readonly Part[] {
  return parts.filter(({ health }) => health === "not-ready" || health === "unreachable");
}

/** Whether two parts say that they come from different commits. */
export function isMixed(parts: readonly Part[]): boolean {
  return new Set(parts.flatMap(({ release }) => release?.commit ?? [])).size > 1;
}

/** The API looks after its database itself, and names it when it fails. */
function database(api: Probe): Part {
  const health = {
    ready: "ready",
    "not-ready": api.failed.includes("database") ? "not-ready" : "unknown",
    unreachable: "unknown",
  } as const;
  return {
    name: "database",
    health: health[api.health],
    failed: [],
    tookMs: undefined,
    release: undefined,
  };
}

/** Outside an image a service does not know its commit: nothing to show or to compare. */
function known(release: Release | undefined): Release | undefined {
  return release === undefined || release.commit === "unknown" ? undefined : release;
}
