import { expect, it } from "vitest";
import { ReadyQueue } from "./ready-queue.js";

it("gives the first one that is still ready, as often as it is asked", () => {
  const gone = new Set<string>();
  const queue = new ReadyQueue<string>((item) => !gone.has(item));
  for (const item of ["a", "b", "c"]) queue.add(item);
  gone.add("b");
  expect([queue.first, queue.first]).toEqual(["a", "a"]);
  gone.add("a");
  expect(queue.first).toBe("c");
  gone.add("c");
  expect(queue.first).toBeUndefined();
  queue.add("d");
  expect(queue.first).toBe("d");
});

it("takes each of many in the same time", () => {
  const count = 200_000;
  const gone = new Set<number>();
  const queue = new ReadyQueue<number>((item) => !gone.has(item));
  for (let item = 0; item < count; item++) queue.add(item);
  let looks = 0;
  for (let item = queue.first; item !== undefined; item = queue.first) {
    gone.add(item);
    looks += 1;
  }
  expect(looks).toBe(count);
});
