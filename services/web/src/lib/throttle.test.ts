import { expect, test } from "vitest";

import { Throttle } from "@/lib/throttle";

const LIMITS = { perAddress: 3, overall: 5, windowMs: 60_000 };

function failing(addresses: readonly string[], start: number): Throttle {
  const throttle = new Throttle(LIMITS);
  for (const [index, address] of addresses.entries()) {
    throttle.failed(address, start + index * 1000);
  }
  return throttle;
}

test("an address waits after its third wrong attempt until the first one is a window old", () => {
  const throttle = failing(["a", "a", "a"], 0);
  expect([
    throttle.wait("a", 2000),
    throttle.wait("a", 59_999),
    throttle.wait("a", 60_000),
  ]).toEqual([58, 1, 0]);
});

test("other addresses do not wait for it", () => {
  expect(failing(["a", "a", "a"], 0).wait("b", 3000)).toBe(0);
});

test("many addresses together are bounded too", () => {
  expect(failing(["a", "b", "c", "d", "e"], 0).wait("f", 5000)).toBe(55);
});

test("the right password forgives the attempts of its address only", () => {
  const throttle = failing(["a", "a", "a", "b", "b"], 0);
  throttle.succeeded("a");
  throttle.failed("b", 5000);
  expect([throttle.wait("a", 6000), throttle.wait("b", 6000)]).toEqual([0, 57]);
});
