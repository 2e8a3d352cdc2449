import type { Changeset } from "@sloth/workspace";

/** Which delegated task of this run changed a path last. About 100 bytes a path. */
export class LandedChanges {
  readonly #byRoot = new Map<string, Map<string, string>>();

  note(root: string, { upserts, deletions }: Changeset, who: string): void {
    const paths = this.#byRoot.get(root) ?? new Map<string, string>();
    this.#byRoot.set(root, paths);
    for (const { path } of upserts) paths.set(path, who);
    for (const path of deletions) paths.set(path, who);
  }

  /** Undefined: none did. */
  lastChangedBy(root: string, path: string): string | undefined {
    return this.#byRoot.get(root)?.get(path);
  }
}
