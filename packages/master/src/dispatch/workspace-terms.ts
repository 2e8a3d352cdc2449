import type { WorkspaceSettings } from "@sloth/dsl";
import type { WorkspaceRules } from "@sloth/protocol";
import type { ApplyOptions, Changeset, ScanRules } from "@sloth/workspace";
import { missingAmong } from "../artifacts/missing-artifact.js";
import { applySettingsOf } from "../plan/apply-settings.js";
import type { PlannedTask, RunPlan } from "../plan/plan-run.js";
import type { RunStore } from "../run-store/run-store.js";
import { printableName } from "../view/printable.js";
import type { KeepChanges } from "./incoming-changes.js";
import type { LandedChanges } from "./landed-changes.js";

/** How one attempt's workspace is sent, and what may become of its changes. */
export interface WorkspaceTerms {
  rules: WorkspaceRules;
  /** How changes are applied in the workspace with this root. */
  applyIn(root: string): Omit<ApplyOptions, "base" | "changeset" | "contents" | "signal">;
  /** Of what is sent, and of what comes back. */
  maxBytes: number;
  maxFiles: number;
  keep: KeepChanges;
  /** Why a task has failed that would leave this; `tree` gives the paths of all that is in it. */
  whatLacks(tree: () => Iterable<string>): string | undefined;
  /** Remembers who changed what. */
  noteLanded(root: string, changeset: Changeset): void;
}

export interface TermsOptions {
  planned: PlannedTask;
  /** The agent, as people call it. */
  agent: string;
  plan: Pick<RunPlan, "workflowFiles" | "runId">;
  attempt: number;
  store: RunStore;
  landed: LandedChanges;
}

export function workspaceTerms({
  planned,
  agent,
  plan,
  attempt,
  store,
  landed,
}: TermsOptions): WorkspaceTerms {
  const { workspaceSettings: settings, group, task } = planned;
  const { maxBytes, maxFiles } = settings;
  const { workflowFiles } = plan;
  return {
    rules: rulesOf(settings),
    applyIn: (root) => ({
      ...applySettingsOf(settings, { root, workflowFiles }),
      changedBy: (path) => landed.lastChangedBy(root, path),
    }),
    maxBytes,
    maxFiles,
    async keep({ base, changeset, contents, why, message }) {
      const about = {
        group,
        task: task.name,
        attempt,
        agent,
        workspaceRoot: base.root,
        why,
        message,
        timeMs: Date.now(),
        protect: [...settings.protect],
        workflowFiles: [...workflowFiles],
      };
      await store.keepChanges({ base: base.manifest, changeset, contents, about });
      return `Its changes are kept: npx @sloth/master changes ${plan.runId} ${printableName(task.name)}`;
    },
    whatLacks: (tree) => missingAmong(tree, planned),
    noteLanded: (root, changeset) => landed.note(root, changeset, `task "${task.name}" on ${agent}`),
  };
}

export function rulesOf({ ignore, gitignore, syncGit, keepIgnored }: WorkspaceSettings): WorkspaceRules {
  return { ignore: [...ignore], gitignore, syncGit, keepIgnored };
}

/** Everything by default, and changes that are not applied are gone: for a caller without a run store. */
export const PLAIN_TERMS: WorkspaceTerms = {
  rules: { ignore: [], gitignore: false, syncGit: false, keepIgnored: false },
  applyIn: () => ({}),
  maxBytes: Number.MAX_SAFE_INTEGER,
  maxFiles: Number.MAX_SAFE_INTEGER,
  keep: async () => "",
  whatLacks: () => undefined,
  noteLanded: () => undefined,
};

/** The same rules as the scan of a workspace takes them. */
export function scanRules({ ignore, gitignore, syncGit }: WorkspaceRules): ScanRules {
  return { patterns: ignore, gitignore, includeGit: syncGit };
}
