import type { LuaTable, LuaValue } from "../model.js";
import { sortedKeys, Trail } from "./written-values.js";
import { loadYaml } from "./yaml-module.js";

/** Of a document: a table that occurs often in itself would grow without bound. */
const MAX_VALUES = 1_000_000;

/**
 * Blanks at the start or alone in a line, and characters that cannot be seen: the library loses some of them (2.9.1)
 * where it writes a text of several lines as a block.
 */
const NOT_FOR_BLOCKS = /^\s|\n[^\S\n]+(\n|$)|[^\P{C}\n]|[\u2028\u2029]/u;

/**
 * Writes a value as a document of YAML, keys sorted. Texts that YAML 1.1 takes for something else, such as `yes`, are
 * quoted.
 * @throws {NotDataError} for strings that are not UTF-8, and what is too large, with the path
 */
export function writeYaml(value: LuaValue): string {
  const { Document, Scalar } = loadYaml();
  const trail = new Trail();
  let values = 0;

  /** The value as the library writes it as it is meant. */
  function prepare(value: LuaValue): unknown {
    if (++values > MAX_VALUES)
      throw trail.refuse(`is the value number ${MAX_VALUES}; YAML is not written for more`);
    if (typeof value === "number") return prepareNumber(value);
    if (typeof value === "string") return prepareText(value);
    if (typeof value !== "object" || value === null) return value;
    if (value instanceof Uint8Array) throw trail.refuse("is a string that is not valid UTF-8");
    return Array.isArray(value) ? prepareList(value) : prepareTable(value);
  }

  function prepareList(list: LuaValue[]): unknown[] {
    const items: unknown[] = [];
    list.forEach((item, index) => {
      trail.enter(index + 1, () => items.push(prepare(item)));
    });
    return items;
  }

  function prepareTable(table: LuaTable): Map<string, unknown> {
    const fields = new Map<string, unknown>();
    for (const key of sortedKeys(table)) {
      trail.enter(key, () => fields.set(key, prepare(table[key] ?? null)));
    }
    return fields;
  }

  /** A float whose digits spell an integer that it is not comes back as a float by its fraction. */
  function prepareNumber(value: number): unknown {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) return value;
    const scalar = new Scalar(value);
    scalar.minFractionDigits = 1;
    return scalar;
  }

  function prepareText(value: string): unknown {
    if (!value.includes("\n") || !NOT_FOR_BLOCKS.test(value)) return value;
    const scalar = new Scalar(value);
    scalar.type = Scalar.QUOTE_DOUBLE;
    return scalar;
  }

  const document = new Document(prepare(value), { compat: "yaml-1.1", aliasDuplicateObjects: false });
  return document.toString({ lineWidth: 0 });
}
