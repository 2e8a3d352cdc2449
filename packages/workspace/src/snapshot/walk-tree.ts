import { type BigIntStats, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { quote, systemCode, WorkspaceError } from "../errors.js";
import type { ManifestEntry } from "../manifest/entry.js";
import { checkTarget } from "../manifest/link-rules.js";
import { checkPath, comparePaths } from "../manifest/path-rules.js";
import type { Pace } from "../pacing.js";
import { isExcluded } from "./excluded.js";
import { type FileIdentity, identityOf, microseconds } from "./file-identity.js";
import { FileHasher, fileChanged, unreadable } from "./read-file.js";

/** Gives a file's digest if it is known without reading the file. */
export type KnownDigest = (path: string, identity: FileIdentity) => string | undefined;

export interface Walk {
  entries: ManifestEntry[];
  identities: Map<string, FileIdentity>;
  skipped: string[];
}

/**
 * Lists a tree in tree order and hashes the files whose digest is not known. Never follows a link.
 * @throws {WorkspaceError} UNREADABLE, BAD_PATH or FILE_CHANGED, naming the path
 */
export async function walkTree(root: string, pace: Pace, known: KnownDigest): Promise<Walk> {
  const walker = new Walker(root, pace, known);
  await walker.directory("");
  return walker;
}

class Walker implements Walk {
  readonly entries: ManifestEntry[] = [];
  readonly identities = new Map<string, FileIdentity>();
  readonly skipped: string[] = [];
  readonly #root: string;
  readonly #pace: Pace;
  readonly #known: KnownDigest;
  readonly #hasher: FileHasher;

  constructor(root: string, pace: Pace, known: KnownDigest) {
    this.#root = root;
    this.#pace = pace;
    this.#known = known;
    this.#hasher = new FileHasher(pace);
  }

  async directory(path: string): Promise<void> {
    for (const name of listNames(`${this.#root}/${path}`, path)) {
      const child = path === "" ? name : `${path}/${name}`;
      checkPath(child);
      if (this.#pace.isDue()) await this.#pace.rest();
      await this.#visit(child, `${this.#root}/${child}`);
    }
  }

  async #visit(path: string, location: string): Promise<void> {
    const stats = readStats(location, path);
    const none = { path, mode: Number(stats.mode & 0o777n), mtimeUs: 0, sizeBytes: 0 };
    if (stats.isDirectory()) {
      this.entries.push({ ...none, kind: "directory" });
      await this.directory(path);
    } else if (stats.isSymbolicLink()) {
      this.entries.push({ ...none, kind: "symlink", mode: 0, target: readTarget(location, path) });
    } else if (stats.isFile()) {
      const { digest, identity } = await this.#digestOf(path, location, identityOf(stats));
      this.identities.set(path, identity);
      this.entries.push(fileEntry(path, identity, digest));
    } else {
      this.skipped.push(path);
    }
  }

  async #digestOf(
    path: string,
    location: string,
    identity: FileIdentity,
  ): Promise<{ digest: string; identity: FileIdentity }> {
    const digest = this.#known(path, identity);
    return digest === undefined ? this.#hasher.hash(location, path) : { digest, identity };
  }
}

export function fileEntry(path: string, identity: FileIdentity, digest: string): ManifestEntry {
  const { mode, mtimeNs, sizeBytes } = identity;
  return { path, kind: "file", mode: mode & 0o777, mtimeUs: microseconds(mtimeNs), sizeBytes, digest };
}

/** The names in a directory in tree order, without the excluded ones. */
function listNames(location: string, path: string): string[] {
  let names: string[];
  try {
    names = readdirSync(location);
    if (names.some((name) => name.includes("\ufffd"))) checkUtf8(location, path);
  } catch (cause) {
    if (cause instanceof WorkspaceError) throw cause;
    throw unreadable(path === "" ? "." : path, cause);
  }
  return names.filter((name) => !isExcluded(name)).sort(comparePaths);
}

/** Node replaces bytes that are no UTF-8 by U+FFFD, so only names with one in them need a second look. */
function checkUtf8(location: string, path: string): void {
  for (const raw of readdirSync(location, { encoding: "buffer" })) {
    const name = raw.toString("utf8");
    if (Buffer.from(name).equals(raw)) continue;
    const shown = `${path === "" ? "" : `${path}/`}${raw.toString("latin1")}`;
    throw new WorkspaceError("BAD_PATH", `The name ${quote(shown)} is not UTF-8. Rename it.`, {
      path: shown,
    });
  }
}

function readStats(location: string, path: string): BigIntStats {
  try {
    return lstatSync(location, { bigint: true });
  } catch (cause) {
    throw systemCode(cause) === "ENOENT"
      ? fileChanged(path, "vanished while the tree was read", cause)
      : unreadable(path, cause);
  }
}

function readTarget(location: string, path: string): string {
  try {
    const raw = readlinkSync(location, { encoding: "buffer" });
    const target = raw.toString("utf8");
    if (!Buffer.from(target).equals(raw)) {
      throw new WorkspaceError("BAD_PATH", `The target of the symlink ${quote(path)} is not UTF-8.`, {
        path,
      });
    }
    checkTarget(path, target);
    return target;
  } catch (cause) {
    throw cause instanceof WorkspaceError ? cause : unreadable(path, cause);
  }
}
