import { ServerError, Status } from "nice-grpc-common";
import type { TransferEndpoint } from "./transfer-endpoint.js";

/** Idempotency keys that are remembered after their attempt ended. About 100 bytes each. */
const REMEMBERED_KEYS = 20_000;

/** Which attempts an agent knows: the keys that it has started, and the transfers that are open. */
export class AttemptRegistry {
  readonly #keys = new Set<string>();
  readonly #transfers = new Map<string, TransferEndpoint>();

  /** Claims a key for good. @throws {ServerError} ALREADY_EXISTS when it was started before. */
  claim(idempotencyKey: string): void {
    if (this.#keys.has(idempotencyKey)) {
      throw new ServerError(
        Status.ALREADY_EXISTS,
        "This attempt was started here before; an attempt is never started twice.",
      );
    }
    this.#keys.add(idempotencyKey);
    if (this.#keys.size > REMEMBERED_KEYS) this.#forgetOldest();
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

  #forgetOldest(): void {
    for (const key of this.#keys) {
      this.#keys.delete(key);
      return;
    }
  }
}
