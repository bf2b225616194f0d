import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { type ApiDouble, startApi } from "./api-double.ts";
import { Dashboard, SETTINGS } from "./dashboard.ts";

/*
 * Fault 1: a public API address that is set when the container starts, though the
 * build had baked in another. Here the build is given one (build.ts).
 */

const OUTPUT = join(import.meta.dirname, "..", ".next");

let apis: readonly ApiDouble[];
let dashboards: readonly Dashboard[];

beforeAll(async () => {
  apis = await Promise.all([startApi({ messages: 4711 }), startApi({ messages: 5822 })]);
  dashboards = await Promise.all(
    apis.map(({ url }) => Dashboard.start({ ...SETTINGS, API_URL: url })),
  );
});

afterAll(async () => {
  await Promise.all(dashboards.map((dashboard) => dashboard.stop()));
  await Promise.all(apis.map((api) => api.close()));
});

test("fault 1: the built output names no API address and no token", async () => {
  const atBuild = inject("atBuild");
  expect(atBuild.length).toBeGreaterThan(1);
  const folders = [join(OUTPUT, "standalone", ".next"), join(OUTPUT, "static")];
  const files = (
    await Promise.all(
      folders.map((folder) => readdir(folder, { recursive: true, withFileTypes: true })),
    )
  )
    .flat()
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  expect(files.length).toBeGreaterThan(50);
  const guilty: string[] = [];
  for (const file of files) {
    const content = await readFile(file, "utf8");
    if ([...atBuild, "NEXT_PUBLIC_"].some((value) => content.includes(value))) {
      guilty.push(file);
    }
  }
  expect(guilty).toEqual([]);
});

test("fault 1: one build serves two API addresses", async () => {
  const pages = await Promise.all(
    dashboards.map(async (dashboard) => {
      const response = await dashboard.get("/", { Cookie: await dashboard.signIn() });
      return response.text();
    }),
  );
  expect(pages.map((page) => [page.includes("4,711"), page.includes("5,822")])).toEqual([
    [true, false],
    [false, true],
  ]);
});
