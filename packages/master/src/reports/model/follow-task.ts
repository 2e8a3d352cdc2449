import type { TaskResult } from "@sloth/runtime";
import type { RunEvent, TaskInfo, WhySkipped } from "../../events/run-event.js";
import type { ReportedAttempt, ReportedStatus, Segment, Stage } from "./reported-run.js";

type TaskEvent = Extract<RunEvent, { task: TaskInfo }>;

interface Mark {
  stage: Stage;
  atMs: number;
}

interface FollowedAttempt {
  number: number;
  /** That it ran on, or was to. Absent: here. */
  agent?: string | undefined;
  /** When it could have started. Absent: as soon as the task could. */
  readyAtMs?: number;
  marks: Mark[];
  end?: { atMs: number; result: TaskResult };
}

/** Follows one task through the events of a run. Times are as in the events. */
export class FollowedTask {
  readonly #attempts: FollowedAttempt[] = [];
  why: WhySkipped | undefined;
  reusedFrom: string | undefined;
  result: TaskResult | undefined;
  durationMs = 0;
  endedAtMs: number | undefined;

  constructor(readonly info: TaskInfo) {}

  get status(): ReportedStatus {
    if (this.why) return "skipped";
    if (this.result) return this.result.status;
    return this.#attempts.some(({ marks }) => marks.length > 0) ? "running" : "pending";
  }

  add(event: TaskEvent): void {
    const { timeMs } = event;
    switch (event.type) {
      case "task-placed":
        this.#attempt(event.attempt).agent = event.agent;
        break;
      case "task-stage":
        this.#attempt(event.attempt).marks.push({ stage: event.stage, atMs: timeMs });
        break;
      case "task-started":
        this.#attempt(event.attempt).marks.push({ stage: "run", atMs: timeMs });
        break;
      case "task-retrying":
        this.#attempt(event.attempt).end = { atMs: timeMs, result: event.result };
        this.#attempt(event.attempt + 1).readyAtMs = timeMs + event.delayMs;
        break;
      case "task-finished":
        this.#finish(event);
        break;
      case "task-reused":
        this.reusedFrom = event.from;
        this.result = event.result;
        this.endedAtMs = timeMs;
        break;
      case "task-skipped":
        this.why = event.why;
        this.endedAtMs = timeMs;
    }
  }

  /**
   * @param readyAtMs - when nothing was left that the task waited for but room
   * @param untilMs - when what has not ended is taken to end
   */
  attempts(readyAtMs: number, untilMs: number): Omit<ReportedAttempt, "lane">[] {
    return this.#attempts
      .filter(({ marks, end }) => marks.length > 0 || end)
      .map((attempt) => ({
        number: attempt.number,
        ...(attempt.agent !== undefined && { agent: attempt.agent }),
        status: attempt.end?.result.status ?? "running",
        segments: segmentsOf(attempt, { readyAtMs, endAtMs: attempt.end?.atMs ?? untilMs }),
        ...(attempt.end && { result: attempt.end.result }),
      }));
  }

  #finish({ timeMs, attempt: number, result, durationMs }: Extract<TaskEvent, { type: "task-finished" }>) {
    const attempt = this.#attempt(number);
    attempt.end = { atMs: timeMs, result };
    // It came no further than its conditions, or was no command.
    if (attempt.marks.length === 0 && this.info.agent === undefined)
      attempt.marks.push({ stage: "run", atMs: timeMs - Math.round(durationMs) });
    Object.assign(this, { result, durationMs, endedAtMs: timeMs });
  }

  #attempt(number: number): FollowedAttempt {
    const known = this.#attempts.find((attempt) => attempt.number === number);
    if (known) return known;
    // As it is now: a later attempt may go to another one.
    const attempt: FollowedAttempt = { number, agent: this.info.agent, marks: [] };
    this.#attempts.push(attempt);
    return attempt;
  }
}

/** Stages that took no time are left out, but for the command and what would be the only one. */
function segmentsOf(
  attempt: FollowedAttempt,
  { readyAtMs, endAtMs }: { readyAtMs: number; endAtMs: number },
): Segment[] {
  const [first] = attempt.marks;
  const queuedAtMs = Math.min(attempt.readyAtMs ?? readyAtMs, first?.atMs ?? endAtMs);
  const marks: Mark[] = [{ stage: "queue", atMs: queuedAtMs }, ...attempt.marks];
  const segments = marks.map(({ stage, atMs }, index) => ({
    stage,
    startMs: atMs,
    endMs: Math.max(atMs, marks[index + 1]?.atMs ?? endAtMs),
  }));
  const shown = segments.filter(({ stage, startMs, endMs }) => stage === "run" || endMs > startMs);
  return shown.length > 0 ? shown : segments.slice(-1);
}
