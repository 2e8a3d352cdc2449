import { describe, expect, it } from "vitest";
import { manyOutputs, oneLargeOutput } from "./load/loads.js";
import { runLoad, VIEWS } from "./load/run-load.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { whyNoTerminal } from "./support/terminal.js";

/** `SLOTH_LOAD=full`: a gigabyte, and twenty tasks of 3,000 lines a second for half a minute. */
const isFull = process.env.SLOTH_LOAD === "full";
const LOADS = {
  "one large output": oneLargeOutput(isFull ? 1e9 : 1e8),
  "twenty outputs at once": manyOutputs(20, isFull ? { lines: 90_000, perSecond: 3000 } : { lines: 3000 }),
};
const everyDay: readonly string[] = ["plain", "tty"];
const views = VIEWS.filter(
  (view) => (isFull || everyDay.includes(view)) && (view !== "tty" || !whyNoTerminal()),
);
const cases = Object.entries(LOADS).flatMap(([name, load]) =>
  views.map((view) => [name, view, load] as const),
);

describe("a run that prints much", () => {
  it.each(cases)("is recorded to the last byte in bounded memory: %s, %s", async (_, view, load) => {
    const { code, measured, outputs } = await runLoad(temporaryDirectory(), load, view);
    expect(outputs).toEqual(load.outputs);
    expect(measured.peakRssBytes / 1024 / 1024).toBeLessThan(150);
    expect(code).toBe(0);
    if (isFull) process.stdout.write(`${JSON.stringify({ load: _, view, ...measured })}\n`);
  });
});
