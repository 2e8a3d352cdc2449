import type { Argv, Options } from "yargs";
import "./option-marks.js";

/** The options that a command describes, by name, as they are described to yargs. */
export function describedOptions(describe: (parser: Argv) => Argv): Map<string, Options> {
  const found = new Map<string, Options>();
  const listener: Argv = new Proxy({} as Argv, {
    get: (_, method) => (name: string, options: Options) => {
      if (method === "option") found.set(name, options);
      return listener;
    },
  });
  describe(listener);
  return found;
}

/** Those that `sloth.yaml` and the environment may set. */
export function configurableOptions(describe: (parser: Argv) => Argv): Map<string, Options> {
  return new Map([...describedOptions(describe)].filter(([, { isOfOneCall }]) => !isOfOneCall));
}

/** All names of an option without dashes, the long one first. */
export function namesOf(name: string, { alias = [] }: Options): string[] {
  return [name, ...[alias].flat()];
}
