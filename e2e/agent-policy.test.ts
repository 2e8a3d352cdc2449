import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startAgent, type TestAgent } from "./support/agent.js";
import { sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

/** Runs one task there, written as its fields in Lua. */
async function runThere({ address }: TestAgent, fields: string) {
  const directory = temporaryDirectory();
  const file = writeWorkflow(
    directory,
    `TaskDefinitions = { g = { delegate_to = "${address}", tasks = { t = { ${fields} } } } }`,
  );
  return { directory, ...(await sloth(["run", "-f", file])) };
}

const lua = (code: string) => `command = function() ${code} end`;

describe("an agent that allows some commands", () => {
  it("runs them, as written and by Lua, and Lua on files of the workspace", async () => {
    const agent = await startAgent(["--allow-commands", "touch,echo", "--accept-env", "COLOUR_*"]);

    const plain = await runThere(agent, `command = "touch 'a file'", env = { COLOUR_OF_SKY = "blue" }`);
    const called = await runThere(
      agent,
      lua(`fs.write("made", "by Lua"); local r = exec.run("echo hello"); return r.success, r.stdout`),
    );

    expect(plain.code, plain.stderr).toBe(0);
    expect(readFileSync(join(plain.directory, "a file"), "utf8")).toBe("");
    expect(called.code, called.stderr).toBe(0);
    expect(readFileSync(join(called.directory, "made"), "utf8")).toBe("by Lua");
  });

  it.each([
    [`command = "id"`, /does not run id.*echo/],
    [`command = "echo a; id"`, /plain commands/],
    [`command = "echo $(id)"`, /plain commands/],
    [`command = "./echo"`, /does not run .\/echo/],
    [`command = "PATH=. echo"`, /plain commands/],
    [`command = "echo", env = { PATH = "." }`, /environment variable PATH/],
    [`command = "echo", env = { ["BASH_FUNC_echo%%"] = "() { id; }" }`, /environment variable BASH_FUNC/],
    [`command = "echo", pre_exec = function() return exec.run("id").success end`, /pre_exec/],
    [lua(`local r = exec.run("id"); return r.success, r.error`), /does not run id/],
    [
      lua(`local r = exec.run("echo", { env = { LD_PRELOAD = "./x.so" } }); return r.success, r.error`),
      /LD_PRELOAD/,
    ],
    [lua(`local r = exec.run("echo", { shell = "/bin/sh" }); return r.success, r.error`), /shell/],
    [lua(`local f, why = io.popen("id"); return f ~= nil, why`), /does not run id|popen/],
    [lua(`return os.execute("id") == true, "os.execute: refused"`), /refused/],
    [lua(`local text, why = fs.read("/etc/passwd"); return text ~= nil, why`), /workspace/],
    [lua(`local f, why = io.open("/etc/passwd"); return f ~= nil, why`), /workspace/],
  ])("does not run %s", async (fields, reason) => {
    const agent = await startAgent(["--allow-commands", "echo"]);

    const { code, stderr, stdout } = await runThere(agent, fields);

    expect(code).toBe(1);
    expect(stderr + stdout).toMatch(reason);
    expect(stdout + stderr).not.toMatch(/uid=/);
  });

  it("starts nothing at all where it allows none", async () => {
    const agent = await startAgent(["--allow-commands", "none"]);

    expect((await runThere(agent, `command = "true"`)).code).toBe(1);
    expect((await runThere(agent, lua(`return true`))).code).toBe(0);
  });
});

it("passes on only those of its variables that it is told to", async () => {
  const env = { KNOWN: "known", SECRET: "s3cr3t" };
  const agent = await startAgent(["--pass-env", "PATH,KNOWN"], { env });

  const { stdout, code } = await runThere(agent, `command = "env"`);

  expect(code).toBe(0);
  expect(stdout).toContain("KNOWN=known");
  expect(stdout).not.toContain("s3cr3t");
});
