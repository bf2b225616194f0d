/*
 * Make two builds of the same source byte-identical.
 *
 * `next build` writes fresh random keys for draft mode and for server actions,
 * and offers no setting for the first. This dashboard uses neither, so:
 *
 * - Draft mode's id becomes a lone surrogate. A request must bring the id in a
 *   header or a cookie to pass as a draft, and no sequence of bytes decodes to
 *   this character: draft mode and on-demand revalidation cannot be entered,
 *   not even by someone who has read the image. A random id in an image that
 *   others can pull would be weaker. Its keys serve only after the id matched.
 * - The key of server actions becomes empty. The build stops here if there are
 *   any: their key then has to come from outside the image.
 *
 * Wished for upstream: https://github.com/vercel/next.js/discussions/98484
 */
import { access, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const OUTPUT = join(import.meta.dirname, "..", ".next", "standalone", ".next");
const NO_DRAFTS = {
  previewModeId: "\ud800",
  previewModeSigningKey: "",
  previewModeEncryptionKey: "",
};

const actions = await readJson("server/server-reference-manifest.json");
if (Object.keys(actions.node).length > 0 || Object.keys(actions.edge).length > 0) {
  throw new Error(
    "server-reference-manifest.json: should list no server actions; " +
      "before adding one, decide where its encryption key is kept (scripts/normalize.mjs)",
  );
}
const noActions = JSON.stringify({ ...actions, encryptionKey: "" });
await write("server/server-reference-manifest.json", noActions);
await write(
  "server/server-reference-manifest.js",
  `self.__RSC_SERVER_MANIFEST=${JSON.stringify(noActions)}`,
);

const prerendered = await readJson("prerender-manifest.json");
if (Object.keys(prerendered.preview).join() !== Object.keys(NO_DRAFTS).join()) {
  throw new Error("prerender-manifest.json: preview should have the fields of NO_DRAFTS");
}
await write("prerender-manifest.json", JSON.stringify({ ...prerendered, preview: NO_DRAFTS }));
await write("server/preview-props.json", JSON.stringify(NO_DRAFTS));

async function readJson(path) {
  return JSON.parse(await readFile(join(OUTPUT, path), "utf8"));
}

/** Overwrite a file of the build; one that is not there means that Next has changed. */
async function write(path, content) {
  const file = join(OUTPUT, path);
  await access(file);
  await writeFile(file, content);
}
