import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import { peakRssOf } from "./peak-rss.js";

const KEPT_OUTPUT_CHARS = 64 * 1024;
const RSS_POLL_MS = 20;
/** Nothing that is measured takes so long, however busy the machine is. */
const TIMEOUT_MS = 15 * 60_000;

export interface Command {
  argv: string[];
  cwd?: string;
  env?: Record<string, string>;
}

export interface Ran {
  /** From the start of the process to its exit. */
  elapsedMs: number;
  stdout: string;
  stderr: string;
  /** Highest resident set size that was seen of the process itself, in bytes; 0 unless asked for. */
  peakRssBytes: number;
}

export interface RunOptions {
  watchMemory?: boolean;
  /** Of each stream, from its end. */
  keptOutputChars?: number;
  /** Then it is killed. Default: {@link TIMEOUT_MS}. */
  timeoutMs?: number;
}

/** @throws with the end of its output */
export function run(command: Command | string[], options: RunOptions = {}): Promise<Ran> {
  const { argv, cwd, env } = Array.isArray(command) ? { argv: command } : command;
  const [file = "", ...args] = argv;
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const child = spawn(file, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: options.timeoutMs ?? TIMEOUT_MS,
      killSignal: "SIGKILL",
    });
    const ran: Ran = { elapsedMs: 0, stdout: "", stderr: "", peakRssBytes: 0 };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        ran[name] = (ran[name] + text).slice(-(options.keptOutputChars ?? KEPT_OUTPUT_CHARS));
      });
    }
    const polling = options.watchMemory
      ? setInterval(() => {
          ran.peakRssBytes = Math.max(ran.peakRssBytes, peakRssOf(child.pid));
        }, RSS_POLL_MS)
      : undefined;
    child.on("exit", () => {
      ran.elapsedMs = performance.now() - startedMs;
      clearInterval(polling);
    });
    child.on("error", (error) => reject(new Error(`${file}: ${error.message}`)));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(ran);
      else reject(new Error(failure(argv, signal ?? `exit code ${code}`, ran)));
    });
  });
}

function failure(argv: string[], how: string, { stdout, stderr }: Ran): string {
  const output = `${stdout}\n${stderr}`.trim().split("\n").slice(-12).join("\n");
  return `${argv.join(" ").slice(0, 300)} (${how}):\n${output}`;
}
