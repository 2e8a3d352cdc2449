import { accessSync, constants } from "node:fs";
import { basename, delimiter, join } from "node:path";

/** A program that runs a script by `-c`. */
export interface Shell {
  /** Absolute, or a name to be looked up. */
  path: string;
  /** What it calls itself in its messages. */
  name: string;
}

let found: Shell | undefined;

/** `bash`, or `sh` where there is no bash. Looked up once, in the PATH of this process. */
export function findShell(): Shell {
  found ??= lookUp("bash", process.env.PATH) ?? { path: "/bin/sh", name: "sh" };
  return found;
}

/** A shell that somebody named. */
export function namedShell(path: string): Shell {
  return { path, name: basename(path) };
}

function lookUp(name: string, searchPath = ""): Shell | undefined {
  for (const directory of searchPath.split(delimiter)) {
    const path = join(directory || ".", name);
    if (isExecutable(path)) return { path, name };
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
