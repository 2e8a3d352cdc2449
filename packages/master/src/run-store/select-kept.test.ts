import type { KeptSummary } from "@sloth/workspace";
import { describe, expect, it } from "vitest";
import { type Kept, selectRun, selectTask } from "./select-kept.js";

function kept(run: string, name: string, attempt = 1): Kept {
  const [group = "", task = ""] = name.split("/");
  const summary = { run, group, task, attempt } as KeptSummary;
  return { directory: `/${run}/${name}/${attempt}`, summary };
}

const all = [
  kept("01AAB", "g/t", 1),
  kept("01AAB", "g/t", 2),
  kept("01AAB", "h/t"),
  kept("01AAB", "h/u"),
  kept("01B", "g/t"),
];
const first = all.slice(0, 4);

describe("selecting kept changes", () => {
  it.each([
    ["01AAB", first],
    ["01aa", first],
    ["01B", all.slice(4)],
  ])("of the run %s", (prefix, found) => {
    expect(selectRun(all, prefix)).toEqual(found);
  });

  it.each([
    ["01", /fits several runs.*01AAB, 01B/],
    ["02", /No run "02".*01AAB, 01B/],
  ])("refuses the run %s", (prefix, message) => {
    expect(() => selectRun(all, prefix)).toThrow(message);
    expect(() => selectRun([], prefix)).toThrow(/There are none/);
  });

  it.each<[string | undefined, number | undefined, Kept | undefined]>([
    ["g/t", undefined, all[1]],
    ["g/t", 1, all[0]],
    ["u", undefined, all[3]],
    ["h/t", undefined, all[2]],
  ])("of the task %s, attempt %s", (task, attempt, found) => {
    expect(selectTask(first, task, attempt)).toBe(found);
  });

  it.each<[string | undefined, number | undefined, RegExp]>([
    ["t", undefined, /Several tasks fit.*g\/t, h\/t/],
    [undefined, undefined, /Several tasks fit.*g\/t, h\/t, h\/u/],
    ["x", undefined, /no changes of a task "x".*g\/t/],
    ["g/t", 3, /Attempt 3 of g\/t.*1, 2/],
  ])("refuses the task %s, attempt %s", (task, attempt, message) => {
    expect(() => selectTask(first, task, attempt)).toThrow(message);
  });

  it("takes the only task that there is", () => {
    expect(selectTask(all.slice(4), undefined)).toBe(all[4]);
  });
});
