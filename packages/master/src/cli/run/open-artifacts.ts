import { type ArtifactStore, openArtifactStore } from "../../artifacts/artifact-store.js";
import type { RunPlan } from "../../plan/plan-run.js";

/** The artifacts of one run. */
export interface RunArtifacts {
  store: ArtifactStore;
  /** After a success nobody needs them any more. */
  remove(): Promise<void>;
}

/**
 * The artifacts of a run; their directory is made when there are any.
 * @param from - the run that this one continues, whose artifacts it has as well
 */
export async function openArtifacts(
  { workflowDirectory, runId }: RunPlan,
  from: string | undefined,
): Promise<RunArtifacts> {
  const load = () => import("../../run-store/artifact-directory.js");
  const inherited = from === undefined ? undefined : await inherit(workflowDirectory, { from, to: runId });
  let made = inherited !== undefined;
  const store = openArtifactStore(async () => {
    made = true;
    return (await load()).makeArtifactDirectory(workflowDirectory, runId);
  }, inherited);
  return {
    store,
    async remove() {
      if (made) await (await load()).removeArtifacts(workflowDirectory, runId);
    },
  };
}

async function inherit(workflowDirectory: string, runs: { from: string; to: string }) {
  const { inheritArtifacts } = await import("../../run-store/artifact-directory.js");
  const { readArtifactIndex } = await import("../../artifacts/read-artifact-index.js");
  const directory = await inheritArtifacts(workflowDirectory, runs);
  return directory === undefined ? undefined : readArtifactIndex(directory);
}
