import { criticalPath } from "../../view/critical-path.js";
import { assignLanes } from "./assign-lanes.js";
import type { FollowedRun } from "./collect-run.js";
import type { FollowedTask } from "./follow-task.js";
import type { Place, ReportedAttempt, ReportedGroup, ReportedRun, ReportedTask } from "./reported-run.js";

/** Makes the model of a run out of what its events told. */
export function buildRun(run: FollowedRun): ReportedRun {
  const { info, startedAtMs, lastAtMs, summary, warnings } = run;
  const groups = groupNames(run).map((name) => buildGroup(name, run));
  const places = findPlaces(groups);
  return {
    info,
    startedAtMs,
    durationMs: lastAtMs - startedAtMs,
    ...(summary && { summary }),
    warnings: [...warnings],
    groups,
    places,
  };
}

function groupNames({ info, tasks }: FollowedRun): string[] {
  return [...new Set([...info.groups.map(({ name }) => name), ...tasks.map((task) => task.info.group)])];
}

function buildGroup(name: string, run: FollowedRun): ReportedGroup {
  const tasks = run.tasks.filter(({ info }) => info.group === name);
  const byName = new Map(tasks.map((task) => [task.info.name, task]));
  const timed = tasks
    .filter(({ result, reusedFrom }) => result && reusedFrom === undefined)
    .map((task) => ({
      name: task.info.name,
      dependsOn: task.info.dependsOn,
      durationMs: task.durationMs,
      task,
    }));
  const critical = new Set(criticalPath(timed).map(({ task }) => task));
  const description = run.info.groups.find((group) => group.name === name)?.description;
  return {
    name,
    ...(description !== undefined && { description }),
    tasks: tasks.map((task) => buildTask(task, { run, byName, isCritical: critical.has(task) })),
  };
}

interface TaskContext {
  run: FollowedRun;
  /** Of the group. */
  byName: ReadonlyMap<string, FollowedTask>;
  isCritical: boolean;
}

function buildTask(task: FollowedTask, { run, byName, isCritical }: TaskContext): ReportedTask {
  const { info, status, why, reusedFrom, result, durationMs } = task;
  const attempts = task.attempts(readyAt(task, run, byName), run.lastAtMs);
  return {
    info,
    status,
    ...(why && { why }),
    ...(reusedFrom !== undefined && { reusedFrom }),
    attempts: attempts.map((attempt) => ({
      ...attempt,
      segments: attempt.segments.map(({ stage, startMs, endMs }) => ({
        stage,
        startMs: startMs - run.startedAtMs,
        endMs: endMs - run.startedAtMs,
      })),
      lane: 0,
    })),
    ...(result && { result }),
    durationMs,
    isCritical,
    readLog: () => run.logs.read(task),
  };
}

/** When nothing was left that the task waited for: its group, what it depends on, and a failure if it handles some. */
function readyAt(task: FollowedTask, run: FollowedRun, byName: TaskContext["byName"]): number {
  const { group, dependsOn, nextIfFail = [] } = task.info;
  const endOf = (name: string) => byName.get(name)?.endedAtMs ?? [];
  const failures = nextIfFail
    .filter((name) => byName.get(name)?.result?.status !== "succeeded")
    .flatMap(endOf);
  return [...dependsOn.flatMap(endOf), ...(failures.length > 0 ? [minimum(failures)] : [])].reduce(
    (latest, atMs) => Math.max(latest, atMs),
    run.groupStarts.get(group) ?? run.startedAtMs,
  );
}

function minimum(numbers: readonly number[]): number {
  return numbers.reduce((least, number) => Math.min(least, number), Number.POSITIVE_INFINITY);
}

function findPlaces(groups: readonly ReportedGroup[]): Place[] {
  const byAgent = new Map<string | undefined, ReportedAttempt[]>();
  for (const attempt of groups.flatMap(({ tasks }) => tasks.flatMap(({ attempts }) => attempts))) {
    const there = byAgent.get(attempt.agent) ?? [];
    byAgent.set(attempt.agent, there);
    there.push(attempt);
  }
  const here = byAgent.get(undefined);
  byAgent.delete(undefined);
  return [
    ...(here ? [{ lanes: assignLanes(here) }] : []),
    ...[...byAgent]
      .toSorted(([a = ""], [b = ""]) => a.localeCompare(b, "en", { numeric: true }))
      .map(([agent, attempts]) => ({ agent, lanes: assignLanes(attempts) })),
  ];
}
