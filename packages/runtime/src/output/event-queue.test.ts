import { describe, expect, it } from "vitest";
import type { TaskEvent } from "../task-runner.js";
import { EventQueue } from "./event-queue.js";

const output = (sizeBytes: number): TaskEvent => ({
  type: "output",
  stream: "stdout",
  bytes: new Uint8Array(sizeBytes),
});

async function sizesOf(queue: EventQueue): Promise<number[]> {
  const sizes: number[] = [];
  for await (const event of queue.events()) if (event.type === "output") sizes.push(event.bytes.length);
  return sizes;
}

describe("EventQueue", () => {
  it("gives events in the order in which they were pushed, what waits together of one stream as one", async () => {
    const queue = new EventQueue();
    const print = (stream: "stdout" | "stderr", text: string) =>
      queue.push({ type: "output", stream, bytes: Buffer.from(text) });
    for (const text of ["a", "b", "c"]) await print("stdout", text);
    await print("stderr", "d");
    await queue.push({ type: "log", record: { level: "info", message: "e", fields: undefined } });
    for (const text of ["f", "g"]) await print("stderr", text);
    await print("stdout", "h");
    queue.end();
    const seen: string[] = [];
    for await (const event of queue.events())
      seen.push(event.type === "output" ? `${event.stream} ${Buffer.from(event.bytes)}` : event.type);
    expect(seen).toEqual(["stdout abc", "stderr d", "log", "stderr fg", "stdout h"]);
  });

  it("gives the first of what is printed at once, and gathers what follows, but not for long", async () => {
    const queue = new EventQueue();
    const events = queue.events();
    const first = events.next();
    await queue.push(output(1));
    expect((await first).value).toMatchObject({ bytes: new Uint8Array(1) });
    const second = events.next();
    for (let piece = 0; piece < 100; piece++) {
      await Promise.resolve();
      await queue.push(output(10));
    }
    let [sizeBytes, count] = [0, 0];
    for (let next = second; sizeBytes < 1000; next = events.next()) {
      const { value } = await next;
      if (value?.type === "output") sizeBytes += value.bytes.length;
      count += 1;
    }
    // On a busy machine the time may be over in between.
    expect([sizeBytes, count < 20]).toEqual([1000, true]);
  });

  it("does not gather more than is worth a way of its own", async () => {
    const queue = new EventQueue();
    for (let piece = 0; piece < 40; piece++) await queue.push(output(4096));
    queue.end();
    const sizes = await sizesOf(queue);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(40 * 4096);
    expect([Math.max(...sizes) <= 64 * 1024, sizes.length]).toEqual([true, 3]);
  });

  it("lets a producer wait while it is full, and drops nothing", async () => {
    const queue = new EventQueue();
    await queue.push(output(1_000_000));
    let isPushed = false;
    const second = queue.push(output(7)).then(() => {
      isPushed = true;
      queue.end();
    });
    await Promise.resolve();
    expect([queue.isFull, isPushed]).toEqual([true, false]);
    expect(await sizesOf(queue)).toEqual([1_000_000, 7]);
    await second;
  });

  it("says when an event has been taken", async () => {
    const queue = new EventQueue();
    let isTaken = false;
    queue.pushNow(output(1), () => {
      isTaken = true;
    });
    expect(isTaken).toBe(false);
    await queue.events().next();
    expect(isTaken).toBe(true);
  });

  it("lets nobody wait when nobody consumes", async () => {
    const queue = new EventQueue();
    let taken = 0;
    queue.pushNow(output(1_000_000), () => taken++);
    const waiting = queue.push(output(1));
    queue.discard();
    await waiting;
    queue.pushNow(output(1_000_000), () => taken++);
    expect([taken, queue.isFull]).toEqual([2, false]);
  });

  it("ends the consumer's loop with the failure, after all events", async () => {
    const queue = new EventQueue();
    queue.pushNow(output(1));
    queue.end(new Error("broken"));
    const events = queue.events();
    expect((await events.next()).value).toMatchObject({ type: "output" });
    await expect(events.next()).rejects.toThrow("broken");
  });
});
