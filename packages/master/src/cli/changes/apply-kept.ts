import { realpath } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import type { WorkspaceSettings } from "@sloth/dsl";
import {
  type ApplyResult,
  type KeptChanges,
  type KeptSummary,
  markApplied,
  openWorkspace,
  WorkspaceError,
  type WorkspaceErrorCode,
} from "@sloth/workspace";
import { MasterError } from "../../master-error.js";
import { type ApplySettings, applySettingsOf } from "../../plan/apply-settings.js";
import { resolveWorkspaceSettings } from "../../plan/workspace-settings.js";
import { printableName } from "../../view/printable.js";
import { EXIT } from "../exit-code.js";
import { complain, type Output, printLines } from "../output.js";
import { onStopSignal } from "../stop-signal.js";

export interface ApplyKeptOptions {
  /** The directory of the workflow; its real path. */
  directory: string;
  /** The directory to apply to. Default: the one that the changes are of. */
  to?: string;
  settings: Partial<WorkspaceSettings>;
  output: Output;
}

/** What a person has to decide about, as opposed to what broke. */
const REFUSALS: ReadonlySet<WorkspaceErrorCode> = new Set([
  "PROTECTED",
  "EXTERNAL_LINK",
  "DELETES_ALL",
  "MISSING_CONTENT",
  "NAME_CLASH",
]);

/** Applies kept changes and says what came of it; gives the exit code. They stay, marked as applied. */
export async function applyKept(kept: KeptChanges, options: ApplyKeptOptions): Promise<number> {
  const root = await chooseRoot(kept.summary, options);
  const stop = onStopSignal({ action: "stopping" });
  try {
    const result = await apply(kept, root, { settings: options.settings, signal: stop.signal });
    if (result.conflicts.length > 0) return await explainConflicts(result, options.output);
    await markApplied(kept.directory);
    const { added, modified, deleted } = result.counts;
    const done = `Applied to ${printableName(root)}: +${added} ~${modified} -${deleted}`;
    await printLines(options.output, [done]);
    return EXIT.succeeded;
  } catch (error) {
    if (stop.received) return stop.received === "SIGINT" ? EXIT.interrupted : EXIT.terminated;
    if (!(error instanceof WorkspaceError) || !REFUSALS.has(error.code)) throw error;
    await complain(options.output, error.message);
    return EXIT.taskFailed;
  } finally {
    stop.forget();
  }
}

/**
 * The run store may have come along with somebody's files, so what it names is not written to, unless it really is
 * below the workflow or the user names it too.
 */
async function chooseRoot(
  { workspaceRoot }: KeptSummary,
  { to, directory }: ApplyKeptOptions,
): Promise<string> {
  if (to !== undefined) return resolve(to);
  const root = await realpath(workspaceRoot).catch((cause: NodeJS.ErrnoException) => {
    const message = `They are changes of ${workspaceRoot}, which cannot be used: ${cause.code}.`;
    throw new MasterError("NOT_FOUND", `${message} Name where to apply them with --to DIR.`, { cause });
  });
  const inside = relative(directory, root);
  if (inside !== ".." && !inside.startsWith(`..${sep}`)) return root;
  const where = `They are changes of ${workspaceRoot}, which is not below ${directory}.`;
  throw new MasterError("USAGE", `${where} Name where to apply them with --to DIR.`);
}

async function apply(
  kept: KeptChanges,
  root: string,
  { settings, signal }: { settings: Partial<WorkspaceSettings>; signal: AbortSignal },
): Promise<ApplyResult> {
  const workspace = await openWorkspace(root);
  const base = { root: workspace.root, manifest: kept.base };
  const contents = await kept.stageContents(await workspace.stagingDirectory(), { signal });
  try {
    return await workspace.apply({
      ...applySettings(kept.summary, settings),
      base,
      changeset: kept.changeset,
      contents,
      signal,
    });
  } finally {
    await contents.remove();
  }
}

/** What was protected in the run is protected now; how conflicts are settled is for whoever applies to say. */
function applySettings(summary: KeptSummary, typed: Partial<WorkspaceSettings>): ApplySettings {
  const { workspaceRoot: root, workflowFiles } = summary;
  const settings = resolveWorkspaceSettings({ protect: [...summary.protect] }, typed);
  // Relative to the root that the files were in, wherever the changes go now.
  return applySettingsOf(settings, { root, workflowFiles });
}

async function explainConflicts({ conflicts }: ApplyResult, output: Output): Promise<number> {
  await complain(
    output,
    "the changes conflict with the working directory; nothing was applied (see --on-conflict):",
  );
  for (const { path, reason } of conflicts) await complain(output, `  ${printableName(path)}: ${reason}`);
  return EXIT.taskFailed;
}
