import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readPrivateFile, writePrivateFile } from "./private-file.js";

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), "sloth-private-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const notPrivate = { name: "CredentialError", code: "NOT_PRIVATE" };

describe("a private file", () => {
  it("is written for its owner alone, with its directory, and nothing is left beside it", async () => {
    const path = join(directory(), "a", "b", "file");
    await writePrivateFile(path, "secret");
    await writePrivateFile(path, "another");
    expect(await readPrivateFile(path)).toBe("another");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, "..")).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(path, ".."))).toEqual(["file"]);
  });

  it("is not written over one that is there when it must be new", async () => {
    const path = join(directory(), "file");
    const texts = ["one", "two", "three"];
    await Promise.all(texts.map((text) => writePrivateFile(path, text, { isNew: true })));
    expect(texts).toContain(await readPrivateFile(path));
  });

  it("is undefined where there is none", async () => {
    expect(await readPrivateFile(join(directory(), "no", "file"))).toBeUndefined();
  });

  it.each([0o640, 0o620, 0o604, 0o606])("is refused with the mode %o, with what to do", async (mode) => {
    const path = join(directory(), "file");
    await writePrivateFile(path, "secret");
    chmodSync(path, mode);
    await expect(readPrivateFile(path)).rejects.toMatchObject(notPrivate);
    await expect(readPrivateFile(path)).rejects.toThrow(/rm /);
  });

  it("is refused in a directory that others can write", async () => {
    const path = join(directory(), "open", "file");
    await writePrivateFile(path, "secret");
    chmodSync(join(path, ".."), 0o777);
    await expect(readPrivateFile(path)).rejects.toThrow(/chmod 700/);
    await expect(writePrivateFile(path, "more")).rejects.toMatchObject(notPrivate);
  });

  it("is not followed through a link, and not read from a directory", async () => {
    const place = directory();
    writeFileSync(join(place, "target"), "x", { mode: 0o600 });
    symlinkSync("target", join(place, "link"));
    mkdirSync(join(place, "directory"), { mode: 0o700 });
    await expect(readPrivateFile(join(place, "link"))).rejects.toThrow();
    await expect(readPrivateFile(join(place, "directory"))).rejects.toMatchObject(notPrivate);
  });
});
