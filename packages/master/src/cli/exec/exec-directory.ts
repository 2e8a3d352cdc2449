import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** The empty workspace in which `sloth exec` runs. */
export interface ExecDirectory {
  path: string;
  close(): Promise<void>;
}

/** The same at each call, so that an agent has one place for all of them; another one where this user can keep none. */
export async function openExecDirectory(env: NodeJS.ProcessEnv = process.env): Promise<ExecDirectory> {
  const path = join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "sloth", "exec");
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    return { path: await realpath(path), close: async () => {} };
  } catch {
    const temporary = await realpath(await mkdtemp(join(tmpdir(), "sloth-exec-")));
    return { path: temporary, close: () => rm(temporary, { recursive: true, force: true }) };
  }
}
