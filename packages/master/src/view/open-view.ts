import type { FileHandle } from "node:fs/promises";
import { MasterError } from "../master-error.js";
import { type Color, usesColor } from "./color.js";
import type { JsonSink } from "./json-sink.js";
import { LineWriter } from "./line-writer.js";
import type { LogOrder } from "./lines-of-tasks.js";
import type { Reader } from "./run-end.js";
import type { RunView } from "./run-view.js";

export interface ViewOptions {
  color: Color;
  env: Record<string, string | undefined>;
  /** Where all is that a task printed, absolute. */
  logOf: NonNullable<Reader["logOf"]>;
  /** Whether the reader needs no more of a failure at the end than its name. Default false; `quiet` shows all there. */
  hasSeenFailures?: boolean;
  /** A file for what is too much for the memory. */
  openFile: () => Promise<FileHandle>;
  timestamps: boolean;
  /** Default: what the view does. */
  order?: LogOrder | undefined;
  /** Leave stdout to somebody else. */
  isStdoutTaken: boolean;
}

/** How long a line that has not ended waits for more. */
const IDLE_MS = 2000;
/** After so long somebody may think that the run is dead, and CI systems do. */
const SILENCE_MS = 60_000;

// Each brings its own code only when it is wanted.
const views = {
  tty: openTty,
  plain: openPlain,
  json: async ({ env }) => new (await import("./json-view.js")).JsonView(await openResult(env)),
  quiet: openQuiet,
} satisfies Record<string, (options: ViewOptions) => Promise<RunView>>;

export type Output = "auto" | keyof typeof views;
/** What the user may choose from. */
export const OUTPUTS = ["auto", ...Object.keys(views)] as readonly Output[];

/**
 * Opens the view that was chosen, on the process's own streams.
 * @throws {MasterError} USAGE without a terminal for the tty view
 */
export function openView(output: Output, options: ViewOptions): Promise<RunView> {
  return views[output === "auto" ? choose(process.stderr, options.env) : output](options);
}

/** Which view fits to what stderr is: a terminal with somebody in front of it, or not. */
export function choose({ isTTY }: { isTTY?: boolean }, env: ViewOptions["env"]): "tty" | "plain" {
  return isTTY && !env.CI && !isOnGitHub(env) && env.TERM !== "dumb" ? "tty" : "plain";
}

/** Where one writes JSON for programs: stdout, and nothing else goes there. */
export async function openResult(env: ViewOptions["env"]): Promise<JsonSink> {
  const stdout = new LineWriter(process.stdout);
  return isOnGitHub(env) ? new (await import("./github/json-guard.js")).JsonGuard(stdout) : stdout;
}

function isOnGitHub(env: ViewOptions["env"]): boolean {
  return env.GITHUB_ACTIONS === "true";
}

function writers({ color, env, isStdoutTaken }: ViewOptions) {
  const stderr = new LineWriter(process.stderr, { color: usesColor(process.stderr, color, env) });
  if (isStdoutTaken) return { stdout: stderr, stderr };
  return {
    stdout: new LineWriter(process.stdout, { color: usesColor(process.stdout, color, env) }),
    stderr,
  };
}

async function openQuiet(options: ViewOptions): Promise<RunView> {
  const { QuietView } = await import("./quiet-view.js");
  const outlet = writers(options);
  const quiet = { ...options, hasSeenFailures: false };
  if (!isOnGitHub(options.env)) return new QuietView({ ...quiet, ...outlet });
  const guard = new (await import("./github/guarded-lines.js")).GuardedLines(outlet.stdout);
  const view = new QuietView({ ...quiet, stdout: guard, stderr: guard });
  return { show: (event) => view.show(event), close: () => guard.close() };
}

async function openPlain(options: ViewOptions): Promise<RunView> {
  const live = { ...options, idleMs: IDLE_MS, silenceMs: SILENCE_MS };
  const { stdout, stderr } = writers(options);
  if (!isOnGitHub(options.env))
    return new (await import("./plain-view.js")).PlainView({ ...live, stdout, stderr });
  const { order, ...rest } = live;
  return new (await import("./github/github-view.js")).GitHubView({
    ...rest,
    ...(order && { order }),
    sink: stdout,
  });
}

async function openTty(options: ViewOptions): Promise<RunView> {
  const { stdout, stderr } = process;
  if (!stderr.isTTY) throw new MasterError("USAGE", "--output tty needs a terminal on stderr.");
  const { TtyView } = await import("./tty/tty-view.js");
  const { isSameTerminal, openTerminal } = await import("./tty/terminal.js");
  const isApart = !options.isStdoutTaken && !isSameTerminal(stdout, stderr);
  return new TtyView({
    ...options,
    terminal: openTerminal(stderr, options.env),
    color: usesColor(stderr, options.color, options.env),
    ...(isApart && { stdout: writers(options).stdout }),
  });
}
