import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { MasterError } from "../../master-error.js";
import { LineWriter } from "../../view/line-writer.js";
import { initCommand } from "./init-command.js";

function fixture() {
  const top = mkdtempSync(join(tmpdir(), "sloth-init-"));
  onTestFinished(() => rmSync(top, { recursive: true }));
  const directory = join(top, "my app");
  const stream = new PassThrough();
  const output = { stdout: new LineWriter(stream), stderr: new LineWriter(stream) };
  return {
    top,
    directory,
    init: () => initCommand({ directory }, output),
    printed: () => String(stream.read() ?? ""),
    read: (name: string) => readFileSync(join(directory, name), "utf8"),
  };
}

const FILES = [".luarc.json", ".slothignore", "pipeline.lua", "sloth.d.lua"];

describe("sloth init", () => {
  it("makes the directory, writes all files, and says what to do next", async () => {
    const { directory, init, printed } = fixture();
    expect(await init()).toBe(0);
    expect(readdirSync(directory).sort()).toEqual(FILES);
    const said = printed();
    for (const name of FILES) expect(said).toContain(`wrote ${join(directory, name)}\n`);
    expect(said).toContain(`cd '${directory}'\n  sloth run -f pipeline.lua\n`);
  });

  it("keeps what is there, and writes the rest", async () => {
    const { directory, init, printed, read } = fixture();
    mkdirSync(directory);
    for (const name of ["pipeline.lua", ".luarc.json"]) writeFileSync(join(directory, name), "mine");
    symlinkSync("nowhere", join(directory, ".slothignore"));
    expect(await init()).toBe(0);
    expect([read("pipeline.lua"), read(".luarc.json")]).toEqual(["mine", "mine"]);
    expect(readdirSync(directory).sort()).toEqual(FILES);
    expect(printed()).toContain(`kept ${join(directory, "pipeline.lua")}, which was there\n`);
  });

  it("changes nothing the second time", async () => {
    const { init, printed } = fixture();
    await init();
    printed();
    expect(await init()).toBe(0);
    expect(printed()).not.toContain("wrote");
  });

  it("refuses what is no directory", async () => {
    const { directory, init } = fixture();
    writeFileSync(directory, "");
    const error = await init().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MasterError);
    expect(String(error)).toContain(`${directory}: it is not a directory`);
  });
});
