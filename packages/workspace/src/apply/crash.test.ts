import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openWorkspace } from "../root/open-workspace.js";
import { arbitraryTree } from "../testing/arbitrary-tree.js";
import {
  applyInChild,
  dyingHook,
  NEW_TREE,
  OLD_TREE,
  openInChild,
  prepareApply,
} from "../testing/interrupted-apply.js";
import { asOrdinaryUser } from "../testing/ordinary-user.js";
import { temporaryDirectory, withTemporaryDirectory } from "../testing/temporary-directory.js";
import { readTree, writeTree } from "../testing/tree.js";
import type { ApplyOptions } from "./apply-changeset.js";

/** How far apart the tried steps are; SLOTH_CRASH_ALL=1 tries every one, which takes minutes. */
const stride = (usual: number) => (process.env.SLOTH_CRASH_ALL === undefined ? usual : 1);
const TIMEOUT_MS = 900_000;
const BEYOND = 10_000;

/** What a tree is, without the times that making it gave it. */
const shown = (root: string) => readTree(root).map((line) => line.replace(/ \d{10,} /, " "));

function shownWhenWritten(tree: typeof OLD_TREE): string[] {
  const root = temporaryDirectory();
  writeTree(root, tree);
  return shown(root);
}

function leftIn(root: string, ...places: string[]): string[] {
  return places.flatMap((place) => {
    const directory = join(root, ".sloth", place);
    return existsSync(directory) ? readdirSync(directory).map((name) => `${place}/${name}`) : [];
  });
}

function inFreshRoot<T>(work: (root: string) => Promise<T>): Promise<T> {
  return withTemporaryDirectory((parent) => work(join(parent, "root")));
}

/** Prepares there as root, and works as a user whom permissions stop. */
function inFreshRootOfSomebody<T>(work: (root: string, options: ApplyOptions) => Promise<T>): Promise<T> {
  return inFreshRoot(async (root) => {
    const options = await prepareApply(root);
    const owned = spawnSync("find", [join(root, "..")], { encoding: "utf8" })
      .stdout.trim()
      .split("\n");
    return asOrdinaryUser(owned, () => work(root, options));
  });
}

function stepsOf(): Promise<string[]> {
  return inFreshRoot(async (root) => namesOfSteps(root, await prepareApply(root)));
}

function stepsOfSomebody(failAt?: number): Promise<string[]> {
  return inFreshRootOfSomebody((root, options) => namesOfSteps(root, options, failAt));
}

/** The names of all steps of an apply, or of one that fails at a step. */
async function namesOfSteps(root: string, options: ApplyOptions, failAt?: number): Promise<string[]> {
  const { onStep, names } = dyingHook(BEYOND, failAt);
  const applied = (await openWorkspace(root)).apply({ ...options, onStep });
  await (failAt === undefined ? applied : expect(applied).rejects.toThrow("failed"));
  return names;
}

/** Opens again and again, dying one step later each time, until it goes through. */
async function openDying(root: string, firstDeath: number): Promise<void> {
  for (let dieAt = firstDeath; ; dieAt++) {
    const opened = await openWorkspace(root, dyingHook(dieAt)).catch((error: Error) => {
      expect(error.message).toBe("killed");
      return undefined;
    });
    if (opened !== undefined) return;
  }
}

describe("a process that is killed", () => {
  it(
    "at any step of an apply leaves the old or the new tree to whoever opens it next",
    async () => {
      const [before, after] = [shownWhenWritten(OLD_TREE), shownWhenWritten(NEW_TREE)];
      const names = await stepsOf();
      const committedAt = names.indexOf("journal") + 1;
      expect(names.length).toBeGreaterThan(25);
      for (let killAt = 1; killAt <= names.length + 1; killAt++) {
        await inFreshRoot(async (root) => {
          await prepareApply(root);
          expect(await applyInChild(root, killAt)).toBe(killAt > names.length ? 0 : "SIGKILL");
          await openWorkspace(root);
          expect(shown(root), `killed at ${names[killAt - 1]}`).toEqual(
            killAt > committedAt ? after : before,
          );
          expect(leftIn(root, "staging", "journal", "rollback")).toEqual([]);
        });
      }
    },
    TIMEOUT_MS,
  );

  it(
    "while it recovers leaves the new tree to whoever opens it next",
    async () => {
      const after = shownWhenWritten(NEW_TREE);
      for (let killAt = 1, outcome: unknown; outcome !== 0; killAt += stride(6)) {
        await inFreshRoot(async (root) => {
          await prepareApply(root);
          expect(await applyInChild(root, 17)).toBe("SIGKILL");
          outcome = await openInChild(root, killAt);
          await openWorkspace(root);
          expect(shown(root), `killed at step ${killAt} of the recovery`).toEqual(after);
          expect(leftIn(root, "staging", "journal", "rollback")).toEqual([]);
        });
      }
    },
    TIMEOUT_MS,
  );
});

describe("a process that is killed while it undoes a commit that failed", () => {
  it(
    "leaves the old tree to whoever opens it next",
    async () => {
      const before = shownWhenWritten(OLD_TREE);
      const names = await stepsOf();
      for (let failAt = names.indexOf("journal") + 2; failAt <= names.length; failAt += stride(9)) {
        const undoing = await inFreshRoot(async (root) =>
          namesOfSteps(root, await prepareApply(root), failAt),
        );
        // The first step writes down that all is undone; before it, all is carried through.
        for (let killAt = failAt + 2; killAt <= undoing.length; killAt += stride(4)) {
          await inFreshRoot(async (root) => {
            await prepareApply(root);
            expect(await applyInChild(root, killAt, failAt)).toBe("SIGKILL");
            await openWorkspace(root);
            const where = `failed at ${names[failAt - 1]}, killed at ${undoing[killAt - 1]}`;
            expect(shown(root), where).toEqual(before);
            expect(leftIn(root, "staging", "journal", "rollback")).toEqual([]);
          });
        }
      }
    },
    TIMEOUT_MS,
  );
});

describe("a commit of an ordinary user that stops at any step", () => {
  it(
    "is carried through, however often that stops",
    async () => {
      const after = shownWhenWritten(NEW_TREE);
      const names = await stepsOfSomebody();
      for (let dieAt = names.indexOf("journal") + 2; dieAt < names.length; dieAt += stride(3)) {
        await inFreshRootOfSomebody(async (root, options) => {
          const applied = (await openWorkspace(root)).apply({ ...options, ...dyingHook(dieAt) });
          await expect(applied).rejects.toThrow("killed");
          await openDying(root, 1);
          expect(shown(root), `stopped at ${names[dieAt - 1]}`).toEqual(after);
          expect(leftIn(root, "journal", "rollback")).toEqual([]);
        });
      }
    },
    TIMEOUT_MS,
  );

  it(
    "and fails there is undone, however often that stops",
    async () => {
      const before = shownWhenWritten(OLD_TREE);
      const names = await stepsOfSomebody();
      for (let failAt = names.indexOf("journal") + 2; failAt < names.length; failAt += stride(5)) {
        const undoing = await stepsOfSomebody(failAt);
        for (let dieAt = failAt + 2; dieAt < undoing.length; dieAt += stride(4)) {
          await inFreshRootOfSomebody(async (root, options) => {
            const applied = (await openWorkspace(root)).apply({ ...options, ...dyingHook(dieAt, failAt) });
            await expect(applied).rejects.toThrow();
            await openDying(root, 1);
            expect(shown(root), `failed at ${names[failAt - 1]}`).toEqual(before);
            expect(leftIn(root, "journal", "rollback")).toEqual([]);
          });
        }
      }
    },
    TIMEOUT_MS,
  );
});

describe("a commit between any two trees", () => {
  it("leaves one of the two, wherever it dies or fails, and wherever its recovery dies", async () => {
    const number = fc.integer({ min: 1, max: 40 });
    await fc.assert(
      fc.asyncProperty(arbitraryTree, arbitraryTree, number, number, async (from, to, dieAt, failAt) => {
        await inFreshRoot(async (root) => {
          const options = { ...(await prepareApply(root, [from, to])), allowDeleteAll: true };
          const trees = [readTree(root), readTree(join(root, "../source"))];
          const applied = (await openWorkspace(root)).apply({ ...options, ...dyingHook(dieAt, failAt) });
          await applied.catch(() => undefined);
          await openDying(root, 1);
          expect(trees).toContainEqual(readTree(root));
          expect(leftIn(root, "journal", "rollback")).toEqual([]);
        });
      }),
      { numRuns: 60 },
    );
  }, 300_000);
});
