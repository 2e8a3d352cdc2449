import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startAgent, type TestAgent } from "./support/agent.js";
import { freePort } from "./support/free-port.js";
import { sleepsOf, sloth, startSloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

/** Three agents, and a directory with their inventory. */
async function threeAgents(labels: readonly string[] = ["{ n: 0 }", "{ n: 1 }", "{ n: 2 }"]) {
  const agents = await Promise.all(labels.map(() => startAgent()));
  const cwd = temporaryDirectory();
  const entry = ({ address }: TestAgent, index: number) =>
    `a${index}: { address: "${address}", labels: ${labels[index]} }\n`;
  writeFileSync(join(cwd, "agents.yaml"), agents.map(entry).join(""));
  return { agents, cwd };
}

async function addOneThatIsGone(cwd: string): Promise<void> {
  const file = join(cwd, "agents.yaml");
  writeFileSync(file, `${readFileSync(file, "utf8")}gone: { address: "localhost:${await freePort()}" }\n`);
}

describe("sloth agents", () => {
  it("lists what they are and do, also from a directory below", async () => {
    const { cwd } = await threeAgents();
    await addOneThatIsGone(cwd);
    mkdirSync(join(cwd, "below"));
    const { code, stdout, stderr } = await sloth(["agents"], { cwd: join(cwd, "below") });
    expect(stdout).toMatch(/^NAME .*SLOTS/);
    expect(stdout).toMatch(/a1 .*ready .*0\/\d/);
    expect(stdout).toContain("n=1");
    expect(stdout).toMatch(/gone .*unreachable/);
    expect(stderr).toContain("connection refused");
    expect(code).toBe(0);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);

    const checked = await sloth(["agents", "--check", "--output", "json"], { cwd });
    expect(JSON.parse(checked.stdout).agents).toMatchObject([
      { name: "a0", state: "ready", running: 0, queued: 0, labels: { n: 0, os: "linux" } },
      { name: "a1" },
      { name: "a2" },
      { name: "gone", state: "unreachable" },
    ]);
    expect(checked.code).toBe(3);
  });

  it("--watch asks again and again until it is interrupted", async () => {
    const { cwd } = await threeAgents(["{}"]);
    const watching = startSloth(["agents", "--watch"], { cwd });
    await watching.until(/NAME.*NAME/s);
    watching.kill("SIGINT");
    expect((await watching.ended).code).toBe(130);
  });
});

describe("sloth exec", () => {
  it("runs a command on all agents, in empty directories, with their names in front", async () => {
    const { cwd } = await threeAgents();
    const { code, stdout } = await sloth(
      ["exec", "all", "--", "sh", "-c", "ls -A | wc -l; echo $0 $1", "007", "a  b"],
      { cwd },
    );
    for (const name of ["a0", "a1", "a2"]) {
      expect(stdout).toMatch(new RegExp(`^\\[${name}\\] +0$`, "m"));
      expect(stdout).toContain(`[${name}] 007 a b`);
    }
    expect(code).toBe(0);
  });

  it.each([
    ["a1", ["a1"]],
    ["a*,!a0", ["a1", "a2"]],
    ["n=2", ["a2"]],
    ["os=linux,gpu", ["a0", "a1"]],
  ])("%s is %j", async (selector, names) => {
    const { cwd } = await threeAgents(["{ gpu: true }", "{ gpu: true }", "{ n: 2 }"]);
    const { code, stdout } = await sloth(["exec", selector, "--", "echo here"], { cwd });
    expect(stdout.match(/\[(a\d)\] here/g)?.sort()).toEqual(names.map((name) => `[${name}] here`));
    expect(code).toBe(0);
  });

  it("leaves nothing on an agent", async () => {
    const agent = await startAgent();
    const trees = join(agent.stateDirectory, "workspaces/trees");
    const command = "ls; echo much > made; head -c 100000 /dev/zero > large";
    for (let call = 0; call < 2; call++)
      expect((await sloth(["exec", agent.address, "--", command])).stdout).not.toContain("made");
    const files = readdirSync(trees, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    expect(files).toEqual([]);
    expect(readdirSync(trees)).toHaveLength(1);
  });

  it("joins exit codes: 1 where it fails on one, 3 where one is not there", async () => {
    const { cwd } = await threeAgents();
    const some = await sloth(["exec", "all", "--", '[ "$SLOTH_TASK" != a1 ]'], { cwd });
    expect(some.code).toBe(1);
    expect(some.stdout).toMatch(/2 succeeded, 1 failed/);
    expect(some.stderr.match(/a1/g)).toHaveLength(2);
    expect(some.stderr).toMatch(/^✗ a1 failed in .*: exited with 1\n\n✗ a1\n/m);
    const one = await sloth(["exec", "a1", "--", "echo no; false"], { cwd });
    expect(one.stdout + one.stderr).toMatch(/^(?!.*no.*no)(?!.*✗.*✗)/s);
    await addOneThatIsGone(cwd);
    expect((await sloth(["exec", "all", "--", "true"], { cwd })).code).toBe(3);
    expect((await sloth(["exec", "all", "--", "false"], { cwd })).code).toBe(1);
  });

  it.each([
    [["all"], /Say what to run/],
    [["b*", "--", "ls"], /No agent is b\*\. agents\.yaml has: a0 \(n=0\)/],
    [["n=7", "--", "ls"], /No agent has n=7\. agents\.yaml has: a0 \(n=0\)/],
  ])("refuses %j", async (args, message) => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, "agents.yaml"), "a0: { address: localhost:1, labels: { n: 0 } }");
    const { code, stderr } = await sloth(["exec", ...args], { cwd });
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  it("names all agents with their labels where none tells of the one that is asked for", async () => {
    const { cwd } = await threeAgents();
    const { code, stderr } = await sloth(["exec", "fpga=true", "--", "ls"], { cwd });
    expect(stderr).toMatch(/No agent has fpga=true\. Asked: a0 \(.*os=linux.*n=0\), a1 \(.*, a2 \(/);
    expect(code).toBe(2);
  });

  it("stops all with Ctrl-C", async () => {
    const { cwd } = await threeAgents();
    const seconds = 1_000_000 + Math.floor(Math.random() * 1_000_000);
    const running = startSloth(["exec", "all", "--", `echo ready; sleep ${seconds}`], { cwd });
    await running.until(/(ready.*){3}/s);
    running.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
    await expect.poll(() => sleepsOf(seconds), { timeout: 60_000 }).toEqual([]);
  });
});

describe("run --limit", () => {
  it("uses only some of the agents, and refuses to begin where none is left", async () => {
    const { cwd } = await threeAgents();
    writeWorkflow(
      cwd,
      `TaskDefinitions = { g = { tasks = { { name = "t", delegate_to = { any = { "a0", "a1", "a2" } }, command = "echo ran" } } } }`,
    );
    const limited = await sloth(["run", "--limit", "a*,!a0", "--limit", "&*2"], { cwd });
    expect(limited.stdout).toContain("[t@a2] ran");
    const nobody = await sloth(["run", "--limit", "x"], { cwd });
    expect(nobody.stderr).toMatch(/--limit x leaves no agent of a0\|a1\|a2/);
    expect(nobody.code).toBe(2);
  });
});
