import type { Argv } from "yargs";

/**
 * What is wrong where a switch is given a value that does not say whether it is on: yargs takes all but `true` for off.
 * @param described - gives the options; called when there is something to look up in them
 */
export function misusedSwitch(args: readonly string[], described: () => Argv): string | undefined {
  const end = args.indexOf("--");
  for (const arg of end < 0 ? args : args.slice(0, end)) {
    const [, option = "", value] = arg.match(/^(--?[^=]+)=(.*)$/s) ?? [];
    if (value === undefined || value === "true" || value === "false") continue;
    const { boolean: switches } = (
      described() as Argv & { getOptions(): { boolean: string[] } }
    ).getOptions();
    if (switches.includes(option.replace(/^--?/, "")))
      return `${option} is a switch, and ${value === "" ? "nothing" : value} is neither true nor false. Leave =${value} out.`;
  }
  return undefined;
}
