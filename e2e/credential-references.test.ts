import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { sloth, startAgentProcess } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

/** An agent, its join line, and a workflow beside an inventory for a master that knows nothing of it by itself. */
async function setUp(credential: string) {
  const agent = await startAgent();
  const init = await startAgentProcess(["init", "--state-dir", agent.stateDirectory]).ended;
  const line = /^sloth1\.\S+$/m.exec(init.stdout)?.[0] ?? "";
  const directory = temporaryDirectory();
  writeFileSync(
    join(directory, "agents.yaml"),
    `build:\n  address: ${agent.address}\n  credential: ${credential}\n`,
  );
  const file = writeWorkflow(
    directory,
    `TaskDefinitions = { g = { delegate_to = "build", tasks = {
       t = { command = "echo done > made; env" },
       here = { delegate_to = false, command = "env" },
       lua = { delegate_to = false, command = function() return true, tostring(os.getenv("BUILD_LINE")) end },
     } } }`,
  );
  const run = (env: Record<string, string> = {}) =>
    sloth(["run", "-f", file], {
      env: { XDG_STATE_HOME: temporaryDirectory(), XDG_CONFIG_HOME: temporaryDirectory(), ...env },
    });
  return { directory, line, run };
}

describe("an inventory that refers to a credential", () => {
  it("finds the join line in a variable, and says what is wrong with it without repeating it", async () => {
    const { line, run } = await setUp("{ env: BUILD_LINE }");

    const found = await run({ BUILD_LINE: line });
    expect(found.code).toBe(0);
    expect(found.stdout).toMatch(/\[here\] PATH=/);
    // No task is given it, neither here nor there.
    expect(found.stdout + found.stderr).not.toContain(line);
    const missing = await run();
    expect(missing.code).toBe(3);
    expect(missing.stderr).toContain("BUILD_LINE");
    const mistyped = line.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    const wrong = await run({ BUILD_LINE: mistyped });
    expect(wrong.code).toBe(3);
    expect(wrong.stderr).toContain("mistyped");
    expect(wrong.stderr + wrong.stdout).not.toContain(mistyped);
  });

  it("finds the join line in a file that only its owner can read", async () => {
    const { directory, line, run } = await setUp("{ file: secret/line }");
    mkdirSync(join(directory, "secret"), { mode: 0o700 });
    writeFileSync(join(directory, "secret/line"), `${line}\n`, { mode: 0o600 });

    expect((await run()).code).toBe(0);
    chmodSync(join(directory, "secret/line"), 0o644);
    const open = await run();
    expect(open.code).toBe(3);
    expect(open.stderr).toContain("secret/line");
  });

  it("sends nothing to another agent than that of the line", async () => {
    const { run } = await setUp("{ env: BUILD_LINE }");
    const other = await setUp("{ env: BUILD_LINE }");

    const { code, stderr } = await run({ BUILD_LINE: other.line });

    expect(code).toBe(3);
    expect(stderr).toContain("certificate is another one");
  });
});
