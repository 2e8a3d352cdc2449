import { dirname, relative, resolve, sep } from "node:path";
import type { RunEvent, RunInfo, TaskInfo } from "../../events/run-event.js";
import { isFailure } from "../describe-failure.js";
import type { LineSink } from "../line-writer.js";
import { PlainView, type PlainViewOptions } from "../plain-view.js";
import { printable } from "../printable.js";
import type { RunView } from "../run-view.js";
import { fullNameOf, nameOf } from "../task-name.js";
import { GuardedLines } from "./guarded-lines.js";
import { StepSummary } from "./step-summary.js";
import { workflowCommand } from "./workflow-command.js";

export interface GitHubViewOptions extends Omit<PlainViewOptions, "stdout" | "stderr" | "frame"> {
  /** Where all goes: the runner reads two streams in no order, and ours must stand where it does. */
  sink: LineSink;
  env: Record<string, string | undefined>;
}

/**
 * Renders a run in a step of GitHub Actions: as the plain view does, each task in a group that folds, with an annotation
 * for each task that failed by itself, and a table for the page of the workflow run. What tasks print is no command.
 */
export class GitHubView implements RunView {
  readonly #lines: GuardedLines;
  readonly #plain: PlainView;
  readonly #env: GitHubViewOptions["env"];
  readonly #summary = new StepSummary();
  #run: RunInfo | undefined;

  constructor({ sink, env, ...options }: GitHubViewOptions) {
    this.#lines = new GuardedLines(sink);
    this.#env = env;
    this.#plain = new PlainView({
      order: "grouped",
      ...options,
      stdout: this.#lines,
      stderr: this.#lines,
      frame: {
        open: (task) => this.#lines.command(workflowCommand("group", nameOf(task))),
        close: () => this.#lines.command(workflowCommand("endgroup", "")),
      },
    });
  }

  async show(event: RunEvent): Promise<void> {
    if (event.type === "run-started") this.#run = event.run;
    await this.#plain.show(event);
    if (event.type === "task-finished" && isFailure(event.result.status)) await this.#annotate(event.task);
    const ended = this.#summary.take(event);
    const location = this.#env.GITHUB_STEP_SUMMARY;
    if (!ended || !location) return;
    await this.#summary.append(location, ended).catch((cause: Error) => {
      this.say(`sloth: the summary of the step cannot be written: ${printable(cause.message)}`);
    });
  }

  say(line: string): void {
    void this.#lines.line(line);
  }

  async close(): Promise<void> {
    await this.#plain.close();
    await this.#lines.close();
  }

  #annotate(task: TaskInfo): Promise<void> {
    const place = { file: this.#fileOf(task), line: String(task.at.line) };
    const text = this.#plain.describeFailure(task).join("\n");
    return this.#lines.command(
      workflowCommand("error", text, { ...place, title: `${fullNameOf(task)} failed` }),
    );
  }

  /** GitHub knows the files of the repository by their paths in it. */
  #fileOf({ at }: TaskInfo): string {
    const file = this.#run ? resolve(dirname(this.#run.file), at.file) : at.file;
    const inside = relative(this.#env.GITHUB_WORKSPACE ?? process.cwd(), file);
    return inside === ".." || inside.startsWith(`..${sep}`) ? file : inside;
  }
}
