import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { MasterError } from "../../master-error.js";
import { typesCommand } from "./types-command.js";

function fixture() {
  const directory = mkdtempSync(join(tmpdir(), "sloth-types-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, "w.lua"), "");
  const said: string[] = [];
  const file = (name: string) => join(directory, name);
  return {
    said,
    write: (name: string, text: string) => writeFileSync(file(name), text),
    read: (name: string) => readFileSync(file(name), "utf8"),
    types: () => typesCommand({ file: file("w.lua") }, (line) => said.push(line)),
  };
}

describe("sloth types", () => {
  it("writes definitions and settings beside the workflow, and says so", async () => {
    const { types, read, said } = fixture();
    expect(await types()).toBe(0);
    expect(read("sloth.d.lua")).toContain("function exec.run(command, options) end");
    expect(JSON.parse(read(".luarc.json"))).toMatchObject({ "runtime.version": "Lua 5.4" });
    expect(said).toEqual([
      expect.stringMatching(/^wrote .*sloth\.d\.lua$/),
      expect.stringMatching(/^wrote .*\.luarc\.json$/),
    ]);
  });

  it("replaces what it wrote, and keeps the settings of a person", async () => {
    const { types, read, write } = fixture();
    write("sloth.d.lua", "---@meta sloth\nold = 1\n");
    write(".luarc.json", '{ "runtime.version": "Lua 5.3", "hint.enable": true }');
    await types();
    expect(read("sloth.d.lua")).not.toContain("old = 1");
    expect(JSON.parse(read(".luarc.json"))).toMatchObject({
      "runtime.version": "Lua 5.3",
      "hint.enable": true,
    });
  });

  it.each([
    ["sloth.d.lua", "mine = 1", "was not written by this command"],
    [".luarc.json", "{ // a comment\n}", "is not plain JSON"],
    [".luarc.json", "[]", "is not plain JSON"],
  ])("leaves a %s that says %j alone, and the other file too", async (name, text, message) => {
    const { types, read, write, said } = fixture();
    write(name, text);
    const error = await types().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MasterError);
    expect((error as MasterError).message).toContain(message);
    expect(read(name)).toBe(text);
    expect(said).toEqual([]);
    expect(() => read(name === "sloth.d.lua" ? ".luarc.json" : "sloth.d.lua")).toThrow("ENOENT");
  });
});
