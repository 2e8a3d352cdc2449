import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "../testing/attempt.js";
import { isRunning } from "../testing/processes.js";
import { createMark } from "./attempt-mark.js";
import { ProcessTree } from "./process-tree.js";

/** Starts a script as a leader in the tree, and waits until it has printed a line: pids. */
async function start(tree: ProcessTree, script: string): Promise<number[]> {
  const child = spawn("sh", ["-c", script], {
    detached: true,
    env: tree.markEnvironment(process.env),
    stdio: ["ignore", "pipe", "ignore"],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error("sh cannot be started");
  tree.add(pid);
  child.once("exit", () => tree.leaderEnded(pid));
  const [line] = await once(child.stdout, "data");
  return [pid, ...String(line).trim().split(" ").map(Number)];
}

const newTree = () => ProcessTree.inside(createMark(undefined));

describe("ProcessTree", () => {
  it("has nothing to end when nothing was started", async () => {
    expect(await newTree().end(60_000)).toEqual([]);
  });

  it("ends a group that obeys without waiting for the grace period", async () => {
    const tree = newTree();
    const pids = await start(tree, "sleep 300 & echo $!; wait");
    const before = performance.now();
    expect(await tree.end(60_000)).toEqual([]);
    expect(performance.now() - before).toBeLessThan(20_000);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it("kills what ignores TERM", async () => {
    const tree = newTree();
    const pids = await start(tree, "trap '' TERM; sleep 300 & echo $!; sleep 300");
    expect(await tree.end(100)).toEqual([]);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it("finds a process that has left the group by its mark", async () => {
    const tree = newTree();
    const pids = await start(tree, "setsid sh -c 'echo $$; exec sleep 300' &");
    expect(await tree.end(1_000)).toEqual([]);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it("finds one that executes another program while it is looked for, when its environment reads as empty", async () => {
    for (let round = 0; round < 40; round++) {
      const tree = newTree();
      const pids = await start(tree, "setsid sh -c 'echo $$; exec sh -c \"exec sleep 300\"' &");
      expect(await tree.end(1_000)).toEqual([]);
      expect(pids.filter(isRunning)).toEqual([]);
    }
  });

  it.each(["", "trap '' TERM;"])(
    "catches one that starts itself anew in another session all the time, with %j",
    async (before) => {
      for (let round = 0; round < 4; round++) {
        const directory = temporaryDirectory();
        const [script, hops] = [join(directory, "hop.sh"), join(directory, "hops")];
        writeFileSync(script, `${before} echo >> ${hops}; setsid sh ${script} </dev/null >/dev/null 2>&1 &`);
        const tree = newTree();
        await start(tree, `sh ${script}; until [ $(wc -l < ${hops}) -gt 20 ]; do :; done; echo`);
        expect(await tree.end(100)).toEqual([]);
        const size = statSync(hops).size;
        // Nothing happens, which cannot be awaited.
        await sleep(50);
        expect(statSync(hops).size - size).toBe(0);
      }
    },
  );

  it("finds the processes of a runner inside of an attempt", async () => {
    const outer = newTree();
    const inner = ProcessTree.inside(outer.mark);
    await start(outer, "echo");
    const pids = await start(inner, "sleep 300 & echo $!; wait");
    expect(await outer.end(1_000)).toEqual([]);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it("ends a part and leaves the rest, then the whole", async () => {
    const tree = newTree();
    const part = tree.part();
    const rest = await start(tree, "sleep 300 & echo $!; wait");
    const pids = await start(part, "setsid sleep 300 & echo $!; wait");
    expect(await part.end(1_000)).toEqual([]);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(rest.filter(isRunning)).toEqual(rest);
    await tree.end(1_000);
    expect(rest.filter(isRunning)).toEqual([]);
  });

  it("does not touch processes of others", async () => {
    const other = newTree();
    const pids = await start(other, "sleep 300 & echo $!; wait");
    const tree = newTree();
    await start(tree, "echo");
    await tree.end(1_000);
    expect(pids.filter(isRunning)).toEqual(pids);
    await other.end(1_000);
  });
});
