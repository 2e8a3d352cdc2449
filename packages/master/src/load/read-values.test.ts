import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readEnvFiles } from "./read-env-file.js";
import { readValues } from "./read-values.js";

function write(text: string, name = "values.yaml"): string {
  const directory = mkdtempSync(join(tmpdir(), "sloth-values-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
}

const set = (...settings: string[]) => readValues({ files: [], settings });

describe("values", () => {
  it("of later files win over earlier ones, what is typed over all, and maps merge", async () => {
    const files = [
      write("a: { x: 1, y: 2 }\nlist: [1, 2]\nkept: yes it is"),
      write("a: { y: 3 }\nlist: [4]"),
    ];
    expect(await readValues({ files, settings: ["a.z=5", "a.x=6"] })).toEqual({
      a: { x: 6, y: 3, z: 5 },
      list: [4],
      kept: "yes it is",
    });
  });

  it("are numbers, booleans and null where YAML has them so, and text otherwise", async () => {
    expect(
      await set("a=1", "b=true", "c=null", "d=1.5", "e=", "f=a: b", "g=[1", "h={x: 1}", 'i="1"'),
    ).toEqual({
      a: 1,
      b: true,
      c: null,
      d: 1.5,
      e: "",
      f: "a: b",
      g: "[1",
      h: "{x: 1}",
      i: "1",
    });
  });

  it("keep integers that a number cannot hold, and dots that belong to a name", async () => {
    expect(await set("n=9223372036854775807", "a\\.b.c=1")).toEqual({
      n: 9223372036854775807n,
      "a.b": { c: 1 },
    });
  });

  it("may have any name", async () => {
    const values = await set("__proto__.polluted=1");
    expect(Object.keys(values)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each([["a"], ["=1"], ["a..b=1"], [".a=1"]])("typed as %j are refused", async (setting) => {
    await expect(set(setting)).rejects.toThrow(
      `--set ${setting} is not of the form name=value or a.b=value.`,
    );
  });

  it("in a file with a mistake are refused with its line", async () => {
    const file = write("a: 1\nb: [1,\n");
    await expect(readValues({ files: [file], settings: [] })).rejects.toThrow(`${file}:`);
    await expect(readValues({ files: [write("- 1")], settings: [] })).rejects.toThrow(
      "must be a map of names",
    );
    await expect(readValues({ files: ["/none.yaml"], settings: [] })).rejects.toThrow("it does not exist");
    await expect(set("n=99999999999999999999")).rejects.toThrow("does not fit into 64 bits");
  });
});

describe("environment files", () => {
  it("are read as Node reads them, the later one winning", async () => {
    const files = [write("A=1\n# no\nB='x y'\nexport C=3\n", ".env"), write("A=2", ".env")];
    expect(await readEnvFiles(files)).toEqual({ A: "2", B: "x y", C: "3" });
  });

  it("that are not there are named", async () => {
    await expect(readEnvFiles(["/none.env"])).rejects.toThrow("/none.env cannot be read: it does not exist.");
  });
});
