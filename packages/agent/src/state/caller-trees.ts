import { hash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_CAPACITY_BYTES, KeptTrees } from "@sloth/workspace";

export interface CallerTreesOptions {
  /** What is kept between attempts, of all callers together, in bytes. Default 10 GiB. */
  capacityBytes?: number | undefined;
  /** And of one caller. Default: no less than of all. */
  callerCapacityBytes?: number | undefined;
}

/**
 * What is kept of the workspaces of each caller, apart from those of others: whoever names the workspace of another, or
 * the digest of a content, gets nothing by it.
 */
export class CallerTrees {
  readonly #directory: string;
  readonly #capacityBytes: number;
  readonly #callerCapacityBytes: number;
  readonly #known = new Map<string, KeptTrees>();

  /** @param directory - of the agent's state */
  constructor(directory: string, options: CallerTreesOptions = {}) {
    this.#directory = directory;
    this.#capacityBytes = options.capacityBytes ?? DEFAULT_CAPACITY_BYTES;
    this.#callerCapacityBytes = Math.min(
      options.callerCapacityBytes ?? Number.POSITIVE_INFINITY,
      this.#capacityBytes,
    );
    this.#open("workspaces");
    const callers = join(directory, "callers");
    for (const name of existsSync(callers) ? readdirSync(callers) : []) this.#open(`callers/${name}`);
  }

  /** @param caller - "" where callers are not told apart */
  of(caller: string): KeptTrees {
    return this.#open(caller === "" ? "workspaces" : `callers/${hash("sha256", caller, "hex").slice(0, 32)}`);
  }

  /** What is kept of all callers, in bytes. Looks at each tree. */
  sizeBytes(): number {
    return [...this.#known.values()].reduce((sum, trees) => sum + trees.sizeBytes(), 0);
  }

  /** Removes what was used least recently, until each caller and all together are within what they may keep. */
  async freeSpace(): Promise<void> {
    const all = [...this.#known.values()];
    for (const trees of all) await trees.freeSpace();
    if (all.length > 1) await KeptTrees.freeSpaceOf(all, this.#capacityBytes);
  }

  #open(path: string): KeptTrees {
    const known = this.#known.get(path);
    if (known) return known;
    const trees = new KeptTrees(join(this.#directory, path), {
      capacityBytes: this.#callerCapacityBytes,
      onReleased: () => this.freeSpace(),
    });
    this.#known.set(path, trees);
    return trees;
  }
}
