import { parseEnv } from "node:util";
import { readText } from "./read-text.js";

/**
 * The variables in `.env` files, as Node's `--env-file` reads them; a later file wins.
 * @throws {MasterError} VALUES when a file cannot be read; lines that assign nothing are passed over, as Node does
 */
export async function readEnvFiles(files: readonly string[]): Promise<Record<string, string>> {
  const environment: Record<string, string> = {};
  for (const file of files) {
    const named = { file, what: "The environment file", code: "VALUES" } as const;
    Object.assign(environment, parseEnv(readText(named)));
  }
  return environment;
}
