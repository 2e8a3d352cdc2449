import { ServerError, Status } from "nice-grpc-common";
import type { TransferEndpoint } from "./transfer-endpoint.js";

/** Idempotency keys that are remembered after their attempt ended. About 200 bytes each. */
const REMEMBERED_KEYS = 20_000;

/** What is known of a key: its attempt, or how that ended. */
type Known<A> = { caller: string } & (
  | { attempt: A }
  /** `reason` is for a person. */
  | { hasStarted: boolean; reason: string }
);

/** How an attempt ended, for a master that asks for it later. */
export interface AttemptEnd {
  hasStarted: boolean;
  reason: string;
}

/** Which attempts an agent knows: the keys that it has taken, and the transfers that are open. */
export class AttemptRegistry<A> {
  readonly #keys = new Map<string, Known<A>>();
  readonly #transfers = new Map<string, TransferEndpoint>();

  /** Claims a key for good. @throws {ServerError} ALREADY_EXISTS when it was claimed before. */
  claim(idempotencyKey: string, { caller, attempt }: { caller: string; attempt: A }): void {
    if (this.#keys.has(idempotencyKey)) {
      throw new ServerError(
        Status.ALREADY_EXISTS,
        "This attempt was started here before; an attempt is never started twice.",
      );
    }
    this.#keys.set(idempotencyKey, { caller, attempt });
    if (this.#keys.size > REMEMBERED_KEYS) this.#forgetOldest();
  }

  /** The attempt is over, and can be joined no more. */
  settle(idempotencyKey: string, end: AttemptEnd): void {
    const known = this.#keys.get(idempotencyKey);
    if (known) this.#keys.set(idempotencyKey, { caller: known.caller, ...end });
  }

  /**
   * The attempt that a caller has opened with this key.
   * @throws {ServerError} NOT_FOUND when it has never started here; ABORTED when it has, and is over
   */
  join(idempotencyKey: string, caller: string): A {
    const known = this.#keys.get(idempotencyKey);
    if (!known || known.caller !== caller)
      throw new ServerError(Status.NOT_FOUND, "The attempt has not come to this agent.");
    if ("attempt" in known) return known.attempt;
    throw known.hasStarted
      ? new ServerError(Status.ABORTED, `the attempt is over: ${known.reason}`)
      : new ServerError(Status.NOT_FOUND, `The attempt ended before it started: ${known.reason}`);
  }

  openTransfer(id: string, endpoint: TransferEndpoint): void {
    this.#transfers.set(id, endpoint);
  }

  closeTransfer(id: string): void {
    this.#transfers.delete(id);
  }

  /** @throws {ServerError} NOT_FOUND. */
  transfer(id: string | undefined): TransferEndpoint {
    const endpoint = id === undefined ? undefined : this.#transfers.get(id);
    if (!endpoint) throw new ServerError(Status.NOT_FOUND, "No running attempt has this transfer id.");
    return endpoint;
  }

  /** One that has ended: what runs is found until it is over. */
  #forgetOldest(): void {
    for (const [key, known] of this.#keys) {
      if ("attempt" in known) continue;
      this.#keys.delete(key);
      return;
    }
  }
}
