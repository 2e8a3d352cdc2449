import { describe, expect, it } from "vitest";
import { type Slot, SlotQueue } from "./slot-queue.js";

const never = new AbortController().signal;

async function acquireNow(queue: SlotQueue): Promise<Slot> {
  const { done, value } = await queue.acquire(never).next();
  if (!done) throw new Error(`queued at ${value}`);
  return value;
}

describe("SlotQueue", () => {
  it("grants at once while slots are free", async () => {
    const queue = new SlotQueue(2);
    await acquireNow(queue);
    await acquireNow(queue);
    expect(await queue.acquire(never).next()).toEqual({ done: false, value: 1 });
  });

  it("tells each place in the queue as it moves up, then grants in order", async () => {
    const queue = new SlotQueue(1);
    const running = await acquireNow(queue);
    const first = queue.acquire(never);
    const second = queue.acquire(never);
    expect((await first.next()).value).toBe(1);
    expect((await second.next()).value).toBe(2);

    running.release();
    const granted = await first.next();
    expect(granted.done).toBe(true);
    expect((await second.next()).value).toBe(1);

    (granted.value as Slot).release();
    expect((await second.next()).done).toBe(true);
  });

  it("gives a place up when its signal aborts", async () => {
    const queue = new SlotQueue(1);
    const running = await acquireNow(queue);
    const leaving = new AbortController();
    const first = queue.acquire(leaving.signal);
    const second = queue.acquire(never);
    await first.next();
    expect((await second.next()).value).toBe(2);

    const left = first.next();
    leaving.abort(new Error("left"));
    await expect(left).rejects.toThrow("left");
    expect((await second.next()).value).toBe(1);
    running.release();
    expect((await second.next()).done).toBe(true);
  });

  it("counts a slot that is released twice once", async () => {
    const queue = new SlotQueue(1);
    const slot = await acquireNow(queue);
    slot.release();
    slot.release();
    await acquireNow(queue);
    expect((await queue.acquire(never).next()).done).toBe(false);
  });
});
