import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from "diff";
import { formatBytes } from "./format-bytes.js";
import { printable, printableName } from "./printable.js";

/** Larger files are not compared: they are read as a whole, and nobody reads that. */
export const LARGEST_SHOWN_BYTES = 1024 * 1024;
/** Two texts without a common line can take minutes. */
const LONGEST_MS = 2000;

/** What a path held on one side: bytes, nothing, or only its size where there is too much of it to be read. */
export type Side = { bytes: Uint8Array } | { sizeBytes: number } | undefined;

/** A unified diff of two contents, or one line that says why there is none. Safe to print. */
export function unifiedDiff(path: string, before: Side, after: Side): string {
  const large = [before, after].find((side) => side !== undefined && !("bytes" in side));
  if (large && "sizeBytes" in large) return `    too large to be shown: ${formatBytes(large.sizeBytes)}\n`;
  const oldText = textOf(before);
  const newText = textOf(after);
  if (oldText === undefined || newText === undefined) return `    binary, ${sizes(before, after)}\n`;
  const name = printableName(path);
  const patch = structuredPatch(
    before === undefined ? "/dev/null" : `a/${name}`,
    after === undefined ? "/dev/null" : `b/${name}`,
    oldText,
    newText,
    "",
    "",
    { context: 3, timeout: LONGEST_MS },
  );
  if (patch === undefined) return "    differs too much to be shown\n";
  return patch.hunks.length === 0 ? "" : printable(formatPatch(patch, FILE_HEADERS_ONLY));
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Undefined for what is no text. */
function textOf(side: Side): string | undefined {
  if (side === undefined) return "";
  if (!("bytes" in side) || side.bytes.includes(0)) return undefined;
  try {
    return utf8.decode(side.bytes);
  } catch {
    return undefined;
  }
}

function sizes(...sides: Side[]): string {
  const known = sides.flatMap((side) => (side && "bytes" in side ? [formatBytes(side.bytes.length)] : []));
  return known.join(" to ");
}
