import { randomBytes } from "node:crypto";
import { brotliCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { LinkSpeed } from "./link-speed.js";
import { readTransfer, type TransferPart, writeTransfer } from "./transfer.js";

const end = { bytes: 3, entries: 1, sha256: "ab" };

async function* stream<T>(...items: T[]): AsyncGenerator<T> {
  yield* items;
}

async function drain(parts: AsyncIterable<TransferPart>) {
  const transfer = readTransfer(parts);
  const chunks: Uint8Array[] = [];
  for await (const chunk of transfer.chunks) chunks.push(chunk);
  return { transfer, bytes: Buffer.concat(chunks) };
}

describe("a transfer", () => {
  it("carries the bytes and what its sender counted", async () => {
    const contents = Object.assign(stream(Buffer.from("ab"), Buffer.from("c")), { summary: end });
    const { transfer, bytes } = await drain(writeTransfer(contents, { link: new LinkSpeed() }));
    expect(bytes.toString()).toBe("abc");
    transfer.check(end);
  });

  it("is compressed on a slow link, part by part, where that makes it shorter", async () => {
    const text = Buffer.from("the same again ".repeat(1000));
    const contents = Object.assign(stream(text, randomBytes(1000)), { summary: end });
    const parts: TransferPart[] = [];
    for await (const part of writeTransfer(contents, { encoding: "brotli", link: new LinkSpeed(true) })) {
      parts.push(part);
    }
    expect(parts.map(({ part }) => part?.$case)).toEqual(["brotli", "data", "end"]);
    expect((await drain(stream(...parts))).bytes.subarray(0, text.length).equals(text)).toBe(true);
  });

  it("is refused when a part is longer than a piece once it is decompressed", async () => {
    const bomb = brotliCompressSync(Buffer.alloc(64 * 2 ** 20));
    expect(bomb.length).toBeLessThan(1000);
    const parts = stream<TransferPart>({ part: { $case: "brotli", brotli: bomb } });
    await expect(drain(parts)).rejects.toMatchObject({ code: "UNEXPECTED_FRAME" });
  });

  it.each([
    ["stops before its end", [{ part: { $case: "data", data: Buffer.from("a") } }]],
    [
      "goes on after its end",
      [{ part: { $case: "end", end } }, { part: { $case: "data", data: Buffer.from("a") } }],
    ],
    ["ends twice", [{ part: { $case: "end", end } }, { part: { $case: "end", end } }]],
    ["holds a second header", [{ part: { $case: "header", header: { transferId: "x" } } }]],
    ["holds an empty part", [{}]],
  ] as [string, TransferPart[]][])("is refused when it %s", async (_, parts) => {
    await expect(drain(stream(...parts))).rejects.toMatchObject({ code: "UNEXPECTED_FRAME" });
  });

  it.each([{ bytes: 4 }, { entries: 2 }, { sha256: "cd" }])(
    "is refused when it differs from what was announced: %j",
    async (other) => {
      const { transfer } = await drain(stream({ part: { $case: "end" as const, end } }));
      expect(() => transfer.check({ ...end, ...other })).toThrow(
        expect.objectContaining({ code: "DIGEST_MISMATCH" }),
      );
    },
  );
});
