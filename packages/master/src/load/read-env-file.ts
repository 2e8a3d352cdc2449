import { parseEnv } from "node:util";
import { MasterError } from "../master-error.js";
import { findEnvironmentMistake } from "./check-environment.js";
import { readText } from "./read-text.js";

/**
 * The variables in `.env` files, as Node's `--env-file` reads them; a later file wins.
 * @throws {MasterError} VALUES when a file cannot be read, or has a line that assigns nothing
 */
export async function readEnvFiles(files: readonly string[]): Promise<Record<string, string>> {
  const environment: Record<string, string> = {};
  for (const file of files) {
    const named = { file, what: "The environment file", code: "VALUES" } as const;
    const text = readText(named);
    const mistake = findEnvironmentMistake(text);
    // Not the line itself: it may be a secret.
    if (mistake)
      throw new MasterError(
        "VALUES",
        `${file}:${mistake.line}: ${mistake.problem}. Each line is NAME=value or a # comment.`,
      );
    Object.assign(environment, parseEnv(text));
  }
  return environment;
}
