import type { Environment } from "@/lib/secret";

export interface Release {
  readonly version: string;
  readonly commit: string;
}

/** What the image was built from; "unknown" outside an image. */
export function readRelease(env: Environment): Release {
  return {
    version: env["SLIPWAY_VERSION"] || "unknown",
    commit: env["SLIPWAY_COMMIT"] || "unknown",
  };
}
