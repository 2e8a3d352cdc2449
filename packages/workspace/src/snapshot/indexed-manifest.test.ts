import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { indexByPath } from "../manifest/entry.js";
import { arbitraryManifest } from "../testing/arbitrary-manifest.js";
import { carryIdentities } from "./diff-indexes.js";
import type { FileIdentity } from "./file-identity.js";
import { indexedManifest, indexOf } from "./snapshot.js";
import { ROW } from "./stat-index.js";

function identified(mtimeNs: number): FileIdentity {
  return { inode: 1n, sizeBytes: 0, mtimeNs: BigInt(mtimeNs), ctimeNs: 0n, mode: 0 };
}

describe("a manifest that stays encoded", () => {
  it("finds every path of its tree, in whatever order they are asked for, and no other", () => {
    fc.assert(
      fc.property(arbitraryManifest, arbitraryManifest, (given, others) => {
        const encoded = indexedManifest(given);
        const known = indexByPath(given.entries);
        const paths = [...given.entries, ...others.entries].map(({ path }) => path);
        for (const path of [...paths, ...paths.toReversed()])
          expect(encoded.get(path)).toEqual(known.get(path));
        expect([...encoded.walk()]).toEqual(given.entries);
      }),
    );
  });

  it("finds nothing below a file, and no root", () => {
    fc.assert(
      fc.property(arbitraryManifest, (given) => {
        const encoded = indexedManifest(given);
        for (const { path, kind } of given.entries)
          if (kind !== "directory") expect(encoded.get(`${path}/a`)).toBeUndefined();
        expect(encoded.get("")).toBeUndefined();
      }),
    );
  });
});

describe("carrying identities over", () => {
  it("gives those of the files that are as they were, and no others", () => {
    fc.assert(
      fc.property(arbitraryManifest, arbitraryManifest, fc.nat(), (one, other, at) => {
        // A part of the one tree stands in the other, so that some of it is the same.
        const after = { entries: at % 2 === 0 ? one.entries.slice(0, at % 7) : other.entries };
        const numbers = new Map(one.entries.map(({ path }, index) => [path, index]));
        const before = indexOf(one, (path) => identified(numbers.get(path) ?? -1)).index;
        const target = indexOf(after, () => undefined).index;
        const rows = carryIdentities(before, target, after.entries.length);
        expect(rows.length).toBe(after.entries.length * ROW);
        const carried = indexOf(after, (path) => identityIn(one, after, path, numbers)).index;
        expect(rows).toEqual(carried.identities);
      }),
    );
  });
});

function identityIn(
  one: { entries: readonly { path: string }[] },
  after: { entries: readonly { path: string }[] },
  path: string,
  numbers: ReadonlyMap<string, number>,
): FileIdentity | undefined {
  const of = ({ entries }: typeof one) => JSON.stringify(entries.find((entry) => entry.path === path));
  return of(one) === of(after) ? identified(numbers.get(path) ?? -1) : undefined;
}
