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
  it("gives events in the order in which they were pushed", async () => {
    const queue = new EventQueue();
    for (const size of [1, 2, 3]) await queue.push(output(size));
    queue.end();
    expect(await sizesOf(queue)).toEqual([1, 2, 3]);
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
