import { LineWriter } from "../view/line-writer.js";
import { printable } from "../view/printable.js";

/** Where a command writes: results to stdout, diagnostics to stderr. */
export interface Output {
  stdout: LineWriter;
  stderr: LineWriter;
}

/** The process's own streams; `main.ts` hears of their errors. */
export function openOutput(): Output {
  return { stdout: new LineWriter(process.stdout), stderr: new LineWriter(process.stderr) };
}

/** Writes diagnostics, each line with the program's name in front. */
export async function complain({ stderr }: Output, message: string): Promise<void> {
  for (const line of printable(message).split("\n")) await stderr.line(`sloth: ${line}`);
}

export async function printLines({ stdout }: Output, lines: Iterable<string>): Promise<void> {
  for (const line of lines) await stdout.line(line);
}
