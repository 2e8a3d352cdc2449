import { lchownSync } from "node:fs";

const NOBODY = 65534;

/**
 * Does `work` as a user whom permissions stop: root is asked to be nobody meanwhile. `owned` are paths that are
 * given to that user before.
 */
export async function asOrdinaryUser<T>(owned: readonly string[], work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  for (const path of owned) lchownSync(path, NOBODY, NOBODY);
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}
