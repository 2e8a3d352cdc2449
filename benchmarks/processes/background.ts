import { type ChildProcess, spawn } from "node:child_process";

const STOP_GRACE_MS = 15_000;
const KEPT_OUTPUT_CHARS = 16 * 1024;

/** A process that runs while others are measured. */
export interface Background {
  readonly pid: number;
  /** Resolves when its output matches. Rejects when it ends before that. */
  until(pattern: RegExp): Promise<RegExpMatchArray>;
  /** TERM, and KILL if that is not heeded. May be called twice. */
  stop(): Promise<void>;
}

/** @param env - over this process's own */
export function startInBackground(argv: string[], env: NodeJS.ProcessEnv = {}): Background {
  const [file = "", ...args] = argv;
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const ended = new Promise<void>((resolve) => {
    child.on("error", (error) => {
      output += error.message;
      resolve();
    });
    child.on("close", () => resolve());
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-KEPT_OUTPUT_CHARS);
    });
  }
  return {
    pid: child.pid ?? 0,
    until: (pattern) => {
      return new Promise((resolve, reject) => {
        const check = () => {
          const match = output.match(pattern);
          if (match) resolve(match);
        };
        child.stdout.on("data", check);
        child.stderr.on("data", check);
        check();
        void ended.then(() => reject(new Error(`${argv.join(" ")} ended before ${pattern}:\n${output}`)));
      });
    },
    stop: () => stop(child, ended),
  };
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_GRACE_MS);
  await ended;
  clearTimeout(timer);
}
