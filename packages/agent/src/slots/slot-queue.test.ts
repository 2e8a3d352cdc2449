import { describe, expect, it } from "vitest";
import { type Slot, SlotQueue } from "./slot-queue.js";

const never = new AbortController().signal;

const TURN = { caller: "", run: "r" };

async function acquireNow(queue: SlotQueue, turn = TURN): Promise<Slot> {
  const { done, value } = await queue.acquire(turn, never).next();
  if (!done) throw new Error(`queued at ${value}`);
  return value;
}

describe("SlotQueue", () => {
  it("grants at once while slots are free", async () => {
    const queue = new SlotQueue(2);
    await acquireNow(queue);
    await acquireNow(queue);
    expect(await queue.acquire(TURN, never).next()).toEqual({ done: false, value: 1 });
  });

  it("tells each place in the queue as it moves up, then grants in order", async () => {
    const queue = new SlotQueue(1);
    const running = await acquireNow(queue);
    const first = queue.acquire(TURN, never);
    const second = queue.acquire(TURN, never);
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
    const first = queue.acquire(TURN, leaving.signal);
    const second = queue.acquire(TURN, never);
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
    expect((await queue.acquire(TURN, never).next()).done).toBe(false);
  });

  it("lets a run of one task by when another run has taken all slots, and tells the others their new places", async () => {
    const queue = new SlotQueue(2);
    const running = await acquireNow(queue);
    await acquireNow(queue);
    const [second, third] = [queue.acquire(TURN, never), queue.acquire(TURN, never)];
    expect((await second.next()).value).toBe(1);
    expect((await third.next()).value).toBe(2);
    const other = queue.acquire({ caller: "", run: "other" }, never);
    expect((await other.next()).value).toBe(1);
    expect((await second.next()).value).toBe(2);
    expect((await third.next()).value).toBe(3);
    running.release();
    expect((await other.next()).done).toBe(true);
  });

  it("keeps what is beyond a caller's limit waiting while slots are free, and gives them to others", async () => {
    const queue = new SlotQueue(3, { mostPerCaller: 1 });
    const running = await acquireNow(queue);
    const beyond = queue.acquire(TURN, never);
    expect((await beyond.next()).value).toBe(1);
    await acquireNow(queue, { caller: "CN=other", run: "s" });
    running.release();
    expect((await beyond.next()).done).toBe(true);
    expect(queue.inUse).toBe(2);
  });
});
