import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OpenMode } from "../host.js";
import { temporaryHost } from "../testing/temporary-host.js";
import { temporaryDirectory } from "../testing/workflow-files.js";
import { BufferedFile } from "./buffered-file.js";
import { fileOfBytes } from "./byte-files.js";

const host = temporaryHost(temporaryDirectory());
const path = join(host.workdir, "file");

function open(mode: OpenMode): BufferedFile {
  return new BufferedFile(host.fs.open(path, mode), { appends: mode.startsWith("a") });
}

const of = (text: string) => new BufferedFile(fileOfBytes(Buffer.from(text)));
const asText = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString("latin1"));

describe("BufferedFile", () => {
  it("reads lines that are longer than what it reads at once", () => {
    const line = "x".repeat(100_000);
    const file = of(`${line}\n\n${line}`);
    const lines = [file.readLine(false), file.readLine(true), file.readLine(true), file.readLine(true)];
    expect(lines.map(asText)).toEqual([line, "\n", line, null]);
  });

  it("knows the end without consuming anything", () => {
    const file = of("x");
    expect([file.readBytes(0), file.readBytes(5), file.readBytes(0), file.readBytes(1)].map(asText)).toEqual([
      "",
      "x",
      null,
      null,
    ]);
    expect(asText(file.readAll())).toBe("");
  });

  it.each([
    ["12 ", "12"],
    ["  \n-0x1Fp+2z", "-0x1Fp+2"],
    ["+.5e-3,", "+.5e-3"],
    ["0x", "0x"],
    ["--1", "-"],
    ["nan", ""],
    ["", ""],
    ["1".repeat(200), "1".repeat(200)],
    ["1".repeat(201), null],
  ])("reads the numeral of %j", (text, numeral) => {
    expect(of(text).readNumeral()).toBe(numeral);
  });
});

/** The file as it should be: content, and a position in it. */
class Model {
  content = Buffer.alloc(0);
  position = 0;

  constructor(readonly mode: OpenMode) {}

  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.mode.startsWith("a")) this.position = this.content.length;
    const grown = Buffer.alloc(Math.max(this.content.length, this.position + bytes.length));
    grown.set(this.content);
    grown.set(bytes, this.position);
    this.content = grown;
    this.position += bytes.length;
  }

  seek(whence: "set" | "cur" | "end", offset: number): number | "error" {
    const position = { set: 0, cur: this.position, end: this.content.length }[whence] + offset;
    if (position < 0) return "error";
    this.position = position;
    return position;
  }

  read(count: number): string | null {
    const part = this.content.subarray(this.position, this.position + count);
    this.position += part.length;
    const isThere = part.length > 0 || (count === 0 && this.position < this.content.length);
    return isThere ? part.toString("latin1") : null;
  }

  readLine(): string | null {
    const newline = this.content.indexOf(10, this.position);
    if (this.position >= this.content.length) return null;
    return this.read((newline === -1 ? this.content.length : newline + 1) - this.position);
  }
}

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.constantFrom("a\n", "\n\n", "x".repeat(20_000)).map((text) => Buffer.from(text)),
);
const operation = fc.oneof(
  fc.record({ do: fc.constant("write" as const), bytes }),
  fc.record({
    do: fc.constant("seek" as const),
    whence: fc.constantFrom("set" as const, "cur" as const, "end" as const),
    offset: fc.integer({ min: -40, max: 40 }),
  }),
  fc.record({ do: fc.constant("read" as const), count: fc.constantFrom(0, 1, 7, 16 * 1024, 50_000) }),
  fc.record({ do: fc.constant("line" as const) }),
  fc.record({ do: fc.constant("all" as const) }),
  fc.record({ do: fc.constant("reopen" as const) }),
);

describe.each(["r+", "w+", "a+"] as const)("a file opened by %s", (mode) => {
  it("reads and writes what a plain model of it does", () => {
    const sequences = fc.array(operation, { maxLength: 40 });
    fc.assert(
      fc.property(sequences, (operations) => {
        writeFileSync(path, "");
        const model = new Model(mode);
        let file = open(mode);
        for (const step of operations) {
          if (step.do === "write") {
            file.write(step.bytes);
            model.write(step.bytes);
          } else if (step.do === "seek") {
            expect(tried(() => file.seek(step.whence, step.offset))).toBe(
              model.seek(step.whence, step.offset),
            );
          } else if (step.do === "read") {
            expect(asText(file.readBytes(step.count))).toBe(model.read(step.count));
          } else if (step.do === "line") {
            expect(asText(file.readLine(true))).toBe(model.readLine());
          } else if (step.do === "all") {
            expect(asText(file.readAll())).toBe(model.read(Number.MAX_SAFE_INTEGER) ?? "");
          } else {
            file.close();
            file = open(mode);
            if (mode === "w+") model.content = Buffer.alloc(0);
            model.position = 0;
          }
          expect(Buffer.from(host.fs.read(path)).equals(model.content)).toBe(true);
        }
        expect(file.seek("cur", 0)).toBe(model.position);
        file.close();
      }),
    );
  });
});

function tried<T>(operate: () => T): T | "error" {
  try {
    return operate();
  } catch {
    return "error";
  }
}
