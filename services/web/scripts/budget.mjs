/*
 * Measure the JavaScript that a browser loads for the first view of each page,
 * compressed as a proxy would, from the output of `next build`; fail above the budget.
 *
 * A page loads the framework's own files (build-manifest.json) and the files of all
 * components of the browser that it or its layouts use (its client reference manifest).
 * Polyfills are left out: browsers that know modules do not load them.
 */
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";

const BUDGET = 200_000;
const NEXT = join(import.meta.dirname, "..", ".next");
const PAGES = join(NEXT, "server", "app");
const MANIFEST = "page_client-reference-manifest.js";

const framework = JSON.parse(await readFile(join(NEXT, "build-manifest.json"), "utf8"));
const sizes = new Map();
const rows = [];
for (const file of (await readdir(PAGES, { recursive: true })).sort()) {
  if (file.endsWith(MANIFEST)) {
    rows.push({
      page: `/${relative("", file).slice(0, -MANIFEST.length)}`,
      size: await measure(file),
    });
  }
}
if (rows.length === 0) {
  throw new Error(`${PAGES}: should hold the pages of a build; run pnpm build first`);
}

for (const { page, size } of rows) {
  process.stdout.write(`${(size / 1000).toFixed(1).padStart(7)} kB  ${page}\n`);
}
const over = rows.filter(({ size }) => size > BUDGET);
if (over.length > 0) {
  const pages = over.map(({ page }) => page).join(", ");
  process.stderr.write(`${pages}: should load at most ${BUDGET / 1000} kB of JavaScript\n`);
  process.exitCode = 1;
}

/** The compressed bytes of a page's scripts. */
async function measure(file) {
  const source = await readFile(join(PAGES, file), "utf8");
  // One assignment for each page: globalThis.__RSC_MANIFEST["/page"] = {...};
  const [manifest] = /(?<=\] = )\{.*\}(?=;?\s*$)/s.exec(source) ?? [];
  if (manifest === undefined) {
    throw new Error(`${file}: should assign a manifest; Next may have changed its form`);
  }
  const modules = Object.values(JSON.parse(manifest).clientModules);
  const chunks = modules.flatMap((module) =>
    module.chunks.map((chunk) => chunk.replace("/_next/", "")),
  );
  let total = 0;
  for (const chunk of new Set([...framework.rootMainFiles, ...chunks])) {
    total += await sizeOf(chunk);
  }
  return total;
}

async function sizeOf(chunk) {
  if (!sizes.has(chunk)) {
    sizes.set(chunk, gzipSync(await readFile(join(NEXT, chunk))).length);
  }
  return sizes.get(chunk);
}
