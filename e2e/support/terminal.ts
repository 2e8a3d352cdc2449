import { readSync } from "node:fs";
import { createRequire } from "node:module";
import type { ReadStream } from "node:tty";
import type { Terminal as Emulator } from "@xterm/headless";
import { masterBinary } from "./processes.js";

const require = createRequire(import.meta.url);
const { Terminal: XtermTerminal } = require("@xterm/headless") as { Terminal: typeof Emulator };

/** A program in a terminal of its own, as a person would see it. */
export interface TerminalSession {
  readonly pid: number;
  /** The rows that are seen now. */
  screen(): string[];
  /** All that one could scroll to and see: the scrollback and the screen, with wrapped lines in one, without blanks at the end. */
  history(): string[];
  readonly isCursorHidden: boolean;
  /** All bytes that the program wrote, and in how many pieces they came. */
  readonly raw: string;
  /** Resolves when `isTrue` is, rejects with the screen when the program ends before. */
  until(isTrue: () => boolean): Promise<void>;
  type(text: string): void;
  resize(columns: number, rows: number): void;
  /** Stops and goes on reading, as a terminal with Ctrl-S and Ctrl-Q. */
  pause(): void;
  resume(): void;
  /** As when the window is closed. */
  close(): void;
  /** The exit code. */
  readonly ended: Promise<number>;
}

export interface TerminalOptions {
  columns: number;
  rows: number;
  cwd?: string;
  env?: Record<string, string>;
  /** Only read: nothing is emulated or kept, so that much can be printed. Default false. */
  isUnseen?: boolean;
}

/** Why there is no pseudo terminal here; undefined where there is one. */
export function whyNoTerminal(): string | undefined {
  try {
    require("@lydell/node-pty");
    return undefined;
  } catch (error) {
    return `node-pty has no binary for this platform: ${(error as Error).message}`;
  }
}

/** Runs the master's command line in a terminal. */
export function slothInTerminal(args: string[], options: TerminalOptions): TerminalSession {
  return inTerminal(process.execPath, [masterBinary, ...args], options);
}

/** Runs a program in a terminal. */
export function inTerminal(
  program: string,
  args: string[],
  { columns, rows, cwd, env, isUnseen = false }: TerminalOptions,
): TerminalSession {
  const { spawn } = require("@lydell/node-pty") as typeof import("@lydell/node-pty");
  const { NO_COLOR, FORCE_COLOR, CI, GITHUB_ACTIONS, ...rest } = process.env;
  const emulator = new XtermTerminal({ cols: columns, rows, scrollback: 200_000, allowProposedApi: true });
  const pty = spawn(program, args, {
    name: env?.TERM ?? "xterm-256color",
    cols: columns,
    rows,
    ...(cwd && { cwd }),
    env: { ...rest, ...env } as Record<string, string>,
  });
  let raw = "";
  let exitCode: number | undefined;
  const watchers = new Set<() => void>();
  const look = () => {
    for (const watcher of watchers) watcher();
  };
  const take = (data: string) => {
    if (isUnseen) return;
    raw += data;
    emulator.write(data, look);
  };
  pty.onData(take);
  const closeSocket = readToTheEnd(pty, take);
  const ended = new Promise<number>((resolve) => {
    pty.onExit((end) => {
      // What it wrote last may come after its end.
      setImmediate(() =>
        emulator.write("", () => {
          exitCode = end.exitCode;
          look();
          resolve(end.exitCode);
        }),
      );
    });
  });
  const buffer = () => emulator.buffer.active;
  const rowsFrom = (start: number, end: number) =>
    Array.from({ length: end - start }, (_, row) => buffer().getLine(start + row));
  const screen = () =>
    rowsFrom(buffer().baseY, buffer().baseY + emulator.rows).map(
      (line) => line?.translateToString(true) ?? "",
    );
  return {
    pid: pty.pid,
    screen,
    history() {
      const lines: string[] = [];
      for (const line of rowsFrom(0, buffer().length)) {
        const text = line?.translateToString(true) ?? "";
        if (line?.isWrapped) lines.push((lines.pop() ?? "") + text);
        else lines.push(text);
      }
      while (lines.at(-1) === "") lines.pop();
      return lines;
    },
    get isCursorHidden() {
      return raw.lastIndexOf("\u001b[?25l") > raw.lastIndexOf("\u001b[?25h");
    },
    get raw() {
      return raw;
    },
    until: (isTrue) =>
      new Promise((resolve, reject) => {
        const watch = () => {
          if (!isTrue() && exitCode === undefined) return;
          watchers.delete(watch);
          if (isTrue()) resolve();
          else
            reject(new Error(`ended with ${exitCode} before that, and this screen:\n${screen().join("\n")}`));
        };
        watchers.add(watch);
        watch();
      }),
    type: (text) => pty.write(text),
    resize(newColumns, newRows) {
      emulator.resize(newColumns, newRows);
      pty.resize(newColumns, newRows);
    },
    pause: () => pty.pause(),
    resume: () => pty.resume(),
    close: closeSocket,
    ended,
  };
}

/**
 * node-pty closes its side 200 ms after the end of the program, also when there is more to read
 * (https://github.com/microsoft/node-pty/blob/v1.1.0/src/unixTerminal.ts), and libuv takes the end of the other side for
 * the end of what it wrote (`UV_HANDLE_READ_PARTIAL` in uv__stream_io). Gives what closes it really.
 */
function readToTheEnd(pty: object, take: (data: string) => void): () => void {
  const { _socket: socket, fd } = pty as { _socket: ReadStream; fd: number };
  const destroy = socket.destroy.bind(socket);
  socket.destroy = (error) => {
    if (!error && !socket.readableEnded) return socket;
    take(restOf(fd));
    return destroy(error);
  };
  return () => void destroy();
}

function restOf(fd: number): string {
  const pieces: Buffer[] = [];
  const piece = Buffer.alloc(64 * 1024);
  try {
    for (let size = readSync(fd, piece); size > 0; size = readSync(fd, piece))
      pieces.push(Buffer.from(piece.subarray(0, size)));
  } catch {
    // Nobody has the other side any more, and all is read.
  }
  return Buffer.concat(pieces).toString();
}
