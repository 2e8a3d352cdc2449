import { createHash } from "node:crypto";

/** A workflow that prints much, and what of each task has to be in the log. */
export interface Load {
  workflow: string;
  /** SHA-256 and bytes of the output, by the task's name. */
  outputs: Record<string, { sha256: string; sizeBytes: number }>;
}

const LINE = "0123456789 the quick brown fox jumps over the lazy dog, again and again, until it is tired\n";

/** One task that prints so many bytes as fast as it can. */
export function oneLargeOutput(sizeBytes: number): Load {
  const command = `yes '${LINE.trimEnd()}' | head -c ${sizeBytes}`;
  const hash = createHash("sha256");
  const block = Buffer.from(LINE.repeat(1000));
  for (let left = sizeBytes; left > 0; left -= block.length) hash.update(block.subarray(0, left));
  return {
    workflow: tasks([`{ name = "large", command = [[${command}]] }`]),
    outputs: { large: { sha256: hash.digest("hex"), sizeBytes } },
  };
}

/** Many tasks that each print so many lines, at so many a second; without that, as fast as they can. */
export function manyOutputs(
  count: number,
  { lines, perSecond }: { lines: number; perSecond?: number },
): Load {
  const outputs: Load["outputs"] = {};
  const written: string[] = [];
  for (let number = 1; number <= count; number++) {
    const name = `task-${number}`;
    const text = Array.from({ length: lines }, (_, index) => `${name} prints its line ${index + 1}\n`).join(
      "",
    );
    const sha256 = createHash("sha256").update(text).digest("hex");
    outputs[name] = { sha256, sizeBytes: Buffer.byteLength(text) };
    written.push(`{ name = "${name}", command = [[${printing(name, lines, perSecond)}]] }`);
  }
  return { workflow: tasks(written), outputs };
}

function printing(name: string, lines: number, perSecond: number | undefined): string {
  if (perSecond === undefined) return `seq -f '${name} prints its line %.0f' 1 ${lines}`;
  // One process, ten times a second: the load is to be the output, not the programs that make it.
  const step = Math.ceil(perSecond / 10);
  return `perl -e 'for (my $n = 0; $n < ${lines}; $n += ${step}) {
    my $to = $n + ${step} < ${lines} ? $n + ${step} : ${lines};
    my $text = join "", map { "${name} prints its line $_\\n" } $n + 1 .. $to;
    while (length $text) { substr($text, 0, syswrite STDOUT, $text) = "" }
    select undef, undef, undef, 0.1;
  }'`;
}

function tasks(written: string[]): string {
  return `TaskDefinitions = { load = { tasks = {\n${written.join(",\n")}\n} } }\n`;
}
