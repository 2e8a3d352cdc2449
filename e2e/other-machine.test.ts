import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { repository } from "./support/processes.js";
import { joinByCable, makeTwoMachines, whyNoMachines } from "./support/two-machines.js";

/** What the page says, in its order. */
function walkThrough(): { commands: string[]; workflow: string } {
  const text = readFileSync(join(repository, "docs/security.md"), "utf8");
  const [, walk = ""] = text.match(/## On another machine\n(.*?)\n## /s) ?? [];
  const blocks = (language: string) =>
    [...walk.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\n *\`\`\``, "gs"))].map(([, block = ""]) =>
      block.trim(),
    );
  return { commands: blocks("sh"), workflow: blocks("lua").join("\n") };
}

const problem = whyNoMachines();

describe.skipIf(problem)(`an agent on another machine${problem ? ` (${problem})` : ""}`, () => {
  it("is added as docs/security.md says, and then runs what is delegated to it", async () => {
    const { commands, workflow } = walkThrough();
    expect(commands).toHaveLength(6);
    const [init = "", serve = "", add = "", run = "", doctor = "", pipe = ""] = commands;
    const machines = makeTwoMachines();
    joinByCable(machines);
    const { project, start, call } = machines;
    writeFileSync(join(project, "pipeline.lua"), workflow);

    const line = call("agent", init).stdout.trim();
    const agent = start("agent", serve);
    onTestFinished(async () => {
      agent.kill("SIGINT");
      await agent.ended;
    });
    await agent.until(/listening on 0\.0\.0\.0:50051/);
    const unknown = call("master", run);
    expect([unknown.code, unknown.stderr]).toEqual([
      3,
      expect.stringMatching(/has not been added.*init.*agents add/),
    ]);
    const plain = call("master", `${run} --insecure`);
    expect([plain.code, plain.stderr]).toEqual([3, expect.stringMatching(/speaks TLS/)]);

    const added = call("master", add, line);
    expect(added).toMatchObject({ code: 0, stdout: expect.stringContaining("is trusted from now on") });

    const ran = call("master", run);
    expect([ran.code, ran.stderr]).toEqual([0, expect.any(String)]);
    expect(readFileSync(join(project, "there"), "utf8")).toContain("Linux");
    expect(call("master", doctor)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("✓ agent build1:50051"),
    });
    expect(call("agent", init).stdout.trim()).toBe(line);
    expect(call("master", pipe)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("is trusted from now on"),
    });
    expect(call("master", run).code).toBe(0);
  });
});
