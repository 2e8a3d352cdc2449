import type { Value } from "./gen/sloth/v1/agent.js";
import { WIRE_LIMITS } from "./limits.js";
import { ProtocolError } from "./protocol-error.js";

/** Plain data that a Value carries exactly: bytes as bytes, integers beyond 2^53 as bigint. */
export type PlainValue = null | boolean | number | bigint | string | Uint8Array | PlainValue[] | PlainTable;

/** A map without a prototype, so that a key `__proto__` is only a key. */
export interface PlainTable {
  [key: string]: PlainValue;
}

const LARGEST_INTEGER = 2n ** 63n - 1n;
const SMALLEST_INTEGER = -(2n ** 63n);

/** @throws {ProtocolError} LIMIT when it is nested too deeply. */
export function toWireValue(value: PlainValue, depth = 0): Value {
  checkDepth(depth);
  if (value === null) return { kind: undefined };
  if (typeof value === "boolean") return { kind: { $case: "boolean", boolean: value } };
  if (typeof value === "number") return { kind: { $case: "number", number: value } };
  if (typeof value === "bigint") return { kind: { $case: "integer", integer: value.toString() } };
  if (typeof value === "string") return { kind: { $case: "text", text: value } };
  if (value instanceof Uint8Array) return { kind: { $case: "binary", binary: value } };
  if (Array.isArray(value)) {
    return { kind: { $case: "list", list: { items: value.map((item) => toWireValue(item, depth + 1)) } } };
  }
  const fields = Object.entries(value).map(([key, item]) => ({ key, value: toWireValue(item, depth + 1) }));
  return { kind: { $case: "table", table: { fields } } };
}

/**
 * Reads a Value that a peer sent. Absent is `null`.
 * @throws {ProtocolError} LIMIT when it is nested too deeply, UNEXPECTED_FRAME when an integer is none.
 */
export function fromWireValue(value: Value | undefined, depth = 0): PlainValue {
  checkDepth(depth);
  const kind = value?.kind;
  switch (kind?.$case) {
    case undefined:
      return null;
    case "boolean":
      return kind.boolean;
    case "number":
      return kind.number;
    case "integer":
      return parseInteger(kind.integer);
    case "text":
      return kind.text;
    case "binary":
      return Uint8Array.from(kind.binary);
    case "list":
      return kind.list.items.map((item) => fromWireValue(item, depth + 1));
    case "table": {
      const table: PlainTable = Object.create(null);
      for (const field of kind.table.fields) table[field.key] = fromWireValue(field.value, depth + 1);
      return table;
    }
  }
}

function parseInteger(text: string): bigint {
  const integer = /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined;
  if (integer === undefined || integer > LARGEST_INTEGER || integer < SMALLEST_INTEGER) {
    throw new ProtocolError("UNEXPECTED_FRAME", "The peer sent an integer that does not fit 64 bits.");
  }
  return integer;
}

function checkDepth(depth: number): void {
  if (depth <= WIRE_LIMITS.valueDepth) return;
  throw new ProtocolError("LIMIT", `A value is nested more than ${WIRE_LIMITS.valueDepth} levels deep.`);
}
