import { lstatSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { HostError, type HostFileSystem } from "@sloth/dsl";

/** As many as Linux follows. */
const MOST_LINKS = 40;

/**
 * The same files, but for those that are outside of these directories, also by way of a link. Where another process
 * swaps directories for links meanwhile, it may get out: a process that can do that can reach those files itself.
 */
export function confineFiles(files: HostFileSystem, directories: readonly string[]): HostFileSystem {
  const { admits, inside } = confinement(directories);
  return {
    open: (path, mode) => files.open(inside(path), mode),
    read: (path) => files.read(inside(path)),
    write: (path, bytes) => files.write(inside(path), bytes),
    append: (path, bytes) => files.append(inside(path), bytes),
    exists: (path) => files.exists(inside(path)),
    mkdir: (path) => files.mkdir(inside(path)),
    remove: (path) => files.remove(besideLink(path, inside)),
    removeTree: (path) => files.removeTree(besideLink(path, inside)),
    list: (path) => files.list(inside(path)),
    temporaryName: () => files.temporaryName(),
    copy: (from, to) => files.copy(inside(from), withoutWayOut(inside(to), inside)),
    move: (from, to) => files.move(besideLink(from, inside), withoutWayOut(inside(to), inside)),
    stat: (path) => files.stat(besideLink(path, inside)),
    glob: (directory, pattern) => {
      const first = pattern.startsWith("/") ? "/" : inside(directory);
      const found = files.glob(first, pattern);
      return found.filter((path) => admits(resolve(first, path)));
    },
  };
}

/** What leads into some directories, which are looked at once. */
export interface Confinement {
  admits(path: string): boolean;
  /** Gives the path. @throws {HostError} EACCES where it leads out */
  inside(path: string): string;
}

export function confinement(directories: readonly string[]): Confinement {
  const roots = directories.map((directory) => realPath(directory));
  const admits = (path: string) => {
    const real = realPath(path);
    return roots.some((root) => real === root || real.startsWith(root + sep));
  };
  return {
    admits,
    inside(path) {
      if (admits(path)) return path;
      throw new HostError("Not allowed: this machine keeps tasks to their workspace", "EACCES");
    },
  };
}

/** Of what is not followed, only the directory that it is in counts. */
function besideLink(path: string, inside: (path: string) => string): string {
  inside(dirname(path));
  return path;
}

/** What is copied over a tree would be written through the links in it. */
function withoutWayOut(path: string, inside: (path: string) => string): string {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink()) inside(path);
  else if (stats?.isDirectory())
    for (const name of readdirSync(path)) withoutWayOut(join(path, name), inside);
  return path;
}

/** Where a path leads to; what does not exist yet, where it would be made. */
function realPath(path: string, links = 0): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const parent = dirname(path);
    if (parent === path || links > MOST_LINKS) throw error;
    const place = join(realPath(parent, links), basename(path));
    const isLink = lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
    return isLink ? realPath(resolve(dirname(place), readlinkSync(place)), links + 1) : place;
  }
}
