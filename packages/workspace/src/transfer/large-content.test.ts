import { closeSync, ftruncateSync, openSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ManifestEntry } from "../manifest/entry.js";
import { header, octal, pax, record } from "../testing/archive.js";
import { temporaryDirectory } from "../testing/temporary-directory.js";
import { ArchiveReader } from "./archive-reader.js";
import { type Body, bodiesOf } from "./bodies.js";
import { packContents } from "./pack-contents.js";
import { PAX_SIZE_FROM } from "./profile.js";

const digest = "0f".repeat(32);
const large: ManifestEntry = {
  path: "large",
  kind: "file",
  mode: 0o644,
  mtimeUs: 0,
  sizeBytes: PAX_SIZE_FROM + 5,
  digest,
};

function begunWith(bytes: Uint8Array, entry: ManifestEntry): Body[] {
  const begun: Body[] = [];
  const sink = {
    begin: (body: Body) => void begun.push(body),
    write: () => undefined,
    finish: () => undefined,
  };
  new ArchiveReader(bodiesOf([entry]), sink).push(bytes);
  return begun;
}

const announced = (...records: string[]) => Buffer.concat([pax(...records), header({ name: "PaxHeader" })]);
const path = record("path", digest);
const size = record("size", String(large.sizeBytes));

describe("a content that is too large for the size in a header", () => {
  it("is announced so that the receiver takes it", async () => {
    const root = temporaryDirectory();
    const descriptor = openSync(join(root, "large"), "w");
    ftruncateSync(descriptor, large.sizeBytes);
    closeSync(descriptor);
    for await (const chunk of packContents(root, [large])) {
      expect(begunWith(chunk, large)).toMatchObject([{ path: "large", digest, sizeBytes: large.sizeBytes }]);
      break;
    }
  });

  it("has the name and the size in one PAX header", () => {
    expect(begunWith(announced(path, size), large)).toHaveLength(1);
  });

  it.each([
    ["no PAX header", header({ name: digest, size: octal(0) })],
    ["its size in base 256", header({ name: digest, size: "\x80\0\0\0\0\0\0\x02\0\0\0\x05" })],
    ["no size", announced(path)],
    ["no path", announced(size)],
    ["the size first", announced(size, path)],
    ["another size", announced(path, record("size", String(large.sizeBytes + 1)))],
    ["another path", announced(record("path", "../x"), size)],
    ["a further key", announced(path, size, record("mtime", "1"))],
    ["two sizes", announced(path, size, size)],
    ["a name in its header too", Buffer.concat([pax(path, size), header({ name: digest })])],
    [
      "a size in its header too",
      Buffer.concat([pax(path, size), header({ name: "PaxHeader", size: octal(5) })]),
    ],
    ["two PAX headers", Buffer.concat([pax(path, size), pax(path, size), header({ name: "PaxHeader" })])],
    ["a PAX header and the end", Buffer.concat([pax(path, size), Buffer.alloc(1024)])],
  ])("is refused with %s", (_, bytes) => {
    expect(() => begunWith(bytes, large)).toThrow(expect.objectContaining({ code: "BAD_ARCHIVE" }));
  });

  it("is refused in place of a small one, however it is announced", () => {
    const small = { ...large, sizeBytes: 5 };
    const bytes = announced(path, record("size", "5"));
    expect(() => begunWith(bytes, small)).toThrow(expect.objectContaining({ code: "BAD_ARCHIVE" }));
  });
});
