import { describe, expect, it } from "vitest";
import { forecastTransfer, sampleTransfer, type TransferRate } from "./transfer-rate.js";

const totalBytes = 100_000;

/** After samples of how many bytes were there at which time. */
function after(...samples: [atMs: number, doneBytes: number][]): TransferRate {
  let transfer: TransferRate | undefined;
  for (const [atMs, doneBytes] of samples)
    transfer = sampleTransfer(transfer, { doneBytes, totalBytes }, atMs);
  if (!transfer) throw new Error("There is no sample.");
  return transfer;
}

const every = (stepMs: number, untilMs: number, bytesAt: (ms: number) => number) =>
  after(
    ...Array.from(
      { length: untilMs / stepMs + 1 },
      (_, n) => [n * stepMs, bytesAt(n * stepMs)] as [number, number],
    ),
  );

describe("the rate of a transfer", () => {
  it.each([
    ["is not known from one sample", after([500, 20_000]), 500, undefined],
    ["is not known within a second", after([500, 20_000], [1400, 30_000]), 1400, undefined],
    ["has no part of what was there at first", after([0, 50_000], [1000, 60_000]), 1000, [10_000, 4000]],
    ["is exact when it is steady", every(100, 5000, (ms) => ms * 10), 5000, [10_000, 5000]],
    ["does not depend on how often it is asked", every(500, 5000, (ms) => ms * 10), 5000, [10_000, 5000]],
    ["has nothing left at the end", after([0, 0], [2000, totalBytes]), 2000, undefined],
    ["has no end while nothing comes", after([0, 5], [2000, 5]), 2000, [0, undefined]],
  ] as const)("%s", (_, transfer, nowMs, expected) => {
    const forecast = forecastTransfer(transfer, nowMs);
    if (!expected) return expect(forecast).toBeUndefined();
    expect(forecast?.bytesPerSecond).toBe(expected[0]);
    if (expected[1] === undefined) expect(forecast?.leftMs).toBeUndefined();
    else expect(forecast?.leftMs).toBeCloseTo(expected[1], 3);
  });

  it("follows a change slowly", () => {
    const transfer = every(100, 6000, (ms) => (ms <= 3000 ? ms : 3000 + (ms - 3000) * 10));
    const { bytesPerSecond = 0 } = forecastTransfer(transfer, 6000) ?? {};
    expect(bytesPerSecond).toBeGreaterThan(5000);
    expect(bytesPerSecond).toBeLessThan(10_000);
  });

  it("falls while nothing comes", () => {
    const transfer = every(100, 5000, (ms) => ms * 10);
    const rateAt = (ms: number) => forecastTransfer(transfer, ms)?.bytesPerSecond ?? 0;
    expect(rateAt(8000)).toBeLessThan(rateAt(5000));
    expect(rateAt(11_000)).toBeLessThan(rateAt(8000));
  });

  it("takes a clock and counts that go back", () => {
    const transfer = after([1000, 9000], [900, 8000], [3000, 8000]);
    expect(forecastTransfer(transfer, 3000)).toEqual({ bytesPerSecond: 0 });
  });
});
