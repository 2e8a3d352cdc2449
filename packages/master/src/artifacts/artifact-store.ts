import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { didYouMean } from "@sloth/dsl";
import { findMatches, matchesPattern } from "@sloth/runtime";
import type { PlannedTask } from "../plan/plan-run.js";
import { ARTIFACT_INDEX, type ArtifactEntries, type ArtifactEntry } from "./artifact-entry.js";
import { missingArtifact } from "./missing-artifact.js";

/** What tasks of one run have saved for those after them. Calls may overlap. */
export interface ArtifactStore {
  /** Saves the artifacts of a task that has succeeded. Gives why that cannot be done. */
  save(planned: PlannedTask): Promise<string | undefined>;
  /** Puts what a task consumes into its working directory. Gives why that cannot be done. */
  bringIn(planned: PlannedTask): Promise<string | undefined>;
}

/** How many names a message shows. */
const MOST_NAMES = 10;

/** Why a task's artifacts cannot be saved or brought in, for a person. */
class ArtifactProblem extends Error {
  override name = "ArtifactProblem";
}

/**
 * Keeps contents by their SHA-256 in a directory, which is made when something is saved. Paths are relative to the
 * working directory of the task that saves and of the one that consumes; where two tasks save one path, the later
 * one wins.
 *
 * @param ensureDirectory - makes the directory and gives its path
 * @param earlier - what is in it already. Default: nothing
 */
export function openArtifactStore(
  ensureDirectory: () => Promise<string>,
  earlier: ArtifactEntries = new Map(),
): ArtifactStore {
  const store = new Store(ensureDirectory, earlier);
  const explained = (action: (planned: PlannedTask) => Promise<void>) => async (planned: PlannedTask) => {
    try {
      await action(planned);
      return undefined;
    } catch (error) {
      if (error instanceof ArtifactProblem) return error.message;
      const { code, path, message } = error as NodeJS.ErrnoException;
      return code === undefined ? Promise.reject(error) : `artifacts: ${path ?? ""}: ${message}`;
    }
  };
  return {
    save: explained((planned) => store.save(planned)),
    bringIn: explained((planned) => store.bringIn(planned)),
  };
}

class Store {
  readonly #ensureDirectory: () => Promise<string>;
  readonly #entries: Map<string, ArtifactEntry>;
  #directory: Promise<string> | undefined;
  #names = 0;

  constructor(ensureDirectory: () => Promise<string>, earlier: ArtifactEntries) {
    this.#ensureDirectory = ensureDirectory;
    this.#entries = new Map(earlier);
  }

  async save(planned: PlannedTask): Promise<void> {
    const { task, workspace, workdir } = planned;
    const root = join(workspace, workdir);
    const missing = missingArtifact(planned);
    if (missing !== undefined) throw new ArtifactProblem(missing);
    for (const pattern of task.artifacts ?? [])
      for (const path of findMatches(root, pattern)) await this.#add(root, path);
    if (task.artifacts?.length) await this.#writeIndex();
  }

  async bringIn({ task, workspace, workdir }: PlannedTask): Promise<void> {
    const wanted = new Map<string, ArtifactEntry>();
    for (const name of task.consumes ?? []) {
      const found = [...this.#entries].filter(
        ([path]) => path.startsWith(`${name}/`) || matchesPattern(path, name),
      );
      if (found.length === 0)
        throw new ArtifactProblem(
          `consumes "${name}": no task of this run has saved it${this.#savedLike(name)}`,
        );
      for (const [path, entry] of found) wanted.set(path, entry);
    }
    const root = join(workspace, workdir);
    const inOrder = [...wanted].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [path, entry] of inOrder) await this.#place(root, path, entry);
    // From below, since a directory that may not be written to takes nothing in.
    for (const [path, entry] of inOrder.reverse()) {
      if (entry.kind === "directory") await chmod(join(root, path), entry.mode);
    }
  }

  #savedLike(name: string): string {
    const saved = [...this.#entries.keys()];
    const near = didYouMean(name, saved);
    if (near !== "" || saved.length === 0) return near;
    return `. Saved are: ${saved.slice(0, MOST_NAMES).join(", ")}${saved.length > MOST_NAMES ? ", …" : ""}`;
  }

  async #add(root: string, path: string): Promise<void> {
    const location = join(root, path);
    const stats = await lstat(location);
    const mode = stats.mode & 0o777;
    if (stats.isDirectory()) {
      this.#entries.set(path, { kind: "directory", mode });
      for (const name of await readdir(location)) await this.#add(root, posix.join(path, name));
    } else if (stats.isSymbolicLink()) {
      const target = await readlink(location);
      const leadsTo = posix.normalize(posix.join(posix.dirname(path), target));
      if (target.startsWith("/") || leadsTo.startsWith(".."))
        throw new ArtifactProblem(`artifacts: "${path}" is a link that leads out of the working directory`);
      this.#entries.set(path, { kind: "symlink", target });
    } else if (stats.isFile()) {
      this.#entries.set(path, { kind: "file", mode, digest: await this.#keep(location) });
    } else throw new ArtifactProblem(`artifacts: "${path}" is neither a file, a directory nor a link`);
  }

  /** Copies a content, unless it is there; gives its digest. */
  async #keep(location: string): Promise<string> {
    const directory = await this.#openDirectory();
    const temporary = join(directory, `new-${++this.#names}`);
    await copyFile(location, temporary);
    const digest = await digestOf(temporary);
    await rename(temporary, join(directory, digest));
    return digest;
  }

  #openDirectory(): Promise<string> {
    this.#directory ??= this.#ensureDirectory();
    return this.#directory;
  }

  /** For a run that continues this one. */
  async #writeIndex(): Promise<void> {
    const directory = await this.#openDirectory();
    const temporary = join(directory, `new-${++this.#names}`);
    await writeFile(temporary, JSON.stringify([...this.#entries]), { mode: 0o600 });
    await rename(temporary, join(directory, ARTIFACT_INDEX));
  }

  async #place(root: string, path: string, entry: ArtifactEntry): Promise<void> {
    await makeParents(root, path);
    const location = join(root, path);
    if (entry.kind === "directory") {
      await makeDirectory(location, path);
      return;
    }
    const temporary = join(dirname(location), `.sloth-artifact-${++this.#names}`);
    try {
      if (entry.kind === "symlink") await symlink(entry.target, temporary);
      else {
        await copyFile(join(await this.#openDirectory(), entry.digest), temporary);
        await chmod(temporary, entry.mode);
      }
      await rename(temporary, location);
    } finally {
      await rm(temporary, { force: true });
    }
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk);
  return hash.digest("hex");
}

/** One level after the other, since a link among them would lead elsewhere. */
async function makeParents(root: string, path: string): Promise<void> {
  const names = path.split("/").slice(0, -1);
  for (let count = 1; count <= names.length; count++) {
    const parent = names.slice(0, count).join("/");
    await makeDirectory(join(root, parent), parent);
  }
}

async function makeDirectory(location: string, path: string): Promise<void> {
  await mkdir(location).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  if (!(await lstat(location)).isDirectory())
    throw new ArtifactProblem(`consumes: "${path}" is there and is not a directory`);
}
