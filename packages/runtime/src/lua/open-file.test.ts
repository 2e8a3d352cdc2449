import { execFileSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OpenMode } from "@sloth/dsl";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "../testing/attempt.js";
import { openFile } from "./open-file.js";

function fixture() {
  const directory = temporaryDirectory();
  const path = join(directory, "file");
  return { directory, path, open: (mode: OpenMode, umask = 0o022) => openFile(path, mode, umask) };
}

function failure(operate: () => unknown): unknown {
  try {
    return operate();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

const bytes = (text: string) => Buffer.from(text);

describe("openFile", () => {
  it.each(["w", "w+", "a", "a+"] as const)("creates a file under the mask by %s", (mode) => {
    const { path, open } = fixture();
    open(mode, 0o027).close();
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it.each(["r", "r+"] as const)("does not create a file by %s", (mode) => {
    expect(failure(() => fixture().open(mode))).toBe("ENOENT");
  });

  it("reads and writes at positions, also behind the end", () => {
    const { path, open } = fixture();
    writeFileSync(path, "abcdef", { mode: 0o600 });
    const file = open("r+");
    file.write(bytes("XY"), 1);
    file.write(bytes("Z"), 8);
    const buffer = Buffer.alloc(4);
    expect([file.read(buffer, 2), String(buffer), file.sizeBytes(), file.read(buffer, 100)]).toEqual([
      4,
      "Ydef",
      9,
      0,
    ]);
    file.close();
    expect(readFileSync(path, "latin1")).toBe("aXYdef\0\0Z");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("appends at the end as it is then, whatever the position", () => {
    const { path, open } = fixture();
    const [first, second] = [open("a"), open("a+")];
    first.write(bytes("1"), 0);
    second.write(bytes("2"), 0);
    first.write(bytes("3"), 0);
    const buffer = Buffer.alloc(1);
    expect([second.read(buffer, 1), String(buffer)]).toEqual([1, "2"]);
    for (const file of [first, second]) file.close();
    expect(readFileSync(path, "utf8")).toBe("123");
  });

  it("says what the mode does not allow", () => {
    const { open } = fixture();
    expect(failure(() => open("w").read(Buffer.alloc(1), 0))).toBe("EBADF");
    expect(failure(() => open("r").write(bytes("x"), 0))).toBe("EBADF");
  });

  it("opens devices", () => {
    const sink = openFile("/dev/null", "w", 0o022);
    sink.write(bytes("x"), 0);
    sink.write(bytes("y"), 5);
    sink.close();
    const random = openFile("/dev/urandom", "r", 0o022);
    expect(random.read(Buffer.alloc(16), 0)).toBe(16);
    random.close();
  });

  it.each(["r", "r+", "w", "a+"] as const)(
    "refuses a pipe by %s, without waiting for its other end",
    (mode) => {
      const { path, open } = fixture();
      execFileSync("mkfifo", [path]);
      expect(failure(() => open(mode))).toMatch(/EINVAL|ENXIO/);
    },
  );
});
