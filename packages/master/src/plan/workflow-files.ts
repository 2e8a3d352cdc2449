import { realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { LoadedWorkflow } from "@sloth/dsl";

/**
 * Where the files of a workflow are, absolute and each once: what a task must not change, since the next run would
 * execute it. A file that is reached by a link is listed under both names; what is gone, under the name it had.
 */
export async function findWorkflowFiles({ bundle, directory }: LoadedWorkflow): Promise<string[]> {
  const found = new Set<string>();
  for (const name of bundle.files.keys()) {
    const file = join(directory, name);
    found.add(join(await realOrSame(dirname(file)), basename(file)));
    found.add(await realOrSame(file));
  }
  return [...found];
}

async function realOrSame(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    // Moved since it was loaded: nothing stands there that could be protected under another name.
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return path;
    throw error;
  }
}
