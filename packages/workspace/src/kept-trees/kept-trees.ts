import { hash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { tryAcquireLock } from "../lock/process-lock.js";
import { ContentStore } from "./content-store.js";
import { freeSpace, type Kept, keptBytes } from "./free-space.js";
import { LeasedTree } from "./leased-tree.js";

/** Which workspace of which master a tree is a copy of. */
export interface WorkspaceIdentity {
  id: string;
  /** The real path of its root on the master: a copy of a workspace has the same id. */
  root: string;
}

export interface KeptTreesOptions {
  /** What trees that are not in use and the store may hold together, in bytes. Default 10 GiB. */
  capacityBytes?: number | undefined;
  /** Called after a tree was released: a time to free space that several share. */
  onReleased?: (() => Promise<void>) | undefined;
  /** At most so often, in milliseconds. Default a minute: adding up what there is takes time, and a tree more or less in between does no harm. */
  freeingIntervalMs?: number | undefined;
}

const FREEING_INTERVAL_MS = 60_000;

export const DEFAULT_CAPACITY_BYTES = 10 * 2 ** 30;

/**
 * Copies of workspaces that are kept between attempts, each with its own directory that stays where it is, and a
 * store of contents that they do not hold any more. Several processes may use one directory.
 */
export class KeptTrees {
  readonly #directory: string;
  readonly #capacityBytes: number;
  readonly #store: ContentStore;
  readonly #onReleased: () => Promise<void>;
  readonly #freeingIntervalMs: number;
  #freeing: NodeJS.Timeout | undefined;
  #freedAtMs = performance.now();

  /** @param directory - created if it is missing, for this user only; nothing else may be in it */
  constructor(directory: string, options: KeptTreesOptions = {}) {
    this.#directory = directory;
    this.#capacityBytes = options.capacityBytes ?? DEFAULT_CAPACITY_BYTES;
    this.#onReleased = options.onReleased ?? (() => this.freeSpace());
    this.#freeingIntervalMs = options.freeingIntervalMs ?? FREEING_INTERVAL_MS;
    mkdirSync(`${directory}/trees`, { recursive: true, mode: 0o700 });
    this.#store = new ContentStore(`${directory}/store`);
  }

  /** Removes what was used least recently of all of them until the rest fits. Trees in use do not count. */
  static async freeSpaceOf(all: readonly KeptTrees[], capacityBytes: number): Promise<void> {
    await freeSpace(
      all.map((one) => one.#kept),
      capacityBytes,
    );
  }

  /** A tree for one attempt: a free one of this workspace, or a new one. The caller releases it. */
  lease(workspace: WorkspaceIdentity): LeasedTree {
    const home = this.#homeOf(workspace);
    mkdirSync(home, { recursive: true, mode: 0o700 });
    for (let number = 1; ; number++) {
      const directory = `${home}/${number}`;
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const lock = tryAcquireLock(`${directory}/lock`);
      if (lock !== undefined)
        return new LeasedTree({
          directory,
          lock,
          store: this.#store,
          siblings: () => siblingsOf(home, directory),
          onReleased: (isDiskFull) => (isDiskFull ? this.#makeRoom() : this.#freeSpaceNowAndThen()),
        });
    }
  }

  /** Whether a tree of this workspace is there, in use or free. */
  holds(workspace: WorkspaceIdentity): boolean {
    const home = this.#homeOf(workspace);
    return existsSync(home) && readdirSync(home).some((number) => existsSync(`${home}/${number}/tree`));
  }

  /** What all trees and contents together amount to, in bytes. Looks at each. */
  sizeBytes(): number {
    return keptBytes(this.#kept);
  }

  get #kept(): Kept {
    return { trees: `${this.#directory}/trees`, store: this.#store };
  }

  #homeOf({ id, root }: WorkspaceIdentity): string {
    const key = hash("sha256", `${id}\0${root}`, "hex").slice(0, 16);
    return `${this.#directory}/trees/${key}`;
  }

  /** Removes what was used least recently until the rest fits. Trees in use do not count. */
  async freeSpace(): Promise<void> {
    await freeSpace([this.#kept], this.#capacityBytes);
  }

  async #freeSpaceNowAndThen(): Promise<void> {
    const leftMs = this.#freedAtMs + this.#freeingIntervalMs - performance.now();
    // Nothing waits for it: the next start of the process does it as well.
    this.#freeing ??= setTimeout(() => this.#freeSpaceNow(), Math.max(0, leftMs)).unref();
  }

  #freeSpaceNow(): void {
    this.#freeing = undefined;
    this.#freedAtMs = performance.now();
    // What could not be removed now is tried again later.
    void this.#onReleased().catch(() => {});
  }

  /** The file system is smaller than the capacity, or others fill it: half of what is kept makes room for what comes. */
  async #makeRoom(): Promise<void> {
    await freeSpace([this.#kept], this.sizeBytes() / 2).catch(() => {});
  }
}

function siblingsOf(home: string, directory: string): string[] {
  return readdirSync(home)
    .map((name) => `${home}/${name}`)
    .filter((sibling) => sibling !== directory);
}
