import type { Attempt } from "@sloth/runtime";
import type { Tickets } from "../run-store/tickets.js";
import type { AttemptTicket } from "./conversation.js";

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
      await tickets.write(
        { group, task, attempt: number, key, agent, instanceId: about.instanceId, root, base: rootDigest },
        encoded,
      );
    },
    drop: (key) => tickets.drop(key),
    settle: (key, result) => tickets.settle(key, result),
  };
}
