import { execFileSync } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder that the tests' servers start in. */
    readonly server: string;
    /** Values of settings while it was built, which must not be in it. */
    readonly atBuild: readonly string[];
  }
}

const HERE = join(import.meta.dirname, "..");
const AT_BUILD = {
  API_URL: "http://api-of-the-build.invalid",
  API_TOKEN: "token-of-the-build",
  DASHBOARD_PASSWORD: "password-of-the-build",
  SESSION_SECRET: "secret-of-the-build-0123456789abcdef",
};

/** Build, hold the pages to their budget, and lay the output out once as an image does. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const env = { ...process.env, ...AT_BUILD, NODE_ENV: "production" } as const;
  for (const script of ["build", "budget"]) {
    execFileSync("pnpm", ["run", script], { cwd: HERE, env, stdio: "inherit" });
  }
  const output = join(HERE, ".next");
  const folder = await mkdtemp(join(tmpdir(), "web-built-"));
  await cp(join(output, "standalone"), folder, { recursive: true });
  // Servers write nothing there, so all tests share it.
  await cp(join(output, "static"), join(folder, ".next", "static"), { recursive: true });
  project.provide("server", folder);
  project.provide("atBuild", Object.values(AT_BUILD));
  return () => rm(folder, { recursive: true });
}
