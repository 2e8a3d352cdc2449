import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system with little room. */
export interface SmallDisk {
  /** Where it is mounted. */
  readonly path: string;
  /** Takes it away with all that is on it, also from under a process that still uses it. May be called twice. */
  unmount(): void;
}

export interface SmallDiskOptions {
  sizeBytes: number;
  /** How many files and directories it takes; by default as many as the kernel thinks fit. */
  inodes?: number;
}

/** Why this machine cannot have one, for a test to skip with; undefined when it can. */
export function whyNoSmallDisk(): string | undefined {
  if (process.platform !== "linux") return `A tmpfs needs Linux; this is ${process.platform}.`;
  if (process.getuid?.() !== 0) return "Mounting a tmpfs needs root.";
  try {
    mountSmallDisk({ sizeBytes: 1024 * 1024 }).unmount();
    return undefined;
  } catch (error) {
    return `A tmpfs cannot be mounted: ${error instanceof Error ? error.message.trim() : error}`;
  }
}

/**
 * Mounts a tmpfs of its own. Whoever mounts it unmounts it.
 * @throws what `mount` says; {@link whyNoSmallDisk} tells beforehand
 */
export function mountSmallDisk({ sizeBytes, inodes }: SmallDiskOptions): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), "sloth-small-disk-"));
  const limits = [`size=${sizeBytes}`, "mode=700", ...(inodes === undefined ? [] : [`nr_inodes=${inodes}`])];
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", limits.join(","), "sloth-small-disk", path], {
      stdio: "pipe",
    });
  } catch (error) {
    rmdirSync(path);
    throw error;
  }
  let isMounted = true;
  return {
    path,
    unmount: () => {
      if (!isMounted) return;
      execFileSync("umount", ["--lazy", path], { stdio: "pipe" });
      isMounted = false;
      rmdirSync(path);
    },
  };
}
