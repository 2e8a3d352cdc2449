import { describe, expect, it } from "vitest";
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
    const { transfer, bytes } = await drain(writeTransfer(contents));
    expect(bytes.toString()).toBe("abc");
    transfer.check(end);
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
