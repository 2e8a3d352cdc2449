import type { WorkspaceErrorCode } from "../../errors.js";
import { body, digestOf, END } from "../archive.js";
import { type Bytes, binary, changesetBytes, type Entry, file, joined, manifestBytes } from "./list-bytes.js";
import { BASE } from "./sandbox.js";

/** What a peer sends: to an agent a manifest, to a master a changeset, and the archive of the contents to both. */
export interface Offer {
  to: "agent" | "master";
  list: Uint8Array;
  archive: Iterable<Uint8Array>;
  /** Prepares the root before anything is opened there. */
  standing?: ((root: string) => void) | undefined;
  /** Changes the master's directory after it was sent. */
  meanwhile?: ((root: string) => void) | undefined;
}

/** Accepted means exactly this tree, as `readLines` shows it; after anything else the root is as it was. */
export type Outcome = { rejected: WorkspaceErrorCode } | { conflicts: string[] } | { tree: string[] };

export interface Case extends Offer {
  name: string;
  expected: Outcome;
}

export interface Parts {
  entries?: readonly Entry[];
  deletions?: readonly Bytes[];
  /** In place of the encoded entries and deletions. */
  list?: Uint8Array;
  /** In place of the contents that the entries need. */
  archive?: Iterable<Uint8Array> | Buffer;
  standing?: (root: string) => void;
  meanwhile?: (root: string) => void;
}

/** A code, or what comes instead of the tree that the entries make. */
export type Expectation = WorkspaceErrorCode | "accepted" | { conflicts: string[] } | { tree: string[] };

export function toAgent(name: string, parts: Parts, expectation: Expectation): Case {
  const { entries = [], list = manifestBytes(entries) } = parts;
  const archive = chunksOf(parts.archive ?? archiveOf(entries));
  const { standing } = parts;
  const expected = outcome(expectation, () => entries.map(shownEntry));
  return { name, to: "agent", list, archive, standing, expected };
}

export function toMaster(name: string, parts: Parts, expectation: Expectation): Case {
  const { entries = [], deletions = [], list = changesetBytes(entries, deletions) } = parts;
  const archive = chunksOf(parts.archive ?? archiveOf(entries.filter((entry) => !isInBase(entry))));
  const { standing, meanwhile } = parts;
  const expected = outcome(expectation, () => changedBase(entries, deletions));
  return { name, to: "master", list, archive, standing, meanwhile, expected };
}

export function toBoth(
  name: string,
  parts: Parts,
  expectation: Expectation,
  atMaster: Expectation = expectation,
): Case[] {
  return [toAgent(name, parts, expectation), toMaster(name, parts, atMaster)];
}

/** Two files whose contents are due where a case is about the archive alone. */
export const TWO_FILES = [file("first", "one"), file("second", "x".repeat(1000))];
export const ONE = { content: "one", digest: digestOf("one"), body: body("one") };
export const TWO = body("x".repeat(1000));

/** An archive in place of the one that holds `TWO_FILES`, in both directions. */
export function archived(
  name: string,
  archive: Buffer | Iterable<Uint8Array>,
  expectation: Expectation = "BAD_ARCHIVE",
): Case[] {
  return toBoth(name, { entries: TWO_FILES, archive }, expectation);
}

/** The contents of these entries as they should travel. */
export function archiveOf(entries: readonly Entry[]): Buffer {
  const contents = new Map(entries.map(({ content }): [string, Buffer] => [digestOf(content), content]));
  const bodies = [...contents.values()].filter((content) => content.length > 0);
  return Buffer.concat([...bodies.map((content) => body(content)), END]);
}

export function* inPieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** As an array, so that it can be had again. */
function chunksOf(archive: Buffer | Iterable<Uint8Array>): Iterable<Uint8Array> {
  return Buffer.isBuffer(archive) ? [...inPieces(archive, 4096)] : (archive as Iterable<Uint8Array>);
}

function outcome(expectation: Expectation, accepted: () => string[]): Outcome {
  if (expectation === "accepted") return { tree: accepted().toSorted() };
  return typeof expectation === "string" ? { rejected: expectation } : expectation;
}

function isInBase({ path, content }: Entry): boolean {
  return BASE.some((entry) => binary(entry.path) === binary(path) && entry.content.equals(content));
}

/** The master's tree after a change, as `readLines` shows it. */
export function changedBase(entries: readonly Entry[], deletions: readonly Bytes[] = []): string[] {
  const tree = new Map(BASE.map((entry): [string, string] => [binary(entry.path), shownEntry(entry)]));
  for (const path of deletions) tree.delete(binary(path));
  for (const entry of entries) tree.set(binary(entry.path), shownEntry(entry));
  return [...tree.values()].sort();
}

function shownEntry({ path, shown }: Entry): string {
  return `${joined(path)} ${shown}`;
}
