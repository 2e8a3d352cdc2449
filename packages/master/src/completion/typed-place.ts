import { homedir } from "node:os";
import type { TypedArguments } from "./typed-line.js";

/** What says where a workflow is and what it is loaded with, as yargs would give it. */
export function typedPlace(options: TypedArguments["options"]): Record<string, unknown> {
  const paths = (name: string) => options.get(name)?.map((path) => path.replace(/^~(?=\/)/, homedir()));
  const [file, workdir] = [paths("file")?.at(-1), paths("workdir")?.at(-1)];
  const envFile = paths("env-file");
  const typed = {
    file,
    workdir,
    values: paths("values"),
    set: options.get("set"),
    envFile,
    "env-file": envFile,
  };
  return Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== undefined));
}
