import { realpath, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { MasterError } from "../../master-error.js";

/** Where a workflow's runs are: beside its file, or in a directory that is named; by default here. */
export interface WorkflowPlace {
  file?: string;
  workdir?: string;
}

/** The real path. @throws {MasterError} NOT_FOUND */
export async function findWorkflowDirectory({ file, workdir }: WorkflowPlace): Promise<string> {
  if (file !== undefined) {
    const found = await stat(file).catch((cause) => notFound(`the workflow file ${file}`, cause));
    if (!found.isFile()) throw new MasterError("NOT_FOUND", `${file} is not a file.`);
    return realpath(dirname(resolve(file)));
  }
  const directory = resolve(workdir ?? ".");
  const found = await stat(directory).catch((cause) => notFound(`the directory ${workdir}`, cause));
  if (!found.isDirectory()) throw new MasterError("NOT_FOUND", `${workdir} is not a directory.`);
  return realpath(directory);
}

function notFound(what: string, cause: NodeJS.ErrnoException): never {
  const reason = cause.code === "ENOENT" ? "it does not exist" : cause.message;
  throw new MasterError("NOT_FOUND", `Cannot use ${what}: ${reason}.`, { cause });
}
