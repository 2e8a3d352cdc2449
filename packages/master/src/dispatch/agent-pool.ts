import { type AgentChannels, CredentialError } from "@sloth/protocol";
import { type AgentTarget, formatAddress } from "../inventory/inventory.js";
import { type FoundTrust, findTrust, type TypedTrust } from "../trust/find-trust.js";
import { knock } from "../trust/knock.js";
import { AgentLost } from "./agent-lost.js";
import { explainMissingTrust } from "./explain-connect-failure.js";
import { CONNECT_TIMEOUT_MS, type ConnectedAgent, greetAgent } from "./greet-agent.js";
import { Partings } from "./partings.js";
import { Semaphore } from "./semaphore.js";

/** What an agent does not take waits here in memory, so what a master has to hold does not grow with its agents. */
const UPLOADS_AT_ONCE = 8;

/** The connections of one run, one pair for each agent, opened when they are first needed. */
export class AgentPool {
  readonly #agents = new Map<string, Promise<ConnectedAgent>>();
  readonly #channels = new Set<AgentChannels>();
  readonly #typed: TypedTrust;
  readonly #closed = new AbortController();
  /** Through which contents go to agents. */
  readonly uploads = new Semaphore(UPLOADS_AT_ONCE);
  readonly partings: Partings;

  /** @param recorded - resolves when what was told until now would survive the end of this process. Default: at once */
  constructor(typed: TypedTrust = {}, recorded?: () => Promise<void>) {
    this.#typed = typed;
    this.partings = new Partings(recorded);
  }

  /**
   * The agent, after the handshake. Overlapping calls share one; after a failure the next call tries again.
   * @throws {AgentLost} when nobody answers, or somebody who is not known or no agent of a known version.
   */
  connect(target: AgentTarget): Promise<ConnectedAgent> {
    const key = formatAddress(target.host, target.port);
    const known = this.#agents.get(key);
    if (known) return known;
    const connecting = this.#greet(target);
    this.#agents.set(key, connecting);
    connecting.catch(() => {
      if (this.#agents.get(key) === connecting) this.#agents.delete(key);
    });
    return connecting;
  }

  /**
   * The agent over a new connection, instead of one that broke. Overlapping calls share one.
   * @throws {AgentLost} as `connect`
   */
  async reconnect({ target, channels }: ConnectedAgent): Promise<ConnectedAgent> {
    const key = formatAddress(target.host, target.port);
    const pooled = this.#agents.get(key);
    const known = await pooled?.catch(() => undefined);
    if (known?.channels === channels && this.#agents.get(key) === pooled) this.#agents.delete(key);
    const fresh = await this.connect(target);
    // Whatever else was on it finds the new one as well.
    channels.close();
    this.#channels.delete(channels);
    return fresh;
  }

  /** The next call greets it anew: what was heard of it may not hold any more. */
  forget(target: AgentTarget): void {
    this.#agents.delete(formatAddress(target.host, target.port));
  }

  /** Takes leave of the agents, and ends all calls. */
  async close(): Promise<void> {
    await this.partings.close();
    this.#closed.abort();
    for (const channels of this.#channels) channels.close();
  }

  async #greet(target: AgentTarget): Promise<ConnectedAgent> {
    const trust = await this.#trust(target);
    let opened: AgentChannels | undefined;
    try {
      const onOpen = (channels: AgentChannels) => {
        opened = channels;
        this.#channels.add(channels);
      };
      return await greetAgent(target, trust, { onOpen, signal: this.#closed.signal });
    } catch (error) {
      if (opened) this.#channels.delete(opened);
      throw error;
    }
  }

  /** Sends nothing. */
  async #trust(target: AgentTarget): Promise<FoundTrust> {
    try {
      const found = await findTrust(target, this.#typed);
      if (found) return found;
    } catch (error) {
      if (error instanceof CredentialError)
        throw new AgentLost(error.message, { isBeforeStart: true, isDistrust: true, cause: error });
      throw error;
    }
    throw explainMissingTrust(target, await knock(target, { timeoutMs: CONNECT_TIMEOUT_MS }));
  }
}
