import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import {
  type EndedCall,
  type ExecOutcome,
  type ExecRequest,
  type FileStat,
  type Host,
  HostError,
  type HostFileSystem,
  type LogRecord,
} from "../host.js";

/** A host on a real directory that remembers what was logged and printed. */
export interface TemporaryHost extends Host {
  readonly records: LogRecord[];
  printed(): Buffer;
}

export function temporaryHost(workdir: string): TemporaryHost {
  const records: LogRecord[] = [];
  const printed: Uint8Array[] = [];
  const ended: EndedCall[] = [];
  let begun = 0;
  return {
    workdir,
    records,
    printed: () => Buffer.concat(printed),
    env: (name) => process.env[name],
    log: (record) => void records.push(record),
    print: (bytes) => void printed.push(bytes),
    delegates: false,
    begin: (_, request) => {
      ended.push({ id: ++begun, outcome: runProcess(request as ExecRequest, workdir) });
      return begun;
    },
    next: () => ended.shift() ?? fail(),
    fs: realFileSystem(workdir),
  };
}

function fail(): never {
  throw new Error("Nothing was begun");
}

function runProcess(request: ExecRequest, workdir: string): ExecOutcome {
  const { status, signal, stdout, stderr, error } = spawnSync("bash", ["-c", request.command], {
    cwd: request.workdir ?? workdir,
    env: { ...process.env, ...request.env },
    input: request.stdin ?? "",
  });
  return {
    success: status === 0,
    stdout,
    stderr,
    ...(status !== null && { exitCode: status }),
    ...(signal && { signal }),
    ...(error && { error: error.message }),
  };
}

function realFileSystem(workdir: string): HostFileSystem {
  const guarded = <A extends unknown[], R>(operate: (...args: A) => R): ((...args: A) => R) => {
    return (...args) => {
      try {
        return operate(...args);
      } catch (error) {
        throw new HostError((error as Error).message, (error as NodeJS.ErrnoException).code);
      }
    };
  };
  return {
    read: guarded((path) => fs.readFileSync(path)),
    write: guarded((path, bytes) => fs.writeFileSync(path, bytes)),
    append: guarded((path, bytes) => fs.appendFileSync(path, bytes)),
    exists: (path) => fs.existsSync(path),
    mkdir: guarded((path) => void fs.mkdirSync(path, { recursive: true })),
    remove: guarded((path) => fs.rmSync(path)),
    removeTree: guarded((path) => fs.rmSync(path, { recursive: true, force: true })),
    list: guarded((path) => fs.readdirSync(path).sort()),
    temporaryName: () => join(workdir, "temporary"),
    copy: guarded((from, to) => fs.copyFileSync(from, to)),
    move: guarded((from, to) => fs.renameSync(from, to)),
    stat: guarded(statOf),
    glob: guarded((directory) => fs.readdirSync(directory).sort()),
  };
}

function statOf(path: string): FileStat {
  const stat = fs.lstatSync(path);
  const kind = stat.isFile() ? "file" : stat.isDirectory() ? "directory" : "other";
  return { kind, sizeBytes: stat.size, mode: stat.mode & 0o777, modifiedAt: stat.mtimeMs / 1000 };
}
