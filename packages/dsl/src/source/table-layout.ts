import { Tokenizer } from "./tokenizer.js";

/** Where the entries of a literal table constructor stand. */
export interface TableLayout {
  line: number;
  /** In the order of the source. */
  entries: LayoutEntry[];
}

export interface LayoutEntry {
  /** A name, or a position from 1. Absent where the key is computed. */
  key?: string | number;
  line: number;
  /** Present where the value is a literal table too. */
  table?: TableLayout;
}

/** As deep as groups → fields → tasks → task → fields. */
const MAX_LEVELS = 5;

/**
 * Finds literal table constructors that are assigned to one of the `names`, as in `name = { … }`,
 * `name.key = { … }` and `name["key"] = { … }`, and where their entries stand. Tables carry no positions
 * at run time, so this is where the lines of messages and the order of names come from.
 *
 * Non-guarantees: tables that are built in another way have no layout, and a name in an inner scope is
 * taken for the global.
 */
export function findTableLayout(source: Uint8Array, names: readonly string[]): TableLayout {
  const token = new Tokenizer(source);
  const found: TableLayout = { line: 1, entries: [] };
  let afterDot = false;
  token.advance();
  while (token.kind !== "end") {
    const candidate = token.kind === "name" && !afterDot && names.some((name) => token.is(name));
    afterDot = token.is(".") || token.is(":");
    const { line } = token;
    token.advance();
    if (candidate) readAssignment(token, line, found);
  }
  return found;
}

function readAssignment(token: Tokenizer, line: number, found: TableLayout): void {
  const whole = token.is("=");
  const key = whole ? undefined : readIndex(token);
  if (!token.is("=") || (!whole && key === undefined)) return;
  token.advance();
  if (!token.is("{")) return;
  const table = readConstructor(token, whole ? 1 : 2);
  if (key !== undefined) found.entries.push({ key, line, table });
  else {
    if (found.entries.length === 0) found.line = line;
    found.entries.push(...table.entries);
  }
}

/** `.key` or `["key"]`. */
function readIndex(token: Tokenizer): string | undefined {
  let key: string | undefined;
  if (token.is(".")) {
    token.advance();
    if (token.kind === "name") key = token.text();
    token.advance();
  } else if (token.is("[")) {
    token.advance();
    key = literalString(token);
    skipExpression(token, "]");
    token.advance();
  }
  return key;
}

/** Starts at `{` and ends after the matching `}`. */
function readConstructor(token: Tokenizer, level: number): TableLayout {
  const layout: TableLayout = { line: token.line, entries: [] };
  let position = 0;
  token.advance();
  while (!token.is("}") && token.kind !== "end") {
    const entry = readEntry(token, level);
    if (entry.key === POSITIONAL) entry.key = ++position;
    layout.entries.push(entry);
    if (token.is(",") || token.is(";")) token.advance();
  }
  token.advance();
  return layout;
}

/** Until the entry's position is counted. */
const POSITIONAL = 0;

function readEntry(token: Tokenizer, level: number): LayoutEntry {
  const entry: LayoutEntry = { line: token.line };
  if (token.is("[")) {
    token.advance();
    const key = literalString(token);
    if (key !== undefined) entry.key = key;
    skipExpression(token, "]");
    token.advance();
  } else if (token.kind === "name") {
    const name = token.text();
    const opensBlock = token.is("function");
    token.advance();
    entry.key = token.is("=") ? name : POSITIONAL;
    if (entry.key === POSITIONAL) skipExpression(token, undefined, opensBlock ? 1 : 0);
  } else entry.key = POSITIONAL;
  if (token.is("=")) token.advance();
  if (token.is("{") && level < MAX_LEVELS) entry.table = readConstructor(token, level + 1);
  skipExpression(token);
  return entry;
}

/** The string at the token, when it is the whole key and needs no unescaping. */
function literalString(token: Tokenizer): string | undefined {
  if (token.kind !== "string") return undefined;
  const text = token.text();
  const value = text.startsWith("[") ? undefined : text.slice(1, -1);
  token.advance();
  return token.is("]") && !value?.includes("\\") ? value : undefined;
}

/** Stops at a separator (or `stop`) that belongs to the enclosing brackets. */
function skipExpression(token: Tokenizer, stop?: string, depth = 0): void {
  for (let open = depth; token.kind !== "end"; token.advance()) {
    if (open === 0 && (stop === undefined ? endsEntry(token) : token.is(stop))) return;
    open += nesting(token);
  }
}

function endsEntry(token: Tokenizer): boolean {
  return token.is(",") || token.is(";") || token.is("}");
}

/** `while` and `for` open their block with `do`, `elseif` and `else` stay in that of `if`. */
function nesting(token: Tokenizer): number {
  if (token.kind === "symbol") {
    if (token.is("{") || token.is("(") || token.is("[")) return 1;
    return token.is("}") || token.is(")") || token.is("]") ? -1 : 0;
  }
  if (token.kind !== "name") return 0;
  if (token.is("function") || token.is("if") || token.is("do") || token.is("repeat")) return 1;
  return token.is("end") || token.is("until") ? -1 : 0;
}
