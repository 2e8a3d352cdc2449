import { describe, expect, it } from "vitest";
import { type Outcome, Schedule, type ScheduledTask, type Skip } from "./schedule.js";

function task(name: string, dependsOn: string[] = [], nextIfFail: string[] = []): ScheduledTask {
  return { name, place: "here", dependsOn, nextIfFail };
}

/** Takes all that may start now. */
function takeAll(schedule: Schedule, hasRoom: (place: string) => boolean = () => true): string[] {
  const names: string[] = [];
  for (let next = schedule.take(hasRoom); next; next = schedule.take(hasRoom)) names.push(next.name);
  return names;
}

describe("a schedule", () => {
  it("starts what depends on nothing, in the order of the source, then what that was waited for by", () => {
    const schedule = new Schedule([task("c", ["a", "b"]), task("b"), task("a")]);
    expect(takeAll(schedule)).toEqual(["b", "a"]);
    expect(schedule.finish("a", "succeeded")).toEqual([]);
    expect(takeAll(schedule)).toEqual([]);
    schedule.finish("b", "succeeded");
    expect(takeAll(schedule)).toEqual(["c"]);
    schedule.finish("c", "succeeded");
    expect(schedule.isOver).toBe(true);
  });

  it("fills the places that have room, and passes over the others", () => {
    const schedule = new Schedule([task("a"), { ...task("b"), place: "there" }, task("c")]);
    expect(takeAll(schedule, (place) => place === "there")).toEqual(["b"]);
    expect(takeAll(schedule)).toEqual(["a", "c"]);
  });

  it("skips what depends on a failure, transitively, and all else that has not started", () => {
    const schedule = new Schedule([task("a"), task("b", ["a"]), task("c", ["b"]), task("d")]);
    expect(schedule.take(() => true)?.name).toBe("a");
    expect(schedule.finish("a", "failed")).toEqual([
      { name: "b", why: "dependency" },
      { name: "c", why: "dependency" },
      { name: "d", why: "halted" },
    ]);
    expect(schedule.isOver).toBe(true);
  });

  it("goes on with what does not depend on the failure when it is told to", () => {
    const schedule = new Schedule([task("a"), task("b", ["a"]), task("c")], { keepGoing: true });
    expect(takeAll(schedule)).toEqual(["a", "c"]);
    expect(schedule.finish("a", "failed")).toEqual([{ name: "b", why: "dependency" }]);
    expect(schedule.isOver).toBe(false);
  });

  it("runs a task when what it depends on was left out by its condition", () => {
    const schedule = new Schedule([task("a"), task("b", ["a"])]);
    takeAll(schedule);
    schedule.finish("a", "left-out");
    expect(takeAll(schedule)).toEqual(["b"]);
  });

  it("runs a handler after the failure that it names, and not otherwise", () => {
    const tasks = [task("a"), task("b"), task("help", [], ["a", "b"]), task("after", ["help"])];
    const failing = new Schedule(tasks);
    takeAll(failing);
    expect(failing.finish("a", "failed")).toEqual([{ name: "after", why: "halted" }]);
    expect(takeAll(failing)).toEqual(["help"]);
    const fine = new Schedule(tasks);
    takeAll(fine);
    fine.finish("a", "succeeded");
    expect(fine.finish("b", "succeeded")).toEqual([{ name: "help", why: "not-needed" }]);
    expect(takeAll(fine)).toEqual(["after"]);
  });

  it("does not run a handler whose task was skipped", () => {
    const schedule = new Schedule([task("a"), task("b", ["a"]), task("help", [], ["b"])]);
    takeAll(schedule);
    expect(schedule.finish("a", "failed")).toEqual([
      { name: "b", why: "dependency" },
      { name: "help", why: "not-needed" },
    ]);
  });

  it("starts nothing after a cancel, handlers neither", () => {
    const schedule = new Schedule([task("a"), task("b"), task("help", [], ["a"])]);
    expect(schedule.take(() => true)?.name).toBe("a");
    expect(schedule.cancel()).toEqual([
      { name: "b", why: "cancelled" },
      { name: "help", why: "cancelled" },
    ]);
    expect(schedule.finish("a", "cancelled")).toEqual([]);
    expect(schedule.isOver).toBe(true);
  });

  it("skips a chain of a hundred thousand tasks", () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `t${index}`);
    const schedule = new Schedule(names.map((name, index) => task(name, index > 0 ? [`t${index - 1}`] : [])));
    takeAll(schedule);
    expect(schedule.finish("t0", "failed")).toHaveLength(99_999);
    expect(schedule.isOver).toBe(true);
  });

  it("follows its rules on random graphs, whatever ends when", () => {
    for (let seed = 1; seed <= 400; seed++) followsTheRules(seed);
  });
});

/** Runs a random graph and checks each decision against the rules, written down as questions about all that has ended. */
function followsTheRules(seed: number): void {
  let state = seed;
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  const names = Array.from({ length: 1 + random(12) }, (_, index) => `t${index}`);
  const some = (from: string[], most: number) => from.filter(() => random(10) < most);
  const tasks = names.map((name, index) => {
    const before = names.slice(0, index);
    const nextIfFail = random(4) === 0 ? some(before, 4) : [];
    return task(
      name,
      some(before, 2).filter((one) => !nextIfFail.includes(one)),
      nextIfFail,
    );
  });
  const keepGoing = random(2) === 0;
  const schedule = new Schedule(tasks, { keepGoing });
  const ended = new Map<string, Outcome | Skip["why"]>();
  const running: string[] = [];
  const passed = (name: string) => ["succeeded", "left-out", "not-needed"].includes(ended.get(name) ?? "");
  const hasFailed = () => [...ended.values()].includes("failed");
  for (let steps = 0; !schedule.isOver; steps++) {
    expect(steps, `seed ${seed} ends`).toBeLessThan(100);
    const taken = schedule.take(() => random(3) > 0);
    if (taken) {
      expect(taken.dependsOn.every(passed), `seed ${seed}: ${taken.name}`).toBe(true);
      const isHandler = taken.nextIfFail.length > 0;
      if (isHandler) expect(taken.nextIfFail.some((name) => ended.get(name) === "failed")).toBe(true);
      else expect(keepGoing || !hasFailed(), `seed ${seed}: ${taken.name} after a failure`).toBe(true);
      running.push(taken.name);
    } else if (running.length > 0) {
      const [name = ""] = running.splice(random(running.length), 1);
      const outcome = (["succeeded", "succeeded", "failed", "left-out"] as const)[random(4)] ?? "succeeded";
      ended.set(name, outcome);
      for (const { name: skipped, why } of schedule.finish(name, outcome)) {
        expect(ended.has(skipped), `seed ${seed}: ${skipped} ends once`).toBe(false);
        ended.set(skipped, why);
      }
    }
  }
  for (const { name, dependsOn, nextIfFail } of tasks) {
    const why = ended.get(name) ?? "not-needed";
    if (why === "dependency")
      expect(
        dependsOn.some((one) => !passed(one)),
        `seed ${seed}: ${name}`,
      ).toBe(true);
    if (why === "halted") expect(hasFailed() && !keepGoing).toBe(true);
    if (why === "not-needed")
      expect(nextIfFail.length > 0 && !nextIfFail.some((one) => ended.get(one) === "failed")).toBe(true);
  }
}
