import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { untilDrained } from "./until-drained.js";

it("waits for the reader, leaves no listener, and does not wait for one that is gone", async () => {
  const stream = new PassThrough({ highWaterMark: 1 });
  stream.write("xx");
  const waiting = untilDrained(stream);
  stream.resume();
  await waiting;
  expect(stream.listenerCount("drain") + stream.listenerCount("close")).toBe(0);

  const closing = new PassThrough({ highWaterMark: 1 });
  closing.write("xx");
  const released = untilDrained(closing);
  closing.destroy();
  await released;
});
