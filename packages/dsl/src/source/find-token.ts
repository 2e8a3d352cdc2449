import { Tokenizer } from "./tokenizer.js";

/** Where a token stands that occurs once in a line; its offset in bytes. */
export function findToken(source: Uint8Array, line: number, text: string): number | undefined {
  const token = new Tokenizer(source);
  const found: number[] = [];
  for (token.advance(); token.kind !== "end" && token.line <= line; token.advance()) {
    if (token.line === line && token.text() === text) found.push(token.start);
  }
  return found.length === 1 ? found[0] : undefined;
}
