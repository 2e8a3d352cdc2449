import type { Attempt, TaskResult } from "@sloth/runtime";
import type { Snapshot } from "@sloth/workspace";
import type { Tickets } from "../run-store/tickets.js";
import type { ConnectedAgent } from "./greet-agent.js";

/** Where an attempt is put down, so that another process can join it. */
export interface AttemptTicket {
  /** Before it can start. */
  write(key: string, agent: ConnectedAgent, base: Snapshot): Promise<void>;
  /** It has not started, and will not. */
  drop(key: string): Promise<void>;
  /** Called before the agent forgets the result. */
  settle(key: string, result: TaskResult): Promise<void>;
}

/** On a full disk another process cannot join the attempt; that must not fail it here. */
async function ifPossible(work: Promise<void>): Promise<void> {
  await work.catch(() => {});
}

/** Puts down where an attempt is, so that another process can join it. */
export function ticketOf({ group, task, number }: Attempt, tickets: Tickets): AttemptTicket {
  return {
    async write(key, { target, about }, base) {
      const { label, host, port, certificateHost, credential } = target;
      const agent = {
        ...{ label, host, port },
        ...(certificateHost !== undefined && { certificateHost }),
        ...(credential && { credential }),
      };
      const { rootDigest, root, encoded } = base;
      const { instanceId } = about;
      await ifPossible(
        tickets.write(
          { group, task, attempt: number, key, agent, instanceId, root, base: rootDigest },
          encoded,
        ),
      );
    },
    drop: (key) => ifPossible(tickets.drop(key)),
    settle: (key, result) => ifPossible(tickets.settle(key, result)),
  };
}
