import { type DslError, renderDiagnostics } from "@sloth/dsl";
import { printable } from "./printable.js";

/**
 * The mistakes of a workflow, line by line. A line that names a place starts with it, without the program's name, as
 * compilers do it: editors and terminals make links of such lines.
 */
export function showMistakes({ diagnostics, traceback }: DslError): string[] {
  const width = Math.max(40, process.stderr.columns ?? 80);
  const shown = renderDiagnostics(diagnostics, width).split("\n");
  return [...shown, ...callsTo(diagnostics, traceback)].map(printable);
}

/** The Lua traceback, unless all that it says is the place of the mistake. */
function callsTo([mistake]: DslError["diagnostics"], traceback: string | undefined): string[] {
  const lines = traceback?.split("\n") ?? [];
  const calls = lines.filter((line) => line.startsWith("\t") && !line.startsWith("\t[C]: "));
  const known = calls.every((call) => call.startsWith(`\t${mistake?.file}:${mistake?.line}: `));
  return known ? [] : lines;
}
