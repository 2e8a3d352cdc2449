import { describe, expect, it } from "vitest";
import { WriteQueue } from "./write-queue.js";

const MIB = 2 ** 20;

/** A step that lasts until it is told to end. */
function held() {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { step: () => released, release };
}

describe("a queue of writes", () => {
  it("does its steps in order, one at a time", async () => {
    const queue = new WriteQueue();
    const { step, release } = held();
    const done: string[] = [];
    queue.push(1, async () => {
      await step();
      done.push("first");
    });
    queue.push(1, () => void done.push("second"));
    release();
    await queue.end();
    expect(done).toEqual(["first", "second"]);
  });

  it("makes a writer that is faster than the disk wait", async () => {
    const queue = new WriteQueue();
    const { step, release } = held();
    queue.push(9 * MIB, step);
    let hasRoom = false;
    const room = queue.room().then(() => {
      hasRoom = true;
    });
    await new Promise(setImmediate);
    expect(hasRoom).toBe(false);
    release();
    await room;
    await queue.end();
  });

  it("begins nothing after a failure, and tells it", async () => {
    const queue = new WriteQueue();
    const done: string[] = [];
    queue.push(20 * MIB, () => {
      throw new Error("the disk is full");
    });
    queue.push(20 * MIB, () => void done.push("after it"));
    await expect(queue.room()).rejects.toThrow("the disk is full");
    await expect(queue.end()).rejects.toThrow("the disk is full");
    expect(done).toEqual([]);
  });

  it("stops after the step that it is at", async () => {
    const queue = new WriteQueue();
    const { step, release } = held();
    const done: string[] = [];
    queue.push(1, step);
    await new Promise(setImmediate);
    queue.push(1, () => void done.push("after it"));
    const stopped = queue.stop();
    release();
    await stopped;
    expect(done).toEqual([]);
  });
});
