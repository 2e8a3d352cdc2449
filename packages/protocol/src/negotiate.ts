import { ENCODINGS } from "./compression.js";
import { ProtocolError } from "./protocol-error.js";

/** Protocol numbers that one end speaks, both ends included. */
export interface ProtocolRange {
  min: number;
  max: number;
  /** Of the software, for messages. */
  version?: string;
}

/** What this version speaks. */
export const SUPPORTED_PROTOCOLS: ProtocolRange = { min: 1, max: 1 };

/** Optional features of this version; docs/protocol.md lists the reserved names. */
export const SUPPORTED_FEATURES: readonly string[] = [...ENCODINGS, "status", "reattach"];

/**
 * The highest number that both ends speak.
 * @throws {ProtocolError} NO_COMMON_VERSION, naming both versions and ranges.
 */
export function negotiateProtocol(theirs: ProtocolRange, ours: ProtocolRange = SUPPORTED_PROTOCOLS): number {
  const highest = Math.min(theirs.max, ours.max);
  if (theirs.min >= 1 && highest >= Math.max(theirs.min, ours.min)) return highest;
  throw new ProtocolError(
    "NO_COMMON_VERSION",
    `The master${versionOf(theirs)} speaks protocol ${describeRange(theirs)}, this agent${versionOf(ours)} ${describeRange(ours)}. Install the same release of sloth on both.`,
  );
}

function versionOf({ version }: ProtocolRange): string {
  return version ? ` (version ${version})` : "";
}

/** Features that both ends have, in our order. */
export function negotiateFeatures(theirs: readonly string[], ours = SUPPORTED_FEATURES): string[] {
  return ours.filter((feature) => theirs.includes(feature));
}

/** For people: `1`, or `1 to 3`. */
export function describeRange({ min, max }: ProtocolRange): string {
  return min === max ? String(min) : `${min} to ${max}`;
}
