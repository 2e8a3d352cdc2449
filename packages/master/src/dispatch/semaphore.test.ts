import { describe, expect, it } from "vitest";
import { Semaphore } from "./semaphore.js";

describe("a semaphore", () => {
  it("lets so many through at once, the others in their order, whatever becomes of each", async () => {
    const semaphore = new Semaphore(2);
    const { signal } = new AbortController();
    const log: string[] = [];
    const ends: (() => void)[] = [];
    const work = (name: string) => () =>
      new Promise<void>((resolve, reject) => {
        log.push(name);
        ends.push(name === "b" ? () => reject(new Error(name)) : resolve);
      });
    const passing = ["a", "b", "c", "d"].map((name) => semaphore.use(work(name), signal).catch(() => {}));
    await Promise.resolve();
    expect(log).toEqual(["a", "b"]);
    ends[1]?.();
    await passing[1];
    expect(log).toEqual(["a", "b", "c"]);
    ends[0]?.();
    await passing[0];
    expect(log).toEqual(["a", "b", "c", "d"]);
    for (const end of ends) end();
    await Promise.all(passing);
  });

  it("lets go who does not want to wait any more", async () => {
    const semaphore = new Semaphore(1);
    const [first, second] = [new AbortController(), new AbortController()];
    let end = () => {};
    const work = () =>
      new Promise<void>((resolve) => {
        end = resolve;
      });
    const passing = semaphore.use(work, first.signal);
    const waiting = semaphore.use(async () => "never", second.signal);
    const third = semaphore.use(async () => "third", first.signal);
    second.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await Promise.resolve();
    end();
    await passing;
    expect(await third).toBe("third");
  });
});
