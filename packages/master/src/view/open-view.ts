import { MasterError } from "../master-error.js";
import { type Color, usesColor } from "./color.js";
import { LineWriter } from "./line-writer.js";
import type { Reader } from "./run-end.js";
import type { RunView } from "./run-view.js";

export interface ViewOptions {
  color: Color;
  env: Record<string, string | undefined>;
  /** Where all is that a task printed, absolute. */
  logOf: NonNullable<Reader["logOf"]>;
}

// Each brings its own code only when it is wanted.
const views = {
  tty: openTty,
  plain: async (options) =>
    new (await import("./plain-view.js")).PlainView({ ...writers(options), ...options }),
  json: async (options) => new (await import("./json-view.js")).JsonView(writers(options).stdout),
  quiet: async (options) =>
    new (await import("./quiet-view.js")).QuietView({ ...writers(options), ...options }),
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
  return isTTY && !env.CI && env.TERM !== "dumb" ? "tty" : "plain";
}

function writers({ color, env }: ViewOptions) {
  return {
    stdout: new LineWriter(process.stdout, { color: usesColor(process.stdout, color, env) }),
    stderr: new LineWriter(process.stderr, { color: usesColor(process.stderr, color, env) }),
  };
}

async function openTty(options: ViewOptions): Promise<RunView> {
  const { stdout, stderr } = process;
  if (!stderr.isTTY) throw new MasterError("USAGE", "--output tty needs a terminal on stderr.");
  const { TtyView } = await import("./tty/tty-view.js");
  const { isSameTerminal, openTerminal } = await import("./tty/terminal.js");
  return new TtyView({
    terminal: openTerminal(stderr, options.env),
    color: usesColor(stderr, options.color, options.env),
    logOf: options.logOf,
    ...(isSameTerminal(stdout, stderr) ? {} : { stdout: writers(options).stdout }),
  });
}
