import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { extract } from "tar-stream";
import { describe, expect, it } from "vitest";
import { takeSnapshot } from "../snapshot/take-snapshot.js";
import { digestOf } from "../testing/archive.js";
import { temporaryDirectory } from "../testing/temporary-directory.js";
import { writeTree } from "../testing/tree.js";
import { archiveBytes, packContents } from "./pack-contents.js";

const CHUNK = 256 * 1024;

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const collected: Uint8Array[] = [];
  for await (const chunk of chunks) collected.push(chunk);
  return collected;
}

describe("packing contents", () => {
  it("gives chunks of 256 KiB that stay as they were, and the summary at the end", async () => {
    const root = temporaryDirectory();
    writeTree(root, {
      large: { content: Buffer.alloc(3 * 2 ** 20 + 5, "abc") },
      one: { content: "same" },
      two: { content: "same" },
      empty: { content: "" },
    });
    const { manifest } = await takeSnapshot(root);
    const stream = packContents(root, manifest.entries);
    expect(stream.summary).toBeUndefined();
    const chunks = await collect(stream);
    expect(chunks.slice(0, -1).every((chunk) => chunk.length === CHUNK)).toBe(true);
    const all = Buffer.concat(chunks);
    expect(stream.summary).toMatchObject({ bytes: all.length, entries: 2 });
    expect(archiveBytes(manifest.entries)).toBe(all.length);
    expect(stream.summary?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it("makes an archive that tar unpacks", async () => {
    const root = temporaryDirectory();
    writeTree(join(root, "from"), {
      large: { content: Buffer.alloc(2 ** 20 + 1, 7) },
      "a b": { content: "x" },
    });
    const { manifest } = await takeSnapshot(join(root, "from"));
    const archive = Buffer.concat(await collect(packContents(join(root, "from"), manifest.entries)));
    mkdirSync(join(root, "to"));
    const { status } = spawnSync("tar", ["-x", "-C", join(root, "to")], { input: archive });
    expect(status).toBe(0);
    expect(readdirSync(join(root, "to")).sort()).toEqual(
      manifest.entries.map((entry) => entry.digest).sort(),
    );
  });

  it("makes an archive that tar-stream reads as we mean it", async () => {
    const root = temporaryDirectory();
    writeTree(root, { large: { content: Buffer.alloc(2 ** 20 + 1, 7) }, small: { content: "x" } });
    const { manifest } = await takeSnapshot(root);
    const reader = Readable.from(packContents(root, manifest.entries)).pipe(extract());
    const read: string[] = [];
    for await (const entry of reader) {
      const content = Buffer.concat(await collect(entry as AsyncIterable<Uint8Array>));
      expect(entry.header).toMatchObject({
        type: "file",
        mode: 0o600,
        size: content.length,
        name: digestOf(content),
      });
      read.push(entry.header.name);
    }
    expect(read).toEqual(manifest.entries.map((entry) => entry.digest));
  });

  it.each<[string, (location: string) => void]>([
    ["has other bytes", (location) => writeFileSync(location, "two")],
    ["is longer", (location) => appendFileSync(location, "more")],
    ["is shorter", (location) => writeFileSync(location, "")],
    ["is gone", (location) => rmSync(location)],
    [
      "is a directory",
      (location) => {
        rmSync(location);
        mkdirSync(location);
      },
    ],
    [
      "is a symlink",
      (location) => {
        rmSync(location);
        symlinkSync("/etc/passwd", location);
      },
    ],
    [
      "is a FIFO",
      (location) => {
        rmSync(location);
        spawnSync("mkfifo", [location]);
      },
    ],
  ])("fails when a file %s, and names it", async (_, change) => {
    const root = temporaryDirectory();
    writeTree(root, { "d/f": { content: "one" } });
    const { manifest } = await takeSnapshot(root);
    change(join(root, "d/f"));
    const packed = collect(packContents(root, manifest.entries));
    await expect(packed).rejects.toMatchObject({ code: "FILE_CHANGED", path: "d/f" });
  });

  it("fails when a large file changes in its last byte", async () => {
    const root = temporaryDirectory();
    const content = Buffer.alloc(3 * 2 ** 20);
    writeTree(root, { f: { content } });
    const { manifest } = await takeSnapshot(root);
    content[content.length - 1] = 1;
    writeTree(root, { f: { content } });
    await expect(collect(packContents(root, manifest.entries))).rejects.toMatchObject({
      code: "FILE_CHANGED",
    });
  });

  it("reads no further than a slow reader takes, and closes its file when the reader stops", async () => {
    const root = temporaryDirectory();
    writeTree(root, { f: { content: Buffer.alloc(64 * 2 ** 20) } });
    const { manifest } = await takeSnapshot(root);
    const before = readdirSync("/proc/self/fd").length;
    for await (const _ of packContents(root, manifest.entries)) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const [position] = positionsOf(join(root, "f"));
      expect(position).toBeLessThan(2 * 2 ** 20);
      break;
    }
    await expect.poll(() => readdirSync("/proc/self/fd").length).toBe(before);
  });

  it("stops with the reason of the signal", async () => {
    const root = temporaryDirectory();
    writeTree(root, { f: { content: Buffer.alloc(8 * 2 ** 20) } });
    const { manifest } = await takeSnapshot(root);
    const controller = new AbortController();
    const packed = (async () => {
      for await (const _ of packContents(root, manifest.entries, { signal: controller.signal })) {
        controller.abort(new Error("enough"));
      }
    })();
    await expect(packed).rejects.toThrow("enough");
  });
});

/** How far the open descriptors of a file have been read. */
function positionsOf(location: string): number[] {
  return readdirSync("/proc/self/fd").flatMap((descriptor) => {
    const target = spawnSync("readlink", [`/proc/${process.pid}/fd/${descriptor}`], {
      encoding: "utf8",
    }).stdout.trim();
    if (target !== location) return [];
    const info = spawnSync("cat", [`/proc/${process.pid}/fdinfo/${descriptor}`], { encoding: "utf8" }).stdout;
    return [Number(/pos:\s*(\d+)/.exec(info)?.[1])];
  });
}
