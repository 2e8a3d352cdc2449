import type { ErrorCode } from "yaml";
import { TextError } from "./text-error.js";
import { loadYaml } from "./yaml-module.js";

/** Of a text: its tree is a hundred times as large. */
const LIMIT_BYTES = 4 * 1024 * 1024;

/** How often an anchor may be used, times what is in it that is used elsewhere again. The default of 100 is soon reached. */
const MAX_ALIASES = 10_000;

/** Where the library's own words are for those who call it. */
const PROBLEMS: Partial<Record<ErrorCode, string>> = {
  MULTIPLE_DOCS: "a second document starts here; only one is read",
  RESOURCE_EXHAUSTION: "it is nested too deeply",
};

/**
 * Reads one document of YAML 1.2, with the merge keys (`<<`) of 1.1. Integers are `bigint`; the keys of maps are texts.
 * @throws {TextError} with line and column where they are known
 */
export function parseYaml(bytes: Uint8Array): unknown {
  if (bytes.length > LIMIT_BYTES)
    throw new TextError(`the text is larger than the ${LIMIT_BYTES / 1024 / 1024} MiB that are read as YAML`);
  const { LineCounter, parseDocument } = loadYaml();
  const lines = new LineCounter();
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const options = { merge: true, intAsBigInt: true, prettyErrors: false, lineCounter: lines } as const;
    const document = parseDocument(text, options);
    const [mistake] = document.errors;
    if (!mistake) return document.toJS({ maxAliasCount: MAX_ALIASES });
    const { line, col: column } = lines.linePos(mistake.pos[0]);
    throw new TextError(PROBLEMS[mistake.code] ?? mistake.message, { line, column });
  } catch (error) {
    if (error instanceof TextError) throw error;
    if (error instanceof RangeError) throw new TextError("it is nested too deeply");
    // The library's word for aliases that multiply, for a merge of what is no map, and the decoder's for bytes that are no UTF-8.
    throw new TextError((error as Error).message);
  }
}
