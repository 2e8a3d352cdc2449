import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { repository } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { joinByCable, makeTwoMachines, whyNoMachines } from "./support/two-machines.js";
import { writeWorkflow } from "./support/workflow-file.js";

const problem = whyNoMachines();

describe.skipIf(problem)(`an agent on another machine${problem ? ` (${problem})` : ""}`, () => {
  it("is added as docs/security.md says, and then runs what is delegated to it", async () => {
    const text = readFileSync(join(repository, "docs/security.md"), "utf8");
    const [, walk = ""] = text.match(/## On another machine\n(.*?)\n## /s) ?? [];
    const [init = "", serve = "", add = ""] = [...walk.matchAll(/```sh\n(.*?)\n *```/gs)].map(
      ([, command = ""]) => command.trim(),
    );
    const machines = makeTwoMachines();
    joinByCable(machines);
    const { start, call } = machines;
    const file = writeWorkflow(
      temporaryDirectory(),
      'TaskDefinitions = { g = { delegate_to = "build1:50051", tasks = { t = { command = "echo there > made" } } } }',
    );
    const run = `npx @sloth/master run -f '${file}'`;

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

    const { code, stderr } = call("master", run);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    expect(readFileSync(join(file, "..", "made"), "utf8")).toBe("there\n");
    expect(call("agent", init).stdout.trim()).toBe(line);
  });
});
