import type { TaskEvent } from "@sloth/runtime";
import { describe, expect, it } from "vitest";
import { TransferMeter } from "./transfer-meter.js";

async function all(events: AsyncIterable<TaskEvent>): Promise<TaskEvent[]> {
  const taken: TaskEvent[] = [];
  for await (const event of events) taken.push(event);
  return taken;
}

async function drain(chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of chunks);
}

describe("a transfer", () => {
  it("tells while it takes long how far it is, and no more than the total", async () => {
    const meter = new TransferMeter("sync");
    let goOn = () => {};
    const heard = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    async function* chunks() {
      yield new Uint8Array(60);
      await heard;
      yield new Uint8Array(70);
    }
    let ended = false;
    const work = drain(meter.count(chunks(), () => 100)).then(() => {
      ended = true;
    });
    const events: TaskEvent[] = [];
    for await (const event of meter.during(work)) {
      events.push(event);
      goOn();
    }
    expect(ended).toBe(true);
    expect(events).toEqual([{ type: "transfer", stage: "sync", doneBytes: 60, totalBytes: 100 }]);
  });

  it("tells nothing when it is over soon, and does not ask how much it is", async () => {
    const meter = new TransferMeter("return");
    async function* chunks() {
      yield new Uint8Array(60);
    }
    const work = drain(
      meter.count(chunks(), () => {
        throw new Error("asked");
      }),
    );
    expect(await all(meter.during(work))).toEqual([]);
  });

  it("fails as the work does", async () => {
    const work = Promise.reject(new Error("broken"));
    await expect(all(new TransferMeter("sync").during(work))).rejects.toThrow("broken");
  });
});
