import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A command that prints the numbers up to `count`, one each `everySeconds`, then leaves a file. */
export function counting(count: number, everySeconds: number): string {
  return `for n in $(seq ${count}); do echo $n; sleep ${everySeconds}; done; echo end > made`;
}

export function numbersUpTo(count: number): string {
  return Array.from({ length: count }, (_, index) => `${index + 1}\n`).join("");
}

/** What the task `t` of the only run in a directory printed. */
export function logIn(directory: string): string {
  const runs = join(directory, ".sloth/runs");
  const [run = ""] = readdirSync(runs);
  return readFileSync(join(runs, run, "logs/g/t.log"), "utf8");
}
