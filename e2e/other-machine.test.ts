import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { masterBinary, repository, startProgram } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

const ip = (...args: string[]) => spawnSync("ip", args, { encoding: "utf8" });

/** A network namespace with a host name for each machine of the test, joined by a cable. */
function twoMachines() {
  const [master, agent] = [`sloth-m-${process.pid}`, `sloth-a-${process.pid}`];
  const hosts = join(temporaryDirectory(), "hosts");
  writeFileSync(hosts, "127.0.0.1 localhost\n10.77.0.2 build1\n");
  onTestFinished(() => {
    for (const name of [master, agent]) ip("netns", "del", name);
  });
  for (const name of [master, agent]) ip("netns", "add", name);
  ip("link", "add", "sloth0", "netns", master, "type", "veth", "peer", "name", "sloth0", "netns", agent);
  for (const [name, address] of [
    [master, "10.77.0.1/24"],
    [agent, "10.77.0.2/24"],
  ] as const) {
    ip("-n", name, "link", "set", "lo", "up");
    ip("-n", name, "address", "add", address, "dev", "sloth0");
    ip("-n", name, "link", "set", "sloth0", "up");
  }
  const home = { master: temporaryDirectory(), agent: temporaryDirectory() };
  const inside = (namespace: string) => ["ip", "netns", "exec", namespace, "unshare", "--mount", "sh", "-c"];
  /** What is typed there, as the documentation has it. */
  const typed = (side: "master" | "agent", command: string) => {
    const own = command
      .replace(
        /^npx @sloth\/agent/,
        `'${process.execPath}' '${repository}packages/agent/bin/sloth-agent.cjs'`,
      )
      .replace(/^npx @sloth\/master/, `'${process.execPath}' '${masterBinary}'`);
    return [
      ...inside(side === "master" ? master : agent),
      `mount --bind '${hosts}' /etc/hosts && exec ${own}`,
    ];
  };
  const env = (side: "master" | "agent") => ({
    XDG_STATE_HOME: join(home[side], "state"),
    XDG_CONFIG_HOME: join(home[side], "config"),
  });
  return {
    start: (side: "master" | "agent", command: string) =>
      startProgram(typed(side, command), { env: env(side) }),
    call(side: "master" | "agent", command: string, input = "") {
      const [program = "", ...args] = typed(side, command);
      const options = {
        encoding: "utf8",
        env: { ...process.env, NO_COLOR: "1", ...env(side) },
        input,
      } as const;
      const { status, stdout, stderr } = spawnSync(program, args, options);
      return { code: status, stdout, stderr };
    },
  };
}

const problem = problemOfNamespaces();

function problemOfNamespaces(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root, to make network namespaces";
  const probe = `sloth-probe-${process.pid}`;
  if (ip("netns", "add", probe).status !== 0) return "network namespaces cannot be made here";
  ip("netns", "del", probe);
  return undefined;
}

describe.skipIf(problem)(`an agent on another machine${problem ? ` (${problem})` : ""}`, () => {
  it("is added as docs/security.md says, and then runs what is delegated to it", async () => {
    const text = readFileSync(join(repository, "docs/security.md"), "utf8");
    const [, walk = ""] = text.match(/## On another machine\n(.*?)\n## /s) ?? [];
    const [init = "", serve = "", add = ""] = [...walk.matchAll(/```sh\n(.*?)\n *```/gs)].map(
      ([, command = ""]) => command.trim(),
    );
    const { start, call } = twoMachines();
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
