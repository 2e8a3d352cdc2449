import { constants, fstatSync, openSync, readFileSync, writeSync } from "node:fs";
import type { WriteStream } from "node:tty";

/** A terminal for a live region. */
export interface Terminal {
  /** Does not block: the event loop goes on while the terminal takes nothing. */
  readonly stream: NodeJS.WritableStream & { columns?: number; rows?: number };
  /** Whether it wraps lines again when it becomes narrower. */
  readonly rewraps: boolean;
  /** Whether what is typed there comes to this process; where nobody knows, it does. */
  isForeground(): boolean;
  /** For the last moment of the process: writes as much as the terminal takes now. */
  writeNow(text: string): void;
}

type Environment = Record<string, string | undefined>;

/** The terminal behind `process.stderr`. */
export function openTerminal(stream: WriteStream, env: Environment): Terminal {
  stopBlocking(stream);
  return { stream, rewraps: rewraps(env), isForeground, writeNow };
}

/**
 * Node writes to terminals with blocking calls, so that one which is halted (Ctrl-S) would halt the whole run. There is
 * no public way to change that; without this one, writes block as they do elsewhere.
 *
 * @see https://github.com/nodejs/node/blob/v20.x/lib/tty.js
 */
function stopBlocking(stream: WriteStream): void {
  const { _handle } = stream as { _handle?: { setBlocking?(isBlocking: boolean): void } };
  _handle?.setBlocking?.(false);
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function isForeground(): boolean {
  try {
    // The name may hold spaces and parentheses.
    const [, rest = ""] = /^.*\) (.*)$/s.exec(readFileSync("/proc/self/stat", "latin1")) ?? [];
    const [, , group, , , foreground = "-1"] = rest.split(" ");
    return Number(foreground) <= 0 || foreground === group;
  } catch {
    return true;
  }
}

function writeNow(text: string): void {
  try {
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
    writeSync(openSync("/dev/stderr", O_WRONLY | O_NONBLOCK | O_NOCTTY), text);
  } catch {
    // The terminal is gone or halted, and there is no time to wait for it.
  }
}

interface Descriptor {
  fd: number;
  isTTY?: boolean;
}

/** Whether two descriptors are the same terminal, so that what goes to one appears in the other. */
export function isSameTerminal(a: Descriptor, b: Descriptor): boolean {
  return Boolean(a.isTTY && b.isTTY) && fstatSync(a.fd).rdev === fstatSync(b.fd).rdev;
}

/** All but a few do: xterm, GNU screen, st and the console of Linux cut lines instead. */
export function rewraps({ TERM = "", TMUX, XTERM_VERSION, STY }: Environment): boolean {
  if (TMUX) return true;
  return !(XTERM_VERSION || STY || /^(screen|st|linux)\b/.test(TERM));
}
