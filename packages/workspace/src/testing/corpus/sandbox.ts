import { spawnSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Manifest } from "../../index.js";
import { digestOf } from "../archive.js";
import { directory, type Entry, file, shownDirectory, shownFile, symlink } from "./list-bytes.js";

/** An absolute path that cases try to create. */
export const PLANTED = "/tmp/sloth-corpus-planted";

/** What the master's working directory holds when it is sent; `hard` is another name of a file outside. */
export const BASE: readonly Entry[] = [
  directory("d"),
  directory("d/deep"),
  file("d/deep/leaf", "leaf"),
  file("d/inner", "inner"),
  symlink("dirlink", "d"),
  directory("empty"),
  file("hard", "shared"),
  file("keep", "keep"),
  symlink("link", "keep"),
  symlink("out", "../outside"),
];

/** A directory with `root/`, in which things are received, and with everything else, in which nothing may change. */
export class Sandbox {
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), "sloth-corpus-")));
  readonly root = join(this.directory, "root");
  readonly outside = join(this.directory, "outside");
  /** Whose root stands there as it was made. */
  readyFor: "agent" | "master" | undefined;

  constructor() {
    mkdirSync(join(this.outside, "dir"), { recursive: true });
    mkdirSync(join(this.outside, "readonly"));
    for (const name of ["secret", "shared", "dir/file", "readonly/file"]) put(join(this.outside, name), name);
    chmodSync(join(this.outside, "secret"), 0o600);
    chmodSync(join(this.outside, "readonly"), 0o555);
    symlinkSync("secret", join(this.outside, "link"));
    symlinkSync("nothing", join(this.outside, "dangling"));
    makeFifo(join(this.outside, "fifo"));
    mkdirSync(this.root);
  }

  /** Empties the root and makes these entries in it. */
  reset(entries: readonly Entry[]): void {
    removeTree(this.root);
    mkdirSync(this.root);
    for (const entry of entries) this.#make(entry);
  }

  remove(): void {
    removeTree(this.directory);
  }

  #make({ path, kind, content, shown }: Entry): void {
    const location = join(this.root, String(path));
    if (kind === "directory") mkdirSync(location);
    else if (kind === "symlink") symlinkSync(shown.slice("-> ".length), location);
    else if (path === "hard") linkSync(join(this.outside, "shared"), location);
    else put(location, content);
  }
}

function put(location: string, content: string | Buffer): void {
  writeFileSync(location, content);
  chmodSync(location, 0o644);
  utimesSync(location, 1, 1);
}

export function makeFifo(location: string): void {
  spawnSync("mkfifo", [location]);
}

/** The socket outlives the process that bound it, which is killed before it can remove it. */
export function makeSocket(location: string): void {
  const script = "require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 9))";
  spawnSync(process.execPath, ["-e", script, location]);
}

/** What stands below a directory: `path shown`, in the order of the names. */
export function readLines(root: string, leaveOut: (path: string) => boolean = () => false): string[] {
  return [...walk(root, "", leaveOut)].map(([path, location]) => `${path} ${shownAt(location)}`);
}

/** The file outside that has a second name in the root, whose removal shows in its change time. */
const SHARED = /outside\/shared$/;

/** All that can be seen of what stands below a directory without touching it. */
export function observeAll(root: string, leaveOut: (path: string) => boolean = () => false): string[] {
  return [...walk(root, "", leaveOut)].map(([path, location]) => {
    const { ino, mtimeNs, ctimeNs } = lstatSync(location, { bigint: true });
    const changed = SHARED.test(path) ? "" : ` ctime ${ctimeNs}`;
    return `${path} ${shownAt(location)} inode ${ino} mtime ${mtimeNs}${changed}`;
  });
}

function* walk(
  root: string,
  above: string,
  leaveOut: (path: string) => boolean = () => false,
): Generator<[string, string]> {
  for (const name of readdirSync(above === "" ? root : `${root}/${above}`).sort()) {
    const path = above === "" ? name : `${above}/${name}`;
    if (leaveOut(path)) continue;
    yield [path, `${root}/${path}`];
    if (lstatSync(`${root}/${path}`).isDirectory()) yield* walk(root, path, leaveOut);
  }
}

function shownAt(location: string): string {
  const stats = lstatSync(location, { bigint: true });
  const mode = Number(stats.mode & 0o7777n);
  if (stats.isSymbolicLink()) return `-> ${readlinkSync(location)}`;
  if (stats.isDirectory()) return shownDirectory(mode);
  if (stats.isFile())
    return shownFile(mode, stats.mtimeNs / 1000n, stats.size, digestOf(readFileSync(location)));
  return stats.isFIFO() ? "FIFO" : "socket";
}

/** `rm` is for paths that are longer than one call takes. */
function removeTree(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    spawnSync("chmod", ["-R", "u+rwx", directory]);
    spawnSync("rm", ["-rf", "--", directory]);
  }
}

/** A valid tree as {@link readLines} shows it when it stands on a disk. */
export function shownManifest({ entries }: Manifest): string[] {
  return entries.map(({ path, kind, mode, mtimeUs, sizeBytes, digest = "", target }) => {
    if (kind === "symlink") return `${path} -> ${target}`;
    return `${path} ${kind === "file" ? shownFile(mode, mtimeUs, sizeBytes, digest) : shownDirectory(mode)}`;
  });
}
