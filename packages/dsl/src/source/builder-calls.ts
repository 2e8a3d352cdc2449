import { Tokenizer } from "./tokenizer.js";

/** A call of `task(…)` or `workflow.define(…)`. */
export interface BuilderCall {
  /** Of the argument, as Lua counts the line of a call. */
  line: number;
  /** In bytes, where the call starts. */
  offset: number;
  /** The argument, where it is a string that is written out. */
  name?: string;
}

/** Finds the calls that make builders of the fluent form. Calls by another name are not found. */
export function findBuilderCalls(source: Uint8Array): BuilderCall[] {
  const token = new Tokenizer(source);
  const found: BuilderCall[] = [];
  let afterDot = false;
  for (token.advance(); token.kind !== "end"; ) {
    const offset = token.start;
    const task = !afterDot && token.is("task");
    const workflow = !afterDot && token.is("workflow");
    afterDot = token.is(".") || token.is(":");
    token.advance();
    if (!task && !(workflow && skipDefine(token))) continue;
    const call = readCall(token, offset);
    if (call) found.push(call);
  }
  return found;
}

function skipDefine(token: Tokenizer): boolean {
  if (!token.is(".")) return false;
  token.advance();
  if (!token.is("define")) return false;
  token.advance();
  return true;
}

function readCall(token: Tokenizer, offset: number): BuilderCall | undefined {
  const { line } = token;
  const bracketed = token.is("(");
  if (bracketed) token.advance();
  else if (token.kind !== "string") return undefined;
  if (token.kind !== "string") return { line, offset };
  const text = token.text();
  token.advance();
  const whole = !bracketed || token.is(")");
  const plain = whole && !text.startsWith("[") && !text.includes("\\");
  return { line, offset, ...(plain && { name: text.slice(1, -1) }) };
}
