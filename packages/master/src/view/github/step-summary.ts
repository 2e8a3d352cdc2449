import { appendFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import type { RunEvent, RunSummary, TaskInfo } from "../../events/run-event.js";
import { isFailure } from "../describe-failure.js";
import { formatDuration } from "../format-duration.js";
import { printableName } from "../printable.js";
import { formatSummary } from "../run-end.js";
import { fullNameOf } from "../task-name.js";

/** GitHub takes no summary of a step that is larger. */
const LIMIT_BYTES = 1024 * 1024;
const LONGEST_MESSAGE = 200;
const HEAD = "| | task | result | time | |\n|---|---|---|---|---|\n";

interface Row {
  isFailure: boolean;
  text: string;
}

/** What came of a run as a table in Markdown, for the page of the workflow run. */
export class StepSummary {
  readonly #rows: Row[] = [];
  #file = "";

  /** Gives the end of the run, when it has come. */
  take(event: RunEvent): RunSummary | undefined {
    if (event.type === "run-started") this.#file = basename(event.run.file);
    else if (event.type === "task-finished") this.#finish(event);
    else if (event.type === "task-skipped") this.#add(event.task, { mark: "–", status: "skipped" });
    return event.type === "run-finished" ? event.summary : undefined;
  }

  /** Adds it to a file that others may have written to, as far as there is room. */
  async append(location: string, summary: RunSummary): Promise<void> {
    const { size } = await stat(location).catch(() => ({ size: 0 }));
    const text = this.text(summary, LIMIT_BYTES - size);
    if (text !== "") await appendFile(location, text);
  }

  /** What failed comes first; what has no room is counted. */
  text(summary: RunSummary, mostBytes: number): string {
    const isGood = summary.failed + summary.lost === 0 && !summary.ended;
    const title = `${isGood ? "✓" : "✗"} ${literally(this.#file)}: ${formatSummary(summary)}`;
    const start = `\n### ${title}\n\n${HEAD}`;
    const rows = [...this.#rows].sort((one, other) => Number(other.isFailure) - Number(one.isFailure));
    const more = (count: number) => `\n… and ${count} more\n`;
    let left = mostBytes - Buffer.byteLength(start) - Buffer.byteLength(more(rows.length));
    if (left < 0) return "";
    const missing = rows.findIndex(({ text }) => {
      left -= Buffer.byteLength(text);
      return left < 0;
    });
    const shown = missing < 0 ? rows : rows.slice(0, missing);
    const end = missing < 0 ? "" : more(rows.length - missing);
    return `${start}${shown.map(({ text }) => text).join("")}${end}`;
  }

  #finish({ task, result, durationMs }: Extract<RunEvent, { type: "task-finished" }>): void {
    const { status, message = "" } = result;
    const mark = status === "succeeded" ? "✓" : "✗";
    this.#add(task, { mark, status, time: formatDuration(durationMs), message });
  }

  #add(
    task: TaskInfo,
    {
      mark,
      status,
      time = "",
      message = "",
    }: { mark: string; status: string; time?: string; message?: string },
  ): void {
    const [line = ""] = message.split("\n");
    const cells = [
      mark,
      literally(fullNameOf(task)),
      status,
      time,
      literally(line.slice(0, LONGEST_MESSAGE)),
    ];
    this.#rows.push({ isFailure: isFailure(status), text: `| ${cells.join(" | ")} |\n` });
  }
}

/** A text in which nothing is Markdown or HTML. */
function literally(text: string): string {
  return printableName(text).replace(/[^\p{L}\p{N} ./]/gu, (sign) => `&#${sign.codePointAt(0)};`);
}
