/** The command line of the master: parses, runs a command, maps errors to exit codes. */
import { subscribe } from "node:diagnostics_channel";
import type { CommandLine } from "./cli/command-line/command.js";
import { parseCommandLine } from "./cli/command-line/command-line.js";
import { EXIT } from "./cli/exit-code.js";

function complain(line: string): void {
  process.stderr.write(`sloth: ${line}\n`);
}

async function perform(asked: CommandLine): Promise<number> {
  if (asked.kind === "shown") return EXIT.succeeded;
  if (asked.kind === "command") {
    for (const notice of asked.notices) complain(notice);
    return asked.perform();
  }
  complain(asked.message);
  return EXIT.usage;
}

async function explain(error: unknown): Promise<number> {
  const { DslError } = await import("@sloth/dsl");
  const { MasterError } = await import("./master-error.js");
  const { WorkspaceError } = await import("@sloth/workspace");
  const { printable } = await import("./view/printable.js");
  const isOfTrust = ["AgentLost", "CredentialError"].includes((error as Error)?.name);
  if (error instanceof WorkspaceError || (error instanceof Error && isOfTrust)) {
    complain(printable(error.message));
    return EXIT.infrastructure;
  }
  if (error instanceof DslError && error.diagnostics.length > 0) {
    const { showMistakes } = await import("./view/show-mistakes.js");
    for (const line of showMistakes(error)) process.stderr.write(`${line}\n`);
    return EXIT.usage;
  }
  if (!(error instanceof DslError || error instanceof MasterError)) {
    complain(`this is a defect of sloth: ${(error as Error)?.stack ?? error}`);
    return EXIT.infrastructure;
  }
  for (const line of error.message.split("\n")) complain(printable(line));
  return EXIT.usage;
}

// For benchmarks: how long each stage of each delegated attempt took.
if (process.env.SLOTH_TIMINGS) {
  subscribe("sloth:attempt-timings", (timings) => {
    process.stderr.write(`${JSON.stringify({ timings })}\n`);
  });
}

if (process.platform === "win32") {
  complain("Windows is not supported. Run it in WSL2.");
  process.exit(EXIT.infrastructure);
}
const LINGER_MS = 500;
// For the whole life of the process, since a failed write is told after the fact.
let isOutputLost = false;
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", ({ code }: NodeJS.ErrnoException) => {
    // Whoever reads no more knows enough, as with `| head`.
    if (code === "EPIPE" || code === "EIO" || isOutputLost) return;
    isOutputLost = true;
    process.exitCode ||= EXIT.infrastructure;
    if (stream === process.stdout) complain(`the output cannot be written: ${code}`);
  });
}

void parseCommandLine(process.argv.slice(2))
  .then(perform)
  .catch(explain)
  .then((exitCode) => {
    process.exitCode = exitCode || (isOutputLost ? EXIT.infrastructure : EXIT.succeeded);
    // A connection that was given up while it came about would hold the process for twenty seconds (grpc-js).
    setTimeout(() => process.exit(), LINGER_MS).unref();
  });
