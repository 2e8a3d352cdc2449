import { findShell, type Shell } from "./find-shell.js";
import { ownUmask } from "./own-umask.js";

/** What is given to the system to run a script. */
export interface Invocation {
  file: string;
  argv0: string;
  args: string[];
}

/**
 * Runs `script` by `shell`, under `umask`. Where that is not the mask of this process, which is shared by
 * all that it does, a shell in between sets it and becomes the wanted one.
 */
export function shellInvocation(script: string, umask: number, shell: Shell = findShell()): Invocation {
  const args = ["-c", script];
  if (umask === ownUmask()) return { file: shell.path, argv0: shell.name, args };
  const outer = findShell();
  // Only bash can give the next program the name that its messages begin with.
  const become = outer.name === "bash" ? 'exec -a "$name" "$@"' : 'exec "$@"';
  const setMask = `umask "$0"; name=$1; shift; ${become}`;
  return {
    file: outer.path,
    argv0: outer.name,
    args: ["-c", setMask, umask.toString(8), shell.name, shell.path, ...args],
  };
}
