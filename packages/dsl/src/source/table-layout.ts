import { Tokenizer } from "./tokenizer.js";

/** Where a literal table constructor stands, or the assignment that it is in, and its entries. */
export interface TableLayout {
  line: number;
  /** In bytes, from the start of the source. */
  offset: number;
  /** In the order of the source. */
  entries: LayoutEntry[];
}

export interface LayoutEntry {
  /** A name, or a position from 1. Absent where the key is computed. */
  key?: string | number;
  line: number;
  /** In bytes: where the entry starts, and where its value does. */
  offset: number;
  valueOffset: number;
  /** Present where the value is a literal table too. */
  table?: TableLayout;
}

/** As deep as groups → fields → tasks → task → fields. */
const MAX_LEVELS = 5;

/**
 * Finds literal table constructors that are assigned to one of the `names`, as in `name = { … }`,
 * `name.key = { … }` and `name["key"] = { … }` (which gives a layout of one entry), and where their entries
 * stand. Tables carry no positions at run time, so this is where the lines of messages and the order of names
 * come from.
 *
 * Non-guarantees: tables that are built in another way have no layout, a name in an inner scope is
 * taken for the global, and not all that is found is executed.
 */
export function findTableLayouts(source: Uint8Array, names: readonly string[]): TableLayout[] {
  const token = new Tokenizer(source);
  const found: TableLayout[] = [];
  let afterDot = false;
  token.advance();
  while (token.kind !== "end") {
    const candidate = token.kind === "name" && !afterDot && names.some((name) => token.is(name));
    afterDot = token.is(".") || token.is(":");
    const { line, start } = token;
    token.advance();
    const layout = candidate ? readAssignment(token, line, start) : undefined;
    if (layout) found.push(layout);
  }
  return found;
}

/** Names that are written twice in one constructor, of which Lua keeps the last. */
export function repeatedNames(layout: TableLayout | undefined): { entry: LayoutEntry; first: LayoutEntry }[] {
  const firsts = new Map<string, LayoutEntry>();
  return (layout?.entries ?? []).flatMap((entry) => {
    if (typeof entry.key !== "string") return [];
    const first = firsts.get(entry.key);
    firsts.set(entry.key, first ?? entry);
    return first ? [{ entry, first }] : [];
  });
}

/** Starts after the name. */
function readAssignment(token: Tokenizer, line: number, offset: number): TableLayout | undefined {
  const whole = token.is("=");
  const key = whole ? undefined : readIndex(token);
  if (!token.is("=") || (!whole && key === undefined)) return undefined;
  token.advance();
  if (!token.is("{")) return undefined;
  const valueOffset = token.start;
  const table = readConstructor(token, whole ? 1 : 2);
  const entries = key === undefined ? table.entries : [{ key, line, offset, valueOffset, table }];
  return { line, offset, entries };
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
  const layout: TableLayout = { line: token.line, offset: token.start, entries: [] };
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
  const entry: LayoutEntry = { line: token.line, offset: token.start, valueOffset: token.start };
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
  if (token.is("=")) {
    token.advance();
    entry.valueOffset = token.start;
  }
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
