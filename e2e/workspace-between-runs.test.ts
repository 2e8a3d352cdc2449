import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startAgentProxy } from "./faults/proxied-agent.js";
import { startAgent } from "./support/agent.js";
import { sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

function workflow(directory: string, address: string, command: string, settings = ""): string {
  return writeWorkflow(
    directory,
    `TaskDefinitions = { g = { workdir = "work", ${settings}
      tasks = { { name = "t", delegate_to = "${address}", command = [[${command}]] } } } }`,
  );
}

function makeWorkspace(): { directory: string; work: string } {
  const directory = temporaryDirectory();
  const work = join(directory, "work");
  mkdirSync(work);
  return { directory, work };
}

describe("a working directory that was sent before", () => {
  it("costs a few kilobytes the next time, and one file when one changed", async () => {
    const agent = await startAgent();
    const proxy = await startAgentProxy(agent);
    const { directory, work } = makeWorkspace();
    for (let n = 0; n < 300; n++) writeFileSync(join(work, `file-${n}`), `${n}\n`.repeat(5000));
    const file = workflow(directory, proxy.address, "true");
    const sent = async () => {
      const before = proxy.bytes.toTarget;
      const { code, stderr } = await sloth(["run", "-f", file]);
      expect(code, stderr).toBe(0);
      return proxy.bytes.toTarget - before;
    };

    expect(await sent()).toBeGreaterThan(4_000_000);
    expect(await sent()).toBeLessThan(20_000);
    appendFileSync(join(work, "file-7"), "more");
    expect(await sent()).toBeLessThan(100_000);
  });

  it("is sent with a new file and with a copy of an old one, which stands before it", async () => {
    const agent = await startAgent();
    const { directory, work } = makeWorkspace();
    writeFileSync(join(work, "a"), "old\n");
    expect((await sloth(["run", "-f", workflow(directory, agent.address, "true")])).code).toBe(0);
    writeFileSync(join(work, "z"), "old\n");
    writeFileSync(join(work, "m"), "new\n");
    const file = workflow(directory, agent.address, "cat a m z > all");
    const { code, stderr } = await sloth(["run", "-f", file]);
    expect(code, stderr).toBe(0);
    expect(readFileSync(join(work, "all"), "utf8")).toBe("old\nnew\nold\n");
  });

  it("is told of by sync --dry-run: how much is new to whom, and that nobody answers", async () => {
    const agent = await startAgent();
    const { directory, work } = makeWorkspace();
    mkdirSync(join(work, "assets"));
    writeFileSync(join(work, "assets/large"), "x".repeat(3_000_000));
    const file = workflow(directory, agent.address, "true");
    const cold = await sloth(["sync", "--dry-run", "-f", file]);
    expect(cold.stdout).toMatch(/to send: 3(\.\d)? MB in 1 content\n/);
    expect(cold.stdout).toMatch(/assets\/ \(1 file\)/);
    expect((await sloth(["run", "-f", file])).code).toBe(0);
    expect((await sloth(["sync", "--dry-run", "-f", file])).stdout).toMatch(/to send: 0 B in 0 contents\n/);
    agent.kill("SIGTERM");
    await agent.ended;
    const alone = await sloth(["sync", "--dry-run", "-f", file]);
    expect(alone.stderr).toMatch(/No agent answers/);
    expect(alone.stdout).toMatch(/if nothing is there yet/);
  });
});

describe("changes that are not applied", () => {
  it("of a task that has not made what it is to save are kept, and it is tried again", async () => {
    const agent = await startAgent();
    const { directory, work } = makeWorkspace();
    const file = writeWorkflow(
      directory,
      `TaskDefinitions = { g = { workdir = "work", delegate_to = "${agent.address}", tasks = {
        { name = "t", retries = 1, retry_delay = "10ms", artifacts = "none-*", command = "echo run >> count" },
        { name = "good", artifacts = { "made/*", "count2" }, command = "mkdir made; touch made/a; echo 2 > count2" },
      } } }`,
    );
    const run = await sloth(["run", "-k", "-f", file]);
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/artifacts "none-\*": the task has made nothing of that name/);
    expect(run.stderr).toMatch(/attempt 2 of 2/);
    expect(readdirSync(work).sort()).toEqual([".sloth", "count2", "made"]);
    const diff = await sloth(["changes", "last", "t", "--diff", "-f", file]);
    expect(diff.stdout).toMatch(/\+run/);
  });

  it("of a task that failed are kept, listed, and applied when a person says so", async () => {
    const agent = await startAgent();
    const { directory, work } = makeWorkspace();
    writeFileSync(join(work, "input"), "old\n");
    const file = workflow(directory, agent.address, "echo new > input; echo partial > output; exit 3");
    const run = await sloth(["run", "-f", file]);
    expect(run.code).toBe(1);
    expect(readFileSync(join(work, "input"), "utf8")).toBe("old\n");
    const [, id] = run.stderr.match(/npx @sloth\/master changes (\S+) t/) ?? [];
    const list = await sloth(["changes", "-f", file]);
    expect(list.stdout).toContain(id);
    const diff = await sloth(["changes", `${id}`, "t", "--diff", "-f", file]);
    expect(diff.stdout).toMatch(/-old\n\+new/);
    const applied = await sloth(["changes", `${id}`, "t", "--apply", "-f", file]);
    expect(applied.code, applied.stderr).toBe(0);
    expect(readFileSync(join(work, "input"), "utf8")).toBe("new\n");
    expect(readFileSync(join(work, "output"), "utf8")).toBe("partial\n");
  });

  it("since one link leads out are kept whole, and applied when the link is allowed", async () => {
    const agent = await startAgent();
    const { directory, work } = makeWorkspace();
    const file = workflow(directory, agent.address, "ln -s /usr/bin/env env; echo hours > result");
    const run = await sloth(["run", "-f", file]);
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/external_symlinks/);
    expect(readdirSync(work)).toEqual([".sloth"]);
    const [, id] = run.stderr.match(/npx @sloth\/master changes (\S+) t/) ?? [];
    const applied = await sloth([
      "changes",
      `${id}`,
      "t",
      "--apply",
      "--external-symlinks",
      "keep",
      "-f",
      file,
    ]);
    expect(applied.code, applied.stderr).toBe(0);
    expect(readlinkSync(join(work, "env"))).toBe("/usr/bin/env");
    expect(readFileSync(join(work, "result"), "utf8")).toBe("hours\n");
  });

  it("of a path that another task changed before name that task", async () => {
    const agent = await startAgent(["--slots", "2"]);
    const { directory, work } = makeWorkspace();
    const meeting = temporaryDirectory();
    writeFileSync(join(work, "shared"), "base");
    const wait = (name: string, count: number) =>
      `touch ${meeting}/${name}; until [ $(ls ${meeting} | wc -l) -ge ${count} ]; do sleep 0.05; done;`;
    const file = writeWorkflow(
      directory,
      `TaskDefinitions = { g = { workdir = "work", tasks = {
        { name = "first", delegate_to = "${agent.address}", command = [[${wait("a", 2)} echo 1 > shared]] },
        { name = "second", delegate_to = "${agent.address}", command = [[${wait("b", 3)} echo 2 > shared]] },
        { name = "after", depends_on = "first", command = [[touch ${meeting}/c]] } } } }`,
    );
    const { code, stderr } = await sloth(["run", "-f", file]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/second.*failed/);
    expect(stderr).toMatch(/shared: .*changed by task "first" on /);
    expect(readFileSync(join(work, "shared"), "utf8")).toBe("1\n");
  });

  it("and a task's change of the workflow file itself is refused", async () => {
    const agent = await startAgent();
    const directory = temporaryDirectory();
    const file = writeWorkflow(
      directory,
      `TaskDefinitions = { g = { tasks = { { name = "t", delegate_to = "${agent.address}",
        command = [[echo evil >> pipeline.lua]] } } } }`,
    );
    const before = readFileSync(file, "utf8");
    const { code, stderr } = await sloth(["run", "-f", file]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/pipeline\.lua/);
    expect(readFileSync(file, "utf8")).toBe(before);
  });
});

describe("what a workflow says of its working directory", () => {
  it("leaves out what it ignores, on the way there and back", async () => {
    const agent = await startAgent();
    const { directory, work } = makeWorkspace();
    mkdirSync(join(work, "cache"));
    writeFileSync(join(work, "cache/secret"), "s");
    writeFileSync(join(work, ".slothignore"), "*.log\n");
    writeFileSync(join(work, "a.log"), "");
    const command = "test ! -e cache && test ! -e a.log && mkdir cache && touch cache/x b.log kept";
    const file = workflow(directory, agent.address, command, 'ignore = { "cache/" },');
    const { code, stderr } = await sloth(["run", "-f", file]);
    expect(code, stderr).toBe(0);
    expect(readdirSync(work).sort()).toEqual([".sloth", ".slothignore", "a.log", "cache", "kept"]);
    expect(readdirSync(join(work, "cache"))).toEqual(["secret"]);
  });

  it("sends .git along when it is asked to", async () => {
    const agent = await startAgent();
    const { directory, work } = makeWorkspace();
    mkdirSync(join(work, ".git"));
    writeFileSync(join(work, ".git/HEAD"), "ref: refs/heads/main\n");
    const without = workflow(directory, agent.address, "test ! -e .git");
    expect((await sloth(["run", "-f", without])).code).toBe(0);
    const file = workflow(directory, agent.address, "cat .git/HEAD", "sync_git = true,");
    const { code, stdout, stderr } = await sloth(["run", "-f", file]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/refs\/heads\/main/);
  });

  it("lets the task win or lose a conflict", async () => {
    const agent = await startAgent();
    for (const [policy, expected] of [
      ["theirs", "task\n"],
      ["ours", "local\n"],
    ]) {
      const { directory, work } = makeWorkspace();
      writeFileSync(join(work, "f"), "base\n");
      const command = `echo local > ${work}/f; echo task > f; echo also > g`;
      const file = workflow(directory, agent.address, command, `on_conflict = "${policy}",`);
      const { code, stderr } = await sloth(["run", "-f", file]);
      expect(code, stderr).toBe(0);
      expect(readFileSync(join(work, "f"), "utf8")).toBe(expected);
      expect(existsSync(join(work, "g"))).toBe(true);
    }
  });

  it("fails a task whose directory is larger than it allows, before anything is sent", async () => {
    const agent = await startAgent();
    const { directory, work } = makeWorkspace();
    writeFileSync(join(work, "f"), "x".repeat(2000));
    const file = workflow(directory, agent.address, "true", 'limits = { bytes = "1KiB" },');
    const { code, stderr } = await sloth(["run", "-f", file]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/holds 2000 bytes; the limit is 1024/);
  });
});
