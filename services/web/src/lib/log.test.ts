import { expect, test, vi } from "vitest";

import { log } from "@/lib/log";

test("an event is one JSON line, and text cannot break out of it", () => {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  log("error", "stats_failed", { reason: 'line\n"quoted"' });
  const line = String(write.mock.calls[0]?.[0]);
  write.mockRestore();
  expect(line.split("\n")).toHaveLength(2);
  expect(JSON.parse(line)).toEqual({
    ts: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    level: "error",
    service: "web",
    event: "stats_failed",
    reason: 'line\n"quoted"',
  });
});
