import { Tokenizer } from "./tokenizer.js";

/** What is written as the value of an entry, as far as one token shows it; `other` may be anything. */
export type LiteralValue = { kind: "function" | "other" } | { kind: "string"; text: string | undefined };

/** Looks at the value that starts at an offset. A string that is escaped has no `text`. */
export function literalValueAt(source: Uint8Array, offset: number): LiteralValue {
  const token = new Tokenizer(source.subarray(offset));
  token.advance();
  if (token.is("function")) return { kind: "function" };
  if (token.kind !== "string") return { kind: "other" };
  const written = token.text();
  token.advance();
  if (!token.is(",") && !token.is(";") && !token.is("}")) return { kind: "other" };
  const plain = !written.startsWith("[") && !written.includes("\\");
  return { kind: "string", text: plain ? written.slice(1, -1) : undefined };
}
