import { expect, it } from "vitest";
import { shellAttempt } from "./attempts.js";
import { processesWith, uniqueSleep } from "./living-processes.js";
import { observe, observeCancelled } from "./observe.js";
import type { ContractSubject } from "./subject.js";

export function describeProcessTrees(subject: () => ContractSubject): void {
  it("ends a tree that ignores TERM at the time limit", async () => {
    const seconds = uniqueSleep();
    const script = `trap "" TERM; sleep ${seconds} & (sleep ${seconds}) & echo ready; wait; sleep ${seconds}`;
    const { result, stdout } = await observe(subject(), shellAttempt(subject(), script, { timeoutMs: 1500 }));
    expect(stdout.toString()).toBe("ready\n");
    expect(result.status).toBe("timed-out");
    expect(processesWith(seconds)).toEqual([]);
  });

  it("ends a tree that ignores TERM when it is cancelled", async () => {
    const seconds = uniqueSleep();
    const script = `trap "" TERM; sleep ${seconds} & sleep ${seconds} & echo ready; wait`;
    const { result } = await observeCancelled(subject(), shellAttempt(subject(), script));
    expect(result.status).toBe("cancelled");
    expect(processesWith(seconds)).toEqual([]);
  });

  it("leaves no background processes after a success", async () => {
    const seconds = uniqueSleep();
    const script = `for i in $(seq 40); do (sleep ${seconds} & sleep ${seconds}) >/dev/null 2>&1 & done; echo ready`;
    const { result } = await observe(subject(), shellAttempt(subject(), script));
    expect(result.status).toBe("succeeded");
    expect(processesWith(seconds)).toEqual([]);
  });

  it("ends although a background process holds its output", async () => {
    const seconds = uniqueSleep();
    const { result, told } = await observe(
      subject(),
      shellAttempt(subject(), `sleep ${seconds} & echo ready`),
    );
    expect(result.status).toBe("succeeded");
    expect(told).toBe("ready\n[warn] what it has left running was ended with it\n");
    expect(processesWith(seconds)).toEqual([]);
  });

  it("finds a process that has left its session", async () => {
    const seconds = uniqueSleep();
    const script = `(setsid sleep ${seconds} >/dev/null 2>&1 &); (trap "" TERM; setsid sleep ${seconds} &) & echo x`;
    const { result } = await observe(subject(), shellAttempt(subject(), script));
    expect(result.status).toBe("succeeded");
    expect(processesWith(seconds)).toEqual([]);
  });

  it("finds a process that has left its session when it is cancelled", async () => {
    const seconds = uniqueSleep();
    const script = `setsid sleep ${seconds} & setsid sh -c 'trap "" TERM; sleep ${seconds}; :' & echo x; wait`;
    const { result } = await observeCancelled(subject(), shellAttempt(subject(), script));
    expect(result.status).toBe("cancelled");
    expect(processesWith(seconds)).toEqual([]);
  });

  it("ends the tree when nobody listens any more", async () => {
    const seconds = uniqueSleep();
    const attempt = shellAttempt(subject(), `sleep ${seconds} & yes ${seconds}`);
    for await (const event of subject().runner.run(attempt, { signal: new AbortController().signal })) {
      if (event.type === "output") break;
    }
    await expect.poll(() => processesWith(seconds), { timeout: 20_000 }).toEqual([]);
  });
}
