import { Tokenizer } from "./tokenizer.js";

/** From the word `function` to behind its `end`, in bytes. */
export interface FunctionSpan {
  start: number;
  end: number;
}

/** What ends with `end`; `while` and `for` do by their `do`. */
const OPENERS = ["function", "do", "if"] as const;

/** The functions that are written in a source, by the line in which they begin. */
export function functionSpans(source: Uint8Array): Map<number, FunctionSpan[]> {
  const token = new Tokenizer(source);
  const found = new Map<number, FunctionSpan[]>();
  /** Of each open block; of a function its span, which is in `found` already. */
  const open: (FunctionSpan | undefined)[] = [];
  for (token.advance(); token.kind !== "end"; token.advance()) {
    if (token.is("end")) {
      const span = open.pop();
      if (span) span.end = token.end;
    } else if (token.is("function")) {
      const span = { start: token.start, end: source.length };
      open.push(span);
      found.set(token.line, [...(found.get(token.line) ?? []), span]);
    } else if (OPENERS.some((word) => token.is(word))) open.push(undefined);
  }
  return found;
}
