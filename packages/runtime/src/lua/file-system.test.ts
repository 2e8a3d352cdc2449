import { mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HostError } from "@sloth/dsl";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "../testing/attempt.js";
import { createFileSystem } from "./file-system.js";

const bytes = (text: string) => Buffer.from(text);
const modeOf = (path: string) => statSync(path).mode & 0o777;

function fixture(umask = 0o022) {
  const directory = temporaryDirectory();
  const temporary = join(directory, "temporary");
  const fs = createFileSystem({ umask, temporaryDirectory: temporary, memoryLimitBytes: 1024 * 1024 });
  return { fs, path: (name: string) => join(directory, name) };
}

describe("createFileSystem", () => {
  it.each([0o022, 0o002, 0o077])("creates files and directories under the mask %o", (umask) => {
    const { fs, path } = fixture(umask);
    fs.write(path("file"), bytes("x"));
    fs.append(path("appended"), bytes("x"));
    fs.mkdir(path("a/b"));
    expect(["file", "appended"].map((name) => modeOf(path(name)))).toEqual([0o666 & ~umask, 0o666 & ~umask]);
    expect(["a", "a/b"].map((name) => modeOf(path(name)))).toEqual([0o777 & ~umask, 0o777 & ~umask]);
  });

  it("keeps the mode of what is there already", () => {
    const { fs, path } = fixture();
    writeFileSync(path("file"), "long content", { mode: 0o600 });
    mkdirSync(path("directory"), { mode: 0o700 });
    fs.write(path("file"), bytes("new"));
    fs.append(path("file"), bytes("er"));
    fs.mkdir(path("directory"));
    expect([modeOf(path("file")), modeOf(path("directory"))]).toEqual([0o600, 0o700]);
    expect(readFileSync(path("file"), "utf8")).toBe("newer");
  });

  it("does not read a file that does not fit into memory", () => {
    const { fs, path } = fixture();
    writeFileSync(path("file"), "");
    truncateSync(path("file"), 5e9);
    expect(() => fs.read(path("file"))).toThrow(
      new HostError("File too large: 5000000000 bytes do not fit into the memory limit of 1MiB", "EFBIG"),
    );
  });

  it("says what failed as a person would", () => {
    const { fs, path } = fixture();
    const failure = (operate: () => unknown) => {
      try {
        return operate();
      } catch (error) {
        return error instanceof HostError ? [error.message, error.code] : error;
      }
    };
    fs.write(path("file"), bytes(""));
    expect(failure(() => fs.read(path("none")))).toEqual(["No such file or directory", "ENOENT"]);
    expect(failure(() => fs.mkdir(path("file")))).toEqual(["File already exists", "EEXIST"]);
    expect(failure(() => fs.list(path("file")))).toEqual(["Not a directory", "ENOTDIR"]);
  });

  it("copies a tree with its modes and links", () => {
    const { fs, path } = fixture();
    fs.mkdir(path("from/inner"));
    writeFileSync(path("from/inner/tool"), "#!", { mode: 0o755 });
    symlinkSync("inner/tool", path("from/link"));
    fs.copy(path("from"), path("to"));
    expect(modeOf(path("to/inner/tool"))).toBe(0o755);
    expect(fs.stat(path("to/link")).kind).toBe("symlink");
  });

  it("lists names sorted by their bytes", () => {
    const { fs, path } = fixture();
    fs.mkdir(path("list"));
    for (const name of ["é", "a", "Z", "b"]) fs.write(path(`list/${name}`), bytes(""));
    expect(fs.list(path("list"))).toEqual(["Z", "a", "b", "é"]);
  });

  it("removes a tree without following links, and does not mind when there is none", () => {
    const { fs, path } = fixture();
    fs.mkdir(path("kept"));
    fs.mkdir(path("tree"));
    symlinkSync(path("kept"), path("tree/link"));
    fs.removeTree(path("tree"));
    fs.removeTree(path("tree"));
    expect([fs.exists(path("tree")), fs.exists(path("kept"))]).toEqual([false, true]);
  });

  it("gives temporary names that differ, in a directory of the owner alone", () => {
    const { fs, path } = fixture();
    const names = [fs.temporaryName(), fs.temporaryName()];
    expect(new Set(names).size).toBe(2);
    expect(modeOf(path("temporary"))).toBe(0o700);
  });
});
