import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { createFileSystem } from "../lua/file-system.js";
import { confineFiles } from "./confined-files.js";

let inside: string;
let outside: string;
let files: ReturnType<typeof confineFiles>;

beforeEach(() => {
  const base = mkdtempSync(join(tmpdir(), "sloth-confined-"));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  [inside, outside] = [join(base, "inside"), join(base, "outside")];
  mkdirSync(join(inside, "d"), { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(outside, "secret"), "secret");
  writeFileSync(join(inside, "file"), "own");
  symlinkSync(outside, join(inside, "way-out"));
  symlinkSync(join(outside, "new"), join(inside, "dangling"));
  symlinkSync("file", join(inside, "link"));
  const temporaryDirectory = join(base, "temporary");
  const all = createFileSystem({ umask: 0o022, temporaryDirectory, memoryLimitBytes: 1e6 });
  files = confineFiles(all, [inside, temporaryDirectory]);
});

const bytes = new Uint8Array([1]);

describe("confined files", () => {
  it("are read, written, copied and found in the workspace, by way of links in it too", () => {
    files.write(join(inside, "d/new"), bytes);
    files.copy(join(inside, "d"), join(inside, "copy"));
    files.move(join(inside, "copy/new"), join(inside, "moved"));
    files.remove(join(inside, "way-out"));

    expect(readFileSync(join(inside, "moved"))).toEqual(Buffer.from([1]));
    expect(files.read(join(inside, "link"))).toEqual(new Uint8Array(Buffer.from("own")));
    expect(files.glob(inside, "*")).toEqual(["copy", "d", "file", "link", "moved"]);
    expect(existsSync(join(outside, "secret"))).toBe(true);
    files.write(files.temporaryName(), bytes);
  });

  it.each<[string, () => unknown]>([
    ["read outside", () => files.read(join(outside, "secret"))],
    ["read through ..", () => files.read(join(inside, "..", "outside", "secret"))],
    ["read through a link", () => files.read(join(inside, "way-out/secret"))],
    ["open through a link", () => files.open(join(inside, "way-out/secret"), "r+")],
    ["write through a dangling link", () => files.write(join(inside, "dangling"), bytes)],
    ["write where nothing is yet", () => files.write(join(inside, "way-out/new"), bytes)],
    ["append outside", () => files.append("/etc/passwd", bytes)],
    ["list outside", () => files.list("/")],
    ["list through a link", () => files.list(join(inside, "way-out"))],
    ["make a directory outside", () => files.mkdir(join(outside, "d"))],
    ["remove outside", () => files.remove(join(inside, "way-out/secret"))],
    ["remove a tree outside", () => files.removeTree(outside)],
    ["copy in", () => files.copy(join(outside, "secret"), join(inside, "stolen"))],
    ["copy out", () => files.copy(join(inside, "file"), join(outside, "file"))],
    ["copy over a tree with a way out", () => files.copy(join(inside, "d"), inside)],
    ["move out", () => files.move(join(inside, "file"), join(inside, "way-out/file"))],
    ["ask for what is outside", () => files.stat("/etc/passwd")],
    ["ask whether something is there", () => files.exists("/etc/passwd")],
  ])("cannot %s", (_, attempt) => {
    expect(attempt).toThrow(expect.objectContaining({ code: "EACCES" }));
    expect(readFileSync(join(outside, "secret"), "utf8")).toBe("secret");
    expect(existsSync(join(outside, "new"))).toBe(false);
  });

  it("are the only ones that a pattern finds", () => {
    expect(files.glob(inside, "../*/*")).not.toContain("../outside/secret");
    expect(files.glob(inside, "way-out/*")).toEqual([]);
    expect(files.glob(inside, "/etc/pass*")).toEqual([]);
  });
});
