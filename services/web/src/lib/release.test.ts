import { expect, test } from "vitest";

import { readRelease } from "@/lib/release";

test("the image's environment names version and commit", () => {
  expect(readRelease({ SLIPWAY_VERSION: "1.2.3", SLIPWAY_COMMIT: "abc" })).toEqual({
    version: "1.2.3",
    commit: "abc",
  });
});

test("outside an image both are unknown", () => {
  expect(readRelease({ SLIPWAY_VERSION: "" })).toEqual({ version: "unknown", commit: "unknown" });
});
