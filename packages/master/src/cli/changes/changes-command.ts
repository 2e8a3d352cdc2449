import { type KeptChanges, listKept, loadChanges } from "@sloth/workspace";
import { discardKept, runsDirectory } from "../../run-store/run-store.js";
import { isReadable, type Kept, selectRun, selectTask } from "../../run-store/select-kept.js";
import { changedPaths, describeKept, describeWhole } from "../../view/kept-view.js";
import { EXIT } from "../exit-code.js";
import { complain, type Output, openOutput, printLines } from "../output.js";
import { findWorkflowDirectory } from "../workflow/workflow-directory.js";
import { applyKept } from "./apply-kept.js";
import type { ChangesArguments } from "./changes-options.js";
import { showDiff } from "./show-diff.js";

/** Lists, shows, applies or discards changes that were not applied in their run; gives the exit code. */
export async function changesCommand(args: ChangesArguments, output: Output = openOutput()): Promise<number> {
  const directory = await findWorkflowDirectory(args);
  const all = await readableChanges(directory, output);
  const run = args.run === undefined ? all : selectRun(all, args.run);
  const isList = args.action === "show" && args.task === undefined && args.attempt === undefined;
  if (isList) return list(run, directory, output);

  const found = selectTask(run, args.task, args.attempt);
  if (args.action === "discard") return discard(found, directory, output);
  const kept = await loadChanges(found.directory);
  if (args.action === "apply") return applyKept(kept, { ...args, directory, output });
  if (args.action === "diff") await showDiff(kept, output.stdout);
  else await printLines(output, shownPaths(kept));
  return EXIT.succeeded;
}

/** What cannot be read is named, and does not hide the rest. */
async function readableChanges(directory: string, output: Output): Promise<Kept[]> {
  const listings = await listKept(runsDirectory(directory));
  for (const listing of listings) if ("problem" in listing) await complain(output, listing.problem);
  return listings.filter(isReadable);
}

async function list(kept: readonly Kept[], directory: string, output: Output): Promise<number> {
  for (const { summary } of kept) await printLines(output, describeKept(summary));
  if (kept.length === 0) await complain(output, `no changes are kept in ${runsDirectory(directory)}`);
  return EXIT.succeeded;
}

function shownPaths({ summary, base, changeset }: KeptChanges): string[] {
  return [...describeWhole(summary), ...changedPaths(base, changeset).map(({ line }) => line)];
}

async function discard(kept: Kept, directory: string, output: Output): Promise<number> {
  await printLines(output, describeKept(kept.summary));
  await discardKept(kept.directory, directory);
  await printLines(output, ["Discarded."]);
  return EXIT.succeeded;
}
