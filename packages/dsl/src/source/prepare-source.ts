/**
 * What is done to a file's bytes before Lua sees them. Lengths and line breaks stay, so that lines and
 * columns of messages are those of the file.
 */
import { Tokenizer } from "./tokenizer.js";

/** Removes a byte order mark and blanks a first line that starts with `#`. */
export function prepareSource(bytes: Uint8Array): Uint8Array {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const source = marked ? bytes.subarray(3) : bytes;
  if (source[0] !== 0x23) return source;
  const blanked = Uint8Array.from(source);
  const lineEnd = blanked.findIndex((byte) => byte === 10 || byte === 13);
  return blanked.fill(0x20, 0, lineEnd === -1 ? blanked.length : lineEnd);
}

/**
 * Joins the two words of `Modern DSLs` where they stand next to each other as names, into `Modern_DSLs`.
 * The documents that people copy from write the global that way, which is not Lua: to be tried only after
 * a syntax error.
 *
 * @returns `undefined` when the words do not occur as code.
 */
export function joinModernDsls(source: Uint8Array): Uint8Array | undefined {
  if (!Buffer.from(source.buffer, source.byteOffset, source.length).includes("DSLs")) return undefined;
  const joined = Buffer.from(source);
  const token = new Tokenizer(source);
  let changed = false;
  for (token.advance(); token.kind !== "end"; ) {
    const { start, end, line } = token;
    const first = token.is("Modern");
    token.advance();
    const blanks = source.subarray(end, token.start).every((byte) => byte === 0x20 || byte === 0x09);
    if (!first || !token.is("DSLs") || token.line !== line || !blanks) continue;
    joined.fill(0x20, start, token.end);
    joined.write("Modern_DSLs", start);
    changed = true;
  }
  return changed ? joined : undefined;
}
