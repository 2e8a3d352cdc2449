import { constants, fstatSync, openSync, writeSync } from "node:fs";
import type { WriteStream } from "node:tty";

/** A terminal for a live region. */
export interface Terminal {
  /** Does not block: the event loop goes on while the terminal takes nothing. */
  readonly stream: NodeJS.WritableStream & { columns?: number; rows?: number };
  /** For the last moment of the process: writes as much as the terminal takes now. */
  writeNow(text: string): void;
}

/** The terminal behind `process.stderr`. */
export function openTerminal(stream: WriteStream): Terminal {
  stopBlocking(stream);
  return { stream, writeNow };
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
