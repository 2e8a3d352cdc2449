import { readSync, writeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";

const BUFFER_BYTES = 64 * 1024;
const MAX_LINE_CHARACTERS = 64 * 1024;

/** Writes values, one a line. */
export class LineWriter {
  readonly #descriptor: number;
  #pending: string[] = [];
  #characters = 0;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  add(line: unknown[]): void {
    const text = JSON.stringify(line);
    this.#pending.push(text, "\n");
    this.#characters += text.length;
    if (this.#characters >= BUFFER_BYTES) this.flush();
  }

  flush(): void {
    const bytes = Buffer.from(this.#pending.join(""));
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
    this.#pending = [];
    this.#characters = 0;
  }
}

/** Reads them back, from bytes that may be damaged. @throws {Error} saying how */
export function* readLines(descriptor: number): Generator<unknown> {
  const decoder = new StringDecoder("utf8");
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  let rest = "";
  for (;;) {
    const length = readSync(descriptor, buffer, 0, BUFFER_BYTES, null);
    if (length === 0) break;
    const lines = (rest + decoder.write(buffer.subarray(0, length))).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE_CHARACTERS) break;
    for (const line of lines) yield parse(line);
  }
  if (rest !== "") throw new Error("it was cut off");
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error("it has a line that is no JSON");
  }
}
