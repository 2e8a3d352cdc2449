import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

export const repository: string = fileURLToPath(new URL("../..", import.meta.url));
export const agentBinary: string = `${repository}packages/agent/bin/sloth-agent.cjs`;
export const masterBinary: string = `${repository}packages/master/bin/sloth-master.cjs`;

/** A process of the built command line, with all that it has printed. */
export interface Running {
  readonly pid: number;
  /** Both streams, as they came. */
  readonly output: string;
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves when the output matches, rejects when the process ends before it does. */
  until(pattern: RegExp): Promise<RegExpMatchArray>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

export interface Ended {
  /** The exit code; 128 + n when signal n ended it. */
  code: number;
  stdout: string;
  stderr: string;
  /** Highest resident set size that was seen, in bytes. */
  peakRssBytes: number;
}

export interface StartOptions {
  cwd?: string;
  /** Over this process's own; what is undefined is left out. */
  env?: Record<string, string | undefined>;
}

export function startAgentProcess(args: string[], options: StartOptions = {}): Running {
  return startProgram([process.execPath, agentBinary, ...args], options);
}

export function startSloth(args: string[], options: StartOptions = {}): Running {
  return startProgram([process.execPath, masterBinary, ...args], options);
}

/** Runs the master's command line to its end. */
export function sloth(args: string[], options: StartOptions = {}): Promise<Ended> {
  return startSloth(args, options).ended;
}

/**
 * Starts any program.
 * @param options.isGroup - it leads a group of its own, to all of which signals are sent
 * @param options.stdout - a descriptor that its standard output goes to instead, which is closed
 */
export function startProgram(
  [program = "", ...args]: string[],
  { cwd, env, isGroup = false, stdout }: StartOptions & { isGroup?: boolean; stdout?: number } = {},
): Running {
  // It would be shown as in a step of GitHub Actions where these tests are one.
  const { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY, ...inherited } = process.env;
  const child = spawn(program, args, {
    cwd,
    detached: isGroup,
    env: { ...inherited, NO_COLOR: "1", ...env },
    stdio: ["ignore", stdout ?? "pipe", "pipe"],
  });
  if (stdout !== undefined) closeSync(stdout);
  const pid = child.pid ?? 0;
  const printed = { stdout: "", stderr: "", both: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      printed[name] += text;
      printed.both += text;
    });
  }
  const ended = endOf(child, pid, printed);
  return {
    pid,
    get output() {
      return printed.both;
    },
    get stdout() {
      return printed.stdout;
    },
    get stderr() {
      return printed.stderr;
    },
    until: (pattern) => untilMatch(child, pattern, printed),
    kill: (signal) => void process.kill(isGroup ? -pid : pid, signal),
    ended,
  };
}

function endOf(
  child: ChildProcess,
  pid: number,
  printed: { stdout: string; stderr: string },
): Promise<Ended> {
  let peakRssBytes = 0;
  const sampling = setInterval(() => {
    peakRssBytes = Math.max(peakRssBytes, peakRss(pid));
  }, 20);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearInterval(sampling);
      const number = signal ? 128 + constants.signals[signal] : 1;
      resolve({ code: code ?? number, stdout: printed.stdout, stderr: printed.stderr, peakRssBytes });
    });
  });
}

function untilMatch(
  child: ChildProcess,
  pattern: RegExp,
  printed: { both: string },
): Promise<RegExpMatchArray> {
  return new Promise((resolve, reject) => {
    function check(): boolean {
      const match = printed.both.match(pattern);
      if (match) resolve(match);
      return match !== null;
    }
    if (check()) return;
    child.stdout?.on("data", check);
    child.stderr?.on("data", check);
    child.on(
      "close",
      () => check() || reject(new Error(`ended without printing ${pattern}:\n${printed.both}`)),
    );
  });
}

/** Highest resident set size of a live process so far, in bytes; 0 when it is gone. */
export function peakRss(pid: number): number {
  try {
    const match = readFileSync(`/proc/${pid}/status`, "latin1").match(/^VmHWM:\s+(\d+) kB/m);
    return Number(match?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Command lines of live processes `sleep SECONDS`; with a number that nobody else uses it tells what a test has left. */
export function sleepsOf(seconds: number): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ").trim();
      } catch {
        // It has ended meanwhile.
        return "";
      }
    })
    .filter((commandLine) => commandLine === `sleep ${seconds}`);
}
