import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { getSystemErrorMap } from "node:util";
import {
  type EndedCall,
  type ExecOutcome,
  type ExecRequest,
  type FileStat,
  type Host,
  HostError,
  type HostFile,
  type HostFileSystem,
  type LogRecord,
  type OpenMode,
} from "../host.js";
import type { LuaTable } from "../model.js";

/** A host on a real directory that remembers what was logged and printed. */
export interface TemporaryHost extends Host {
  readonly records: LogRecord[];
  readonly exported: LuaTable[];
  printed(): Buffer;
  /** What went to standard error, also of processes. */
  warned(): Buffer;
}

export function temporaryHost(workdir: string): TemporaryHost {
  const records: LogRecord[] = [];
  const exported: LuaTable[] = [];
  const printed: Uint8Array[] = [];
  const ended: EndedCall[] = [];
  let begun = 0;
  const warned: Uint8Array[] = [];
  return {
    workdir,
    records,
    exported,
    printed: () => Buffer.concat(printed),
    warned: () => Buffer.concat(warned),
    env: (name) => (Object.hasOwn(process.env, name) ? process.env[name] : undefined),
    log: (record) => void records.push(record),
    print: (bytes, stream) => void (stream === "stderr" ? warned : printed).push(bytes),
    export: (values) => void exported.push(values),
    delegates: false,
    begin: (_, request) => {
      const exec = request as ExecRequest;
      const outcome = runProcess(exec, workdir);
      if (exec.output === "shown") printed.push(outcome.stdout);
      if (exec.output !== undefined) warned.push(outcome.stderr);
      ended.push({ id: ++begun, outcome });
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

function guarded<A extends unknown[], R>(operate: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    try {
      return operate(...args);
    } catch (error) {
      const { code, errno } = error as NodeJS.ErrnoException;
      const text = getSystemErrorMap().get(errno ?? 0)?.[1] ?? (error as Error).message;
      throw new HostError(text.charAt(0).toUpperCase() + text.slice(1), code);
    }
  };
}

function realFileSystem(workdir: string): HostFileSystem {
  let temporaryNames = 0;
  return {
    open: guarded(openFile),
    read: guarded((path) => fs.readFileSync(path)),
    write: guarded((path, bytes) => fs.writeFileSync(path, bytes)),
    append: guarded((path, bytes) => fs.appendFileSync(path, bytes)),
    exists: (path) => fs.existsSync(path),
    mkdir: guarded((path) => void fs.mkdirSync(path, { recursive: true })),
    remove: guarded((path) => (fs.lstatSync(path).isDirectory() ? fs.rmdirSync(path) : fs.unlinkSync(path))),
    removeTree: guarded((path) => fs.rmSync(path, { recursive: true, force: true })),
    list: guarded((path) => fs.readdirSync(path).sort()),
    temporaryName: () => join(workdir, `temporary-${++temporaryNames}`),
    copy: guarded((from, to) => fs.copyFileSync(from, to)),
    move: guarded((from, to) => fs.renameSync(from, to)),
    stat: guarded(statOf),
    glob: guarded((directory) => fs.readdirSync(directory).sort()),
  };
}

function openFile(path: string, mode: OpenMode): HostFile {
  const fd = fs.openSync(path, mode);
  const isFile = fs.fstatSync(fd).isFile();
  const at = (position: number) => (isFile ? position : null);
  return {
    read: guarded((buffer, position) => fs.readSync(fd, buffer, 0, buffer.length, at(position))),
    write: guarded((bytes, position) => {
      fs.writeSync(fd, bytes, 0, bytes.length, mode.startsWith("a") ? null : at(position));
    }),
    sizeBytes: guarded(() => fs.fstatSync(fd).size),
    close: guarded(() => fs.closeSync(fd)),
  };
}

function statOf(path: string): FileStat {
  const stat = fs.lstatSync(path);
  const kind = stat.isFile() ? "file" : stat.isDirectory() ? "directory" : "other";
  return { kind, sizeBytes: stat.size, mode: stat.mode & 0o777, modifiedAt: stat.mtimeMs / 1000 };
}
