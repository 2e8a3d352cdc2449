import type { Argv } from "yargs";

/** What an agent is called by whoever operates it, and what it is said to have. */
export interface LabelOptions {
  labels: Readonly<Record<string, string>>;
}

/** What an agent finds out by itself. */
const AUTOMATIC = ["os", "arch", "cpus", "memory", "hostname"];
const MOST_LABELS = 64;

export function labelOptions<T>(parser: Argv<T>) {
  return parser
    .option("name", {
      type: "string",
      describe: "What it calls itself: the label name",
    })
    .option("labels", {
      type: "string",
      array: true,
      nargs: 1,
      describe: "What tasks can ask for, such as zone=eu,gpu; what an inventory says counts more",
    });
}

/** @returns what was typed, or what is wrong with it */
export function readLabels({ name, labels }: Record<string, unknown>): LabelOptions | { problem: string } {
  if (name === "") return { problem: "--name is empty." };
  const typed = [labels ?? []].flat().flatMap((text) => String(text).split(","));
  const all = [...(name === undefined ? [] : [`name=${name}`]), ...typed];
  const read: Record<string, string> = {};
  for (const text of all) {
    const [, key = "", value = "true"] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
    const problem = problemWith(text, key, value);
    if (problem !== undefined) return { problem };
    if (Object.hasOwn(read, key)) return { problem: `The label ${key} is given more than once.` };
    read[key] = value;
  }
  return all.length > MOST_LABELS
    ? { problem: `There are more than ${MOST_LABELS} labels.` }
    : { labels: read };
}

function problemWith(text: string, name: string, value: string): string | undefined {
  if (!/^[\w./-]{1,63}$/.test(name)) return `--labels ${text} is no label: write zone=eu,gpu.`;
  if (AUTOMATIC.includes(name)) return `--labels ${text}: an agent tells ${name} by itself.`;
  if (value === "") return `--labels ${text} has no value: write ${name}=VALUE.`;
  if (!/^[^\s\p{Cc},=|]{1,63}$/u.test(value))
    return `The label ${name} must have a value of at most 63 characters, without blanks, ",", "=" and "|".`;
  return undefined;
}
