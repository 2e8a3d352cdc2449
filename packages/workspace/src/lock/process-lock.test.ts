import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { built, ended, startChild } from "../testing/child.js";
import { temporaryDirectory } from "../testing/temporary-directory.js";
import { acquireLock, tryAcquireLock } from "./process-lock.js";

const lockModule = JSON.stringify(built("lock/process-lock.js"));

/** A process that takes the lock, says so, and holds it until it is killed. */
async function holder(path: string) {
  const child = startChild(`
    import { acquireLock } from ${lockModule};
    await acquireLock(${JSON.stringify(path)});
    process.send("locked");
    setInterval(() => undefined, 1000);`);
  await once(child, "message");
  return child;
}

describe("a lock between processes", () => {
  it("is had by one at a time, and by the next when it was released", async () => {
    const path = join(temporaryDirectory(), "lock");
    const first = await acquireLock(path);
    expect(tryAcquireLock(path)).toBeUndefined();
    first.release();
    const second = tryAcquireLock(path);
    expect(second).toBeDefined();
    first.release();
    expect(tryAcquireLock(path)).toBeUndefined();
    second?.release();
  });

  it("leaves nothing behind", async () => {
    const directory = temporaryDirectory();
    const lock = await acquireLock(join(directory, "lock"));
    expect(tryAcquireLock(join(directory, "lock"))).toBeUndefined();
    lock.release();
    expect(readdirSync(directory)).toEqual([]);
  });

  it("tells once who has it, and goes to who waits", async () => {
    const path = join(temporaryDirectory(), "lock");
    const first = await acquireLock(path);
    const waitedFor: number[] = [];
    const second = acquireLock(path, {
      onWait: (pid) => {
        waitedFor.push(pid);
        setTimeout(() => first.release(), 50);
      },
    });
    (await second).release();
    expect(waitedFor).toEqual([process.pid]);
  });

  it("stops waiting with the reason of the signal, and leaves no draft", async () => {
    const directory = temporaryDirectory();
    const lock = await acquireLock(join(directory, "lock"));
    const stop = new AbortController();
    const waiting = acquireLock(join(directory, "lock"), {
      signal: stop.signal,
      onWait: () => stop.abort(new Error("enough")),
    });
    await expect(waiting).rejects.toThrow("enough");
    expect(readdirSync(directory)).toEqual(["lock"]);
    lock.release();
  });

  it("is taken from a process that was killed, and not from one that lives", async () => {
    const directory = temporaryDirectory();
    const path = join(directory, "lock");
    const child = await holder(path);
    expect(tryAcquireLock(path)).toBeUndefined();
    const pids: number[] = [];
    const waiting = acquireLock(path, {
      onWait: (pid) => {
        pids.push(pid);
        child.kill("SIGKILL");
      },
    });
    (await waiting).release();
    expect(pids).toEqual([child.pid]);
    expect(readdirSync(directory)).toEqual([]);
  });

  it("removes the draft of a process that died while it waited", async () => {
    const directory = temporaryDirectory();
    const path = join(directory, "lock");
    const lock = await acquireLock(path);
    const child = startChild(`
      import { acquireLock } from ${lockModule};
      await acquireLock(${JSON.stringify(path)}, { onWait: () => process.kill(process.pid, "SIGKILL") });`);
    expect(await ended(child)).toBe("SIGKILL");
    expect(readdirSync(directory)).toHaveLength(2);
    lock.release();
    tryAcquireLock(path)?.release();
    expect(readdirSync(directory)).toEqual([]);
  });

  it("follows no symlink, breaks no file, and says what stands there", async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, "elsewhere"));
    symlinkSync("elsewhere", join(directory, "link"));
    writeFileSync(join(directory, "file"), "mine");
    mkdirSync(join(directory, "foreign"));
    writeFileSync(join(directory, "foreign/mine"), "");
    for (const name of ["link", "file", "foreign", "missing/lock"])
      await expect(acquireLock(join(directory, name))).rejects.toMatchObject({ code: "IO_FAILED" });
    expect(readdirSync(directory).sort()).toEqual(["elsewhere", "file", "foreign", "link"]);
    expect(existsSync(join(directory, "foreign/mine"))).toBe(true);
  });

  it("keeps several processes apart, whoever of them is killed", async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "counter"), "0");
    const worker = (number: number) =>
      startChild(`
        import { acquireLock } from ${lockModule};
        import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
        process.chdir(${JSON.stringify(directory)});
        process.send("ready");
        for (let turn = 0; turn < 60; turn++) {
          const lock = await acquireLock("lock");
          const next = Number(readFileSync("counter", "utf8")) + 1;
          await new Promise((resolve) => setImmediate(resolve));
          writeFileSync("counter.${number}", String(next));
          renameSync("counter.${number}", "counter");
          appendFileSync("seen.${number}", next + "\\n");
          lock.release();
        }
        process.disconnect();`);
    // One that is killed early has perhaps not come to it.
    for (const number of [0, 1, 2, 3, 4, 5]) writeFileSync(join(directory, `seen.${number}`), "");
    const workers = [0, 1, 2, 3, 4, 5].map(worker);
    await Promise.all(workers.map((child) => once(child, "message")));
    const atCount = async (count: number) => {
      while (Number(readFileSync(join(directory, "counter"), "utf8")) < count)
        await new Promise((resolve) => setImmediate(resolve));
    };
    for (const [index, count] of [20, 60, 100].entries()) {
      await atCount(count);
      workers[index]?.kill("SIGKILL");
    }
    const outcomes = await Promise.all(workers.map(ended));
    expect(outcomes.slice(3)).toEqual([0, 0, 0]);
    const seen = [0, 1, 2, 3, 4, 5].flatMap((number) =>
      readFileSync(join(directory, `seen.${number}`), "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map(Number),
    );
    expect(new Set(seen).size).toBe(seen.length);
    tryAcquireLock(join(directory, "lock"))?.release();
    expect(readdirSync(directory).filter((name) => name.startsWith("lock"))).toEqual([]);
  });
});
