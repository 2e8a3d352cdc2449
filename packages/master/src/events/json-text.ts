import type { JsonValue } from "./json-value.js";

const INTEGER = /^-?\d+$/;

/** As `JSON.stringify`, with integers of any size and floats that stay floats. */
export function writeJson(value: JsonValue, indent = "", lineBreak = "\n"): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return writeNumber(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = lineBreak + indent;
  const [before, between, after, colon] =
    indent === "" ? ["", ",", "", ":"] : [inner, `,${inner}`, lineBreak, ": "];
  const isList = Array.isArray(value);
  const items = isList
    ? value.map((item) => writeJson(item, indent, inner))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => JSON.stringify(key) + colon + writeJson(item ?? null, indent, inner));
  const [open, close] = isList ? "[]" : "{}";
  return items.length === 0 ? `${open}${close}` : open + before + items.join(between) + after + close;
}

function writeNumber(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  const text = JSON.stringify(value);
  return Number.isSafeInteger(value) || !INTEGER.test(text) ? text : `${text}.0`;
}

/** As `JSON.parse`, but an integer beyond 2^53 becomes `{ "integer": "…" }`, which loses no digit. */
export function parseJson(text: string): unknown {
  return JSON.parse(/\d{16}/.test(text) ? wrapIntegers(text) : text);
}

/** Rewrites what is not inside of strings. */
function wrapIntegers(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const quote = text.indexOf('"', at);
    const start = quote < 0 ? text.length : quote;
    parts.push(text.slice(at, start).replaceAll(/-?\d[\d.eE+-]*/g, wrapInteger));
    at = endOfString(text, start);
    parts.push(text.slice(start, at));
  }
  return parts.join("");
}

function wrapInteger(literal: string): string {
  return !INTEGER.test(literal) || Number.isSafeInteger(Number(literal))
    ? literal
    : `{"integer":"${literal}"}`;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}
