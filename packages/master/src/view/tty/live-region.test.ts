import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { LiveRegion } from "./live-region.js";

const MANY = 100_000;

/** A terminal that takes nothing until it is read. */
function haltedTerminal() {
  const stream = new PassThrough({ highWaterMark: 1, readableHighWaterMark: 1 });
  return { stream, rewraps: true, isForeground: () => true, writeNow() {} };
}

describe("a terminal that takes nothing", () => {
  it("loses frames and makes lines wait", async () => {
    const terminal = haltedTerminal();
    let asked = 0;
    const region = new LiveRegion({ terminal, color: false, rows: () => [`row ${++asked}`] });
    const line = Buffer.from("x".repeat(MANY));
    let taken = 0;
    const writing = (async () => {
      for (let number = 0; number < 40; number++) {
        await region.lines.lines("", [line]);
        region.repaint();
        taken += 1;
      }
    })();
    for (let turn = 0; turn < 1000; turn++) await setImmediate();
    expect(taken).toBeLessThan(40);
    expect(asked).toBeLessThanOrEqual(3);

    terminal.stream.resume();
    await writing;
    await region.close();
    expect(taken).toBe(40);
  });

  it("does not keep the program from being suspended", async () => {
    const terminal = haltedTerminal();
    const region = new LiveRegion({ terminal, color: false, rows: () => ["row"] });
    await region.lines.lines("", [Buffer.from("x".repeat(MANY))]);
    region.repaint();
    await region.suspend();
    terminal.stream.resume();
    await region.close();
  });

  it("that breaks lets lines go", async () => {
    const terminal = haltedTerminal();
    const region = new LiveRegion({ terminal, color: false, rows: () => ["row"] });
    const waiting = region.lines.lines("", Array(40).fill(Buffer.from("x".repeat(MANY))));
    region.repaint();
    await waiting;
    const dropped = region.lines.lines("", Array(40).fill(Buffer.from("x".repeat(MANY))));
    terminal.stream.destroy(new Error("EIO"));
    await dropped;
    await region.close();
  });
});
