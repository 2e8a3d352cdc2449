import { readFile } from "node:fs/promises";
import { parseEnv } from "node:util";
import { MasterError } from "../master-error.js";

/**
 * The variables in `.env` files, as Node's `--env-file` reads them; a later file wins.
 * @throws {MasterError} VALUES when a file cannot be read or a line is no assignment
 */
export async function readEnvFiles(files: readonly string[]): Promise<Record<string, string>> {
  const environment: Record<string, string> = {};
  for (const file of files) {
    const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
      const reason = cause.code === "ENOENT" ? "it does not exist" : cause.message;
      throw new MasterError("VALUES", `The environment file ${file} cannot be read: ${reason}.`, { cause });
    });
    Object.assign(environment, parseEnv(text));
  }
  return environment;
}
