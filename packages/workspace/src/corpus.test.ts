import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as product from "./index.js";
import type { Case } from "./testing/corpus/case.js";
import { corpus } from "./testing/corpus/corpus.js";
import { receiveOffer } from "./testing/corpus/receive-offer.js";
import { Sandbox } from "./testing/corpus/sandbox.js";

const cases = Object.values(corpus).flat();
let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox();
});
afterAll(() => sandbox.remove());

describe.each(Object.entries(corpus))("offers of the class %s", (_, ofClass) => {
  it.each(named(ofClass))("%s", { timeout: 60_000 }, async (_, { expected, ...offer }) => {
    const { outcome, violations } = await receiveOffer(product, sandbox, offer);
    expect(outcome).toEqual(expected);
    expect(violations).toEqual([]);
  });
});

describe("the corpus", () => {
  it("has each name once in each direction", () => {
    const names = named(cases).map(([name]) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it("has at least 150 cases, and 60 in each direction", () => {
    expect(cases.length).toBeGreaterThanOrEqual(150);
    for (const to of ["agent", "master"]) {
      expect(cases.filter((offer) => offer.to === to).length).toBeGreaterThanOrEqual(60);
    }
  });
});

function named(ofClass: readonly Case[]): [string, Case][] {
  return ofClass.map((offer) => [`${offer.name}, to the ${offer.to}`, offer]);
}
