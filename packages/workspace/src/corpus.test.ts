import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as product from "./index.js";
import { archiveOf, type Case, TWO_FILES } from "./testing/corpus/case.js";
import { corpus } from "./testing/corpus/corpus.js";
import { manifestBytes } from "./testing/corpus/list-bytes.js";
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

describe("an archive in two chunks", () => {
  const good = archiveOf(TWO_FILES);
  const expected = product.decodeManifest(manifestBytes(TWO_FILES)).entries;
  const stagingDir = () => join(sandbox.directory, "staging");
  const cutAt = async function* (bytes: Buffer, at: number) {
    yield bytes.subarray(0, at);
    yield bytes.subarray(at);
  };

  it("is taken wherever it is cut", async () => {
    const digests = new Set<string>();
    for (let at = 0; at <= good.length; at++) {
      const contents = await product.receiveContents(cutAt(good, at), { expected, stagingDir: stagingDir() });
      await contents.remove();
      expect(contents.summary).toMatchObject({ bytes: good.length, entries: 2 });
      digests.add(contents.summary.sha256);
    }
    expect(digests.size).toBe(1);
  });

  it("is refused wherever it is cut when its last byte is wrong", async () => {
    const bad = Buffer.from(good).fill("x", good.length - 1);
    for (let at = 0; at <= bad.length; at++) {
      const received = product.receiveContents(cutAt(bad, at), { expected, stagingDir: stagingDir() });
      await expect(received).rejects.toMatchObject({ code: "BAD_ARCHIVE" });
      expect(existsSync(stagingDir())).toBe(false);
    }
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
