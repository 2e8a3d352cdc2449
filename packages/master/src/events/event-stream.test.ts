import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { eventStream } from "./event-stream.js";

const warning = (message: string) => ({ type: "warning", message }) as const;

describe("the event stream", () => {
  it("gives every listener all events in one order, each after the one before has been taken", async () => {
    const heard: string[] = [];
    const emit = eventStream([
      async (event) => {
        await setImmediate();
        if (event.type === "warning") heard.push(`a ${event.message}`);
      },
      (event) => {
        if (event.type === "warning") heard.push(`b ${event.message}`);
      },
    ]);
    await Promise.all([emit(warning("1")), emit(warning("2"))]);
    expect(heard).toEqual(["a 1", "b 1", "a 2", "b 2"]);
  });

  it("tells the one who emits that a listener has failed, and goes on", async () => {
    const times: number[] = [];
    let calls = 0;
    const emit = eventStream(
      [
        ({ timeMs }) => {
          times.push(timeMs);
          if (++calls === 1) throw new Error("no");
        },
      ],
      () => 7,
    );
    await expect(emit(warning("1"))).rejects.toThrow("no");
    await emit(warning("2"));
    expect(times).toEqual([7, 7]);
  });
});
