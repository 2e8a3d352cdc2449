import { afterAll, beforeAll, expect, it } from "vitest";
import * as product from "./index.js";
import { drawOffer } from "./testing/corpus/fuzz/draw-offer.js";
import { judgeOffer } from "./testing/corpus/fuzz/judge-offer.js";
import { Sandbox } from "./testing/corpus/sandbox.js";

const SEED = 1;
/** About three seconds. */
const OFFERS = 600;

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox();
});
afterAll(() => sandbox.remove());

it("rejects mutated offers without a trace, and takes what it takes exactly", async () => {
  const outcomes = new Map<string, number>();
  for (let index = 0; index < OFFERS; index++) {
    const { outcome, violations } = await judgeOffer(product, sandbox, drawOffer(SEED, index));
    expect(violations, `the offer ${index} of the seed ${SEED}`).toEqual([]);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  expect(outcomes.get("accepted")).toBeGreaterThan(OFFERS / 20);
  expect(outcomes.get("BAD_ARCHIVE")).toBeGreaterThan(OFFERS / 20);
});
