/**
 * A run in the Trace Event Format, which Perfetto (https://ui.perfetto.dev) and chrome://tracing open
 * (https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU). A process is a machine, a thread one
 * of its lanes: an attempt is a slice, its stages are slices in it. Attempts that wait are in threads of their own, as
 * many overlap; beyond {@link MOST_QUEUE_LANES} at once they are left out. Arrows go from each task to those that
 * depend on it. Times are microseconds since the start of the run.
 */
import { assignLanes, spanOf } from "../model/assign-lanes.js";
import {
  type Place,
  type ReportedAttempt,
  type ReportedRun,
  type ReportedTask,
  type Segment,
  tasksOf,
} from "../model/reported-run.js";

const MOST_QUEUE_LANES = 64;
/** Of threads; those of the lanes count from 1. */
const FIRST_QUEUE_THREAD = 10_001;

type TraceEvent = Record<string, unknown> & { ph: string; pid: number };

/** The pieces of the file, in order. */
export function* traceOf(run: ReportedRun): Generator<string> {
  const { runId, file } = run.info;
  const startedAt = new Date(run.startedAtMs).toISOString();
  const about = { runId, file, startedAt, ...(run.summary?.ended && { ended: run.summary.ended }) };
  yield `{"displayTimeUnit":"ms","otherData":${JSON.stringify(about)},"traceEvents":[`;
  let separator = "\n";
  for (const event of eventsOf(run)) {
    yield separator + JSON.stringify(event);
    separator = ",\n";
  }
  yield "\n]}\n";
}

function* eventsOf(run: ReportedRun): Generator<TraceEvent> {
  const tasks = tasksOf(run);
  for (const [index, place] of run.places.entries()) {
    const pid = index + 1;
    const there = tasks.map((task) => ({
      ...task,
      attempts: task.attempts.filter(({ agent }) => agent === place.agent),
    }));
    yield* namesOf(place, pid);
    for (const task of there) for (const attempt of task.attempts) yield* slicesOf(task, attempt, pid);
    yield* queueOf(there, pid);
  }
  yield* arrowsOf(run);
}

function* namesOf({ agent = "here", lanes }: Place, pid: number): Generator<TraceEvent> {
  yield metadata(pid, 0, "process_name", { name: agent });
  yield metadata(pid, 0, "process_sort_index", { sort_index: pid });
  for (let tid = 1; tid <= lanes; tid++) yield* threadOf(pid, tid, `slot ${tid}`);
}

function* threadOf(pid: number, tid: number, name: string): Generator<TraceEvent> {
  yield metadata(pid, tid, "thread_name", { name });
  yield metadata(pid, tid, "thread_sort_index", { sort_index: tid });
}

function metadata(pid: number, tid: number, name: string, args: object): TraceEvent {
  return { ph: "M", pid, tid, name, ts: 0, args };
}

function* slicesOf(task: ReportedTask, attempt: ReportedAttempt, pid: number): Generator<TraceEvent> {
  const place = { pid, tid: attempt.lane + 1 };
  const { startMs, endMs } = spanOf(attempt);
  const args = {
    group: task.info.group,
    attempt: attempt.number,
    status: attempt.status,
    ...(attempt.result?.message && { message: attempt.result.message }),
    ...(task.isCritical && { criticalPath: true }),
    ...Object.fromEntries(attempt.segments.map((segment) => [`${segment.stage}Ms`, lengthOf(segment)])),
  };
  yield { ph: "X", ...place, name: task.info.name, cat: attempt.status, ...times(startMs, endMs), args };
  for (const segment of attempt.segments)
    if (segment.startMs >= startMs)
      yield {
        ph: "X",
        ...place,
        name: segment.stage,
        cat: "stage",
        ...times(segment.startMs, segment.endMs),
      };
}

function* queueOf(tasks: readonly ReportedTask[], pid: number): Generator<TraceEvent> {
  const waits = tasks.flatMap(({ info, attempts }) =>
    attempts.flatMap((attempt) => {
      const [first, second] = attempt.segments;
      return first?.stage === "queue" && second ? [{ ...attempt, name: info.name, segments: [first] }] : [];
    }),
  );
  const lanes = Math.min(assignLanes(waits), MOST_QUEUE_LANES);
  for (let lane = 0; lane < lanes; lane++)
    yield* threadOf(pid, FIRST_QUEUE_THREAD + lane, `queue ${lane + 1}`);
  for (const { name, lane, segments } of waits) {
    const [wait] = segments;
    if (!wait || lane >= lanes) continue;
    const tid = FIRST_QUEUE_THREAD + lane;
    yield { ph: "X", pid, tid, name, cat: "queue", ...times(wait.startMs, wait.endMs) };
  }
}

function* arrowsOf(run: ReportedRun): Generator<TraceEvent> {
  const pidOf = new Map(run.places.map(({ agent }, index) => [agent, index + 1]));
  let id = 0;
  for (const { tasks } of run.groups) {
    const byName = new Map(tasks.map((task) => [task.info.name, task]));
    for (const to of tasks)
      for (const name of [...to.info.dependsOn, ...(to.info.nextIfFail ?? [])]) {
        const from = byName.get(name);
        const [last, first] = [from?.attempts.at(-1), to.attempts[0]];
        if (!from || !last || !first) continue;
        const arrow = { name: "depends_on", cat: "dependency", id: ++id };
        const start = { pid: pidOf.get(last.agent) ?? 0, tid: last.lane + 1, ts: lastMoment(last) };
        const end = {
          pid: pidOf.get(first.agent) ?? 0,
          tid: first.lane + 1,
          ts: spanOf(first).startMs * 1000,
        };
        yield { ph: "s", ...arrow, ...start };
        yield { ph: "f", bp: "e", ...arrow, ...end };
      }
  }
}

/** Within the slice, since an arrow is bound to what is there at its time. */
function lastMoment(attempt: ReportedAttempt): number {
  const { startMs, endMs } = spanOf(attempt);
  return Math.max(startMs * 1000, endMs * 1000 - 1);
}

function times(startMs: number, endMs: number): { ts: number; dur: number } {
  return { ts: startMs * 1000, dur: (endMs - startMs) * 1000 };
}

function lengthOf({ startMs, endMs }: Segment): number {
  return endMs - startMs;
}
