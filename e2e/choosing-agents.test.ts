import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startAgent, type TestAgent } from "./support/agent.js";
import { freePort } from "./support/free-port.js";
import { sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

/** Runs tasks with an `agents.yaml` beside the workflow. */
async function run(agents: string, tasks: string, args: string[] = []) {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "agents.yaml"), agents);
  const file = writeWorkflow(directory, `TaskDefinitions = { g = { tasks = { ${tasks} } } }`);
  const ended = await sloth(["run", "-f", file, "--agents", join(directory, "agents.yaml"), ...args]);
  return { directory, ...ended, all: ended.stdout + ended.stderr };
}

const entry = (name: string, { address }: Pick<TestAgent, "address">, labels = "{}") =>
  `${name}: { address: "${address}", labels: ${labels} }\n`;

describe("a task that several agents can run", () => {
  it("fails on a bad one and succeeds on another, whose name is shown", async () => {
    const agents = await Promise.all([startAgent(), startAgent(), startAgent()]);
    const yaml = agents.map((agent, index) => entry(`a${index}`, agent)).join("");
    // The one that is chosen first is bad from then on.
    const bad = join(temporaryDirectory(), "bad");
    const { code, all } = await run(
      yaml,
      `{ name = "t", delegate_to = { any = { "a0", "a1", "a2" } }, retries = 1, retry_delay = "10ms", command = [[
         [ -e ${bad} ] || dirname "$(dirname "$PWD")" > ${bad}
         case $PWD in "$(cat ${bad})"/*) echo broken; exit 5;; esac; echo fine ]] }`,
    );
    const [, first] = all.match(/\[t@(a\d)\] broken/) ?? [];
    const [, second] = all.match(/\[t@(a\d)\] fine/) ?? [];
    expect([first, second]).toEqual([expect.any(String), expect.any(String)]);
    expect(second).not.toBe(first);
    expect(code, all).toBe(0);
  });

  it("passes by one that does not answer without an attempt, and warns once", async () => {
    const good = await startAgent();
    const gone = { address: `localhost:${await freePort()}` };
    const tasks = [1, 2, 3].map(
      (n) => `{ name = "t${n}", delegate_to = { any = { "gone", "good" } }, command = "echo ran" }`,
    );
    const { code, all, stderr } = await run(entry("gone", gone) + entry("good", good), tasks.join(","));
    expect(all.match(/@good\] ran/g)).toHaveLength(3);
    expect(stderr.match(/gone .*its tasks go to other agents/g)).toHaveLength(1);
    expect(code, all).toBe(0);
  });

  it("ends with 3 and each of their names where none answers", async () => {
    const yaml =
      entry("x1", { address: `localhost:${await freePort()}` }) +
      entry("x2", { address: `localhost:${await freePort()}` });
    const { code, all } = await run(
      yaml,
      `{ name = "t", delegate_to = { any = { "x1", "x2" } }, retries = 3, command = "true" }`,
    );
    expect(all).toMatch(/x1 .*refused.*x2 .*refused/);
    expect(code).toBe(3);
  });

  it("is told of as done where it ran, in events and records", async () => {
    const [one, two] = await Promise.all([startAgent(["--slots", "1"]), startAgent(["--slots", "1"])]);
    const meet = temporaryDirectory();
    const wait = `echo > ${meet}/$SLOTH_TASK; until [ $(ls ${meet} | wc -l) = 2 ]; do sleep 0.05; done`;
    const tasks = ["a", "b"].map(
      (name) => `{ name = "${name}", delegate_to = { any = { "one", "two" } }, command = [[${wait}]] }`,
    );
    const yaml = entry("one", one) + entry("two", two);
    const { code, stdout, directory } = await run(yaml, tasks.join(","), ["--output", "json"]);
    expect(code).toBe(0);
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const placed = events.filter(({ type }) => type === "task-placed");
    expect(placed.map(({ agent }) => agent).sort()).toEqual(["one", "two"]);
    const report = await sloth(["report", "--workdir", directory, "--output", "json"]);
    expect(
      JSON.parse(report.stdout)
        .tasks.map(({ agent }: { agent: string }) => agent)
        .sort(),
    ).toEqual(["one", "two"]);
  });
});

describe("labels", () => {
  it("choose by what is written and by what an agent tells of itself", async () => {
    const [plain, gpu] = await Promise.all([startAgent(), startAgent()]);
    const yaml = entry("plain", plain) + entry("gpu1", gpu, "{ gpu: true, os: plan9 }");
    const { code, all } = await run(
      yaml,
      `{ name = "a", delegate_to = { labels = { gpu = true } }, command = "echo ran" },
       { name = "b", delegate_to = { labels = { os = "linux", cpus = 1 } }, command = "echo ran" }`,
    );
    expect(all).toContain("[a@gpu1] ran");
    expect(all).toContain("[b@plain] ran");
    expect(code, all).toBe(0);
  });

  it("that agents tell of themselves count where agents.yaml says nothing of that name", async () => {
    const [plain, told] = await Promise.all([
      startAgent(["--labels", "gpu,zone=eu"]),
      startAgent(["--name", "box", "--labels", "fpga"]),
    ]);
    const yaml = entry("plain", plain, "{ zone: us }") + entry("told", told);
    const { code, all } = await run(
      yaml,
      `{ name = "a", delegate_to = { labels = { gpu = true, zone = "us" } }, command = "echo ran" },
       { name = "b", delegate_to = { labels = { name = "box" } }, command = "echo ran" }`,
    );
    expect(all).toContain("[a@plain] ran");
    expect(all).toContain("[b@told] ran");
    expect(code, all).toBe(0);
    for (const [wanted, message] of [
      // It tells of a zone, and agents.yaml has another one for it.
      [`zone = "eu"`, /No agent has zone=eu\. .*agents\.yaml has: plain \(zone=us\), told/],
      [`tpu = true`, /No agent has tpu\. Asked: plain \(gpu,zone=us,.*told \(name=box,fpga/],
    ] as const) {
      const nobody = await run(
        yaml,
        `{ name = "t", delegate_to = { labels = { ${wanted} } }, command = "true" }`,
      );
      expect(nobody.all).toMatch(message);
      expect(nobody.code).toBe(2);
    }
  });

  it.each([
    [`{ zone = "eu" }`, /No agent has zone=eu\..*one \(zone=us\)/],
    [`{ os = "plan9" }`, /No agent has os=plan9\..*one \(os=linux,.*zone=us\)/],
  ])("that nobody has, %s, name who there is before anything runs", async (labels, message) => {
    const one = await startAgent();
    const { code, all } = await run(
      entry("one", one, "{ zone: us }"),
      `{ name = "first", command = "echo ran" }, { name = "t", delegate_to = { labels = ${labels} }, command = "true" }`,
    );
    expect(all).toMatch(message);
    expect(all).not.toContain("ran");
    expect(code).toBe(2);
  });
});

describe("max", () => {
  it("of 1 never lets two tasks be there at once, whatever they are called by", async () => {
    const agents = await Promise.all([startAgent(), startAgent()]);
    const yaml = agents.map((agent, index) => entry(`a${index}`, agent)).join("");
    const log = join(temporaryDirectory(), "log");
    const tasks = Array.from(
      { length: 8 },
      (
        _,
        n,
      ) => `{ name = "t${n}", delegate_to = { any = { ${n % 2 ? `"a0", "a1"` : `"a1", "a0"`} }, max = 1 },
        command = "echo begin >> ${log}; sleep 0.05; echo end >> ${log}" }`,
    );
    const { code, all } = await run(yaml, tasks.join(","));
    expect(code, all).toBe(0);
    expect(readFileSync(log, "utf8")).toBe("begin\nend\n".repeat(8));
  });
});

describe("an inventory", () => {
  it("with a mistake is refused with its line and what was probably meant", async () => {
    const { code, stderr } = await run(
      `one:\n  address: localhost:1\n  lables: {}\n`,
      `{ name = "t", command = "true" }`,
    );
    expect(stderr).toMatch(/agents\.yaml:3: .*lables.*Did you mean "labels"\?/);
    expect(code).toBe(2);
  });
});
