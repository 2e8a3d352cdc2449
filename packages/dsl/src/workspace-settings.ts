/** What to do with a path that was changed here while a delegated task changed it too. */
export const CONFLICT_CHOICES = ["fail", "theirs", "ours"] as const;

/** What to do with a symlink of a task's that newly leads out of the working directory. */
export const EXTERNAL_SYMLINK_CHOICES = ["refuse", "keep"] as const;

/** How a working directory is sent to an agent, and how what a task changed there comes back. */
export interface WorkspaceSettings {
  /**
   * `"fail"`: nothing is applied and the task fails with the list of paths. `"theirs"`: the task's version is taken.
   * `"ours"`: what stands here stays, and the rest is applied.
   */
  onConflict: (typeof CONFLICT_CHOICES)[number];
  /** `"refuse"`: a new symlink out of the working directory fails the task. `"keep"`: it is made as it is. */
  externalSymlinks: (typeof EXTERNAL_SYMLINK_CHOICES)[number];
  /** Whether a task may delete every file of the working directory. */
  allowDeleteAll: boolean;
  /**
   * Patterns as in a `.gitignore`; a change by a task of what they match is refused. They follow upon what is
   * protected by default (`.git`, the workflow's own files), so that a leading `!` releases a path of those.
   */
  protect: string[];
  /** Whether `.git` is sent. Changes in it come back only where `protect` releases it. */
  syncGit: boolean;
  /** Whether what an ignored path holds on the agent stays there for the next task. */
  keepIgnored: boolean;
  /** Patterns as in a `.gitignore` of what is neither sent nor taken back, after those of `.slothignore`. */
  ignore: string[];
  /** Whether what `.gitignore` names is left out as well. */
  gitignore: boolean;
  /** How many bytes of contents one task may be sent, and may send back. */
  maxBytes: number;
  /** How many paths one task may be sent, and may send back. */
  maxFiles: number;
}

/** What holds where a workflow says nothing. */
export const DEFAULT_WORKSPACE_SETTINGS: Readonly<WorkspaceSettings> = {
  onConflict: "fail",
  externalSymlinks: "refuse",
  allowDeleteAll: false,
  protect: [],
  syncGit: false,
  keepIgnored: false,
  ignore: [],
  gitignore: false,
  maxBytes: 2 ** 40,
  maxFiles: 2_000_000,
};
