import { readdirSync } from "node:fs";
import { tryAcquireLock } from "../lock/process-lock.js";
import type { ContentStore } from "./content-store.js";
import { removeTree } from "./remove-tree.js";
import { settleAbandoned } from "./settle-abandoned.js";
import { readAbout } from "./tree-about.js";

/** Something that may go, and what is won by it. */
interface Candidate {
  bytes: number;
  usedAtMs: number;
  remove(): Promise<void>;
}

/** A directory of trees, and the contents that they do not hold any more. */
export interface Kept {
  trees: string;
  store: ContentStore;
}

/** Removes contents and trees, least recently used first, until what is left fits. A tree that is in use stays. */
export async function freeSpace(kept: readonly Kept[], capacityBytes: number): Promise<void> {
  for (const { trees } of kept) await settleAbandoned(trees);
  const candidates = kept.flatMap(candidatesOf).sort((a, b) => a.usedAtMs - b.usedAtMs);
  let bytes = sumOf(candidates);
  for (const candidate of candidates) {
    if (bytes <= capacityBytes) return;
    await candidate.remove();
    bytes -= candidate.bytes;
  }
}

/** What all contents and trees amount to. */
export function keptBytes(kept: Kept): number {
  return sumOf(candidatesOf(kept));
}

function candidatesOf({ trees, store }: Kept): Candidate[] {
  return [...contentsOf(store), ...treesIn(trees)];
}

function sumOf(candidates: readonly Candidate[]): number {
  return candidates.reduce((sum, { bytes }) => sum + bytes, 0);
}

function contentsOf(store: ContentStore): Candidate[] {
  return store.list().map(({ digest, sizeBytes, usedAtMs }) => ({
    bytes: sizeBytes,
    usedAtMs,
    remove: async () => store.remove(digest),
  }));
}

function treesIn(trees: string): Candidate[] {
  return readdirSync(trees).flatMap((workspace) =>
    readdirSync(`${trees}/${workspace}`).map((number) => {
      const directory = `${trees}/${workspace}/${number}`;
      const { contentBytes, usedAtMs } = readAbout(directory);
      return { bytes: contentBytes, usedAtMs, remove: () => removeUnused(directory) };
    }),
  );
}

async function removeUnused(directory: string): Promise<void> {
  const lock = tryAcquireLock(`${directory}/lock`);
  if (lock === undefined) return;
  for (const name of ["tree", "received", "gathered", "index", "about.json"])
    await removeTree(`${directory}/${name}`);
  lock.release();
}
