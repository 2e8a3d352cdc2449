/** The command line of the master: parses, runs a command, maps errors to exit codes. */
import { subscribe } from "node:diagnostics_channel";
import { platform } from "node:process";
import { type CommandLine, parseCommandLine } from "./cli/command-line.js";
import { EXIT } from "./cli/exit-code.js";

function complain(line: string): void {
  process.stderr.write(`sloth: ${line}\n`);
}

// Each command brings its own layers, so that `--help` loads none of them.
async function perform(command: CommandLine): Promise<number> {
  switch (command.kind) {
    case "run":
      return (await import("./cli/run-command.js")).runCommand(command.args);
    case "list":
      return (await import("./cli/list-command.js")).listCommand(command.args);
    case "validate":
      return (await import("./cli/validate-command.js")).validateCommand(command.args);
    case "changes":
      return (await import("./cli/changes-command.js")).changesCommand(command.args);
    case "runs":
      return (await import("./cli/runs-command.js")).runsCommand(command.args);
    case "logs":
      return (await import("./cli/logs-command.js")).logsCommand(command.args);
    case "report":
      return (await import("./cli/report-command.js")).reportCommand(command.args);
    case "sync":
      return (await import("./cli/sync-command.js")).syncWithAgents(command.args);
    case "types":
      return (await import("./cli/types-command.js")).typesCommand(command.args);
    case "usage-error":
      complain(command.message);
      return EXIT.usage;
    case "shown":
      return EXIT.succeeded;
  }
}

async function explain(error: unknown): Promise<number> {
  const { DslError } = await import("@sloth/dsl");
  const { MasterError } = await import("./master-error.js");
  const { WorkspaceError } = await import("@sloth/workspace");
  const { printable } = await import("./view/printable.js");
  if (error instanceof WorkspaceError) {
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

if (platform === "win32") {
  complain("Windows is not supported. Run it in WSL2.");
  process.exit(EXIT.infrastructure);
}
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

const exitCode = await parseCommandLine(process.argv.slice(2)).then(perform).catch(explain);
process.exitCode = exitCode || (isOutputLost ? EXIT.infrastructure : EXIT.succeeded);
