import { isRawTable, type RawValue } from "./raw-model.js";

/** The fields in which a builder of the fluent form (fluent-library.ts) notes where it was made. */
export const BUILDER_FIELDS: readonly string[] = ["@line", "@file"];

/** Where a builder was made. */
export interface MadeAt {
  /** As Lua names the chunk. */
  file: string;
  line: number;
  /** As it was given. */
  name: RawValue;
}

/** Undefined for a table that is written out. */
export function fluentBuilder(raw: RawValue): MadeAt | undefined {
  if (!isRawTable(raw)) return undefined;
  const { "@line": line, "@file": chunk } = raw;
  if (typeof line !== "number" || typeof chunk !== "string") return undefined;
  return { file: chunk.replace(/^@/, ""), line, name: raw.name ?? null };
}
