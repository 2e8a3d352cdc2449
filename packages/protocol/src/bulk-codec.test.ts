import { describe, expect, it } from "vitest";
import { AgentServiceDefinition } from "./bulk-codec.js";
import { DownloadResponse, UploadRequest } from "./gen/sloth/v1/agent.js";
import type { TransferPart } from "./transfer.js";

const parts: TransferPart["part"][] = [
  ...[0, 1, 127, 128, 16_383, 16_384, 300_000].map((length) => ({
    $case: "data" as const,
    data: Buffer.alloc(length, 7),
  })),
  { $case: "end", end: { bytes: 1, entries: 2, sha256: "ab" } },
  { $case: "brotli", brotli: Buffer.from("x") },
];

describe("the encoding of bulk", () => {
  it("is what the generated code makes", () => {
    for (const part of parts) {
      const message = { part } as UploadRequest & DownloadResponse;
      for (const [fast, generated] of [
        [AgentServiceDefinition.methods.upload.requestType, UploadRequest],
        [AgentServiceDefinition.methods.download.responseType, DownloadResponse],
      ] as const) {
        const encoded = Buffer.from(fast.encode(fast.fromPartial(message) as never).finish());
        expect(encoded.equals(generated.encode(message as never).finish())).toBe(true);
      }
    }
  });
});
