import type { WorkspaceIdentity } from "@sloth/workspace";
import { AgentLost } from "../dispatch/agent-lost.js";
import type { AgentPool } from "../dispatch/agent-pool.js";
import type { ConnectedAgent } from "../dispatch/greet-agent.js";
import { type AgentTarget, formatAddress } from "../inventory/inventory.js";
import type { AgentSelection } from "../inventory/selection.js";
import type { Option } from "./options.js";
import { targetsOf } from "./resolve-host.js";

/** What a run knows of one agent. */
export interface Member {
  readonly target: AgentTarget;
  readonly address: string;
  /** `new`: nobody has asked it yet. */
  state: "new" | "asked" | "ready" | "away";
  /** Resolves when it has answered, or not. */
  asking?: Promise<void>;
  /** While it is ready. */
  agent?: ConnectedAgent;
  /** Why it was away last, and since when, on the monotonic clock. */
  error?: AgentLost;
  awaySinceMs: number;
  /** How many of this run are there now. */
  here: number;
  /** How many of others were there when it was last heard. */
  others: number;
  /** Roots of workspaces that it holds, as far as is known. */
  readonly holds: Set<string>;
}

/** How long an agent that could not be reached is not asked again, unless nobody else is left. */
const AWAY_MS = 30_000;
/** What an answer to `Status` is worth to wait for. */
const STATUS_TIMEOUT_MS = 2000;

/** The agents of a run: whom it has asked, what they said, and what it has there. */
export class Fleet {
  readonly #pool: AgentPool;
  readonly #onChange: () => void;
  readonly #members = new Map<string, Member>();
  /** By what is called how. */
  readonly #found = new Map<string, Promise<AgentTarget[]>>();

  /** @param onChange - called when an agent has answered, or has not */
  constructor(pool: AgentPool, onChange: () => void) {
    this.#pool = pool;
    this.#onChange = onChange;
  }

  /** Whom a selection lets choose from: its candidates, those that are several hosts by one name each by itself. */
  async optionsOf({ candidates }: AgentSelection): Promise<Option[]> {
    const targets = await Promise.all(candidates.map(({ target }) => this.#targetsOf(target)));
    const options = candidates.flatMap(({ unsettled }, index) =>
      (targets[index] ?? []).map((target) => ({ target, unsettled, member: this.#member(target) })),
    );
    const isGiven = options.length === 1 && options[0]?.unsettled.length === 0;
    return options.map((option) => ({ ...option, isGiven }));
  }

  #targetsOf(target: AgentTarget): Promise<AgentTarget[]> {
    const key = `${target.label}\0${target.host}:${target.port}`;
    const found = this.#found.get(key) ?? targetsOf(target);
    this.#found.set(key, found);
    return found;
  }

  /** The same for all that is called by one address. */
  #member(target: AgentTarget): Member {
    const address = formatAddress(target.host, target.port);
    const known = this.#members.get(address);
    if (known) return known;
    const member: Member = {
      target,
      address,
      state: "new",
      awaySinceMs: -1,
      here: 0,
      others: 0,
      holds: new Set(),
    };
    this.#members.set(address, member);
    return member;
  }

  /** Asks an agent that nobody has asked, or that has been away for a while. Resolves when it has answered, or not. */
  async ask(member: Member, workspace: WorkspaceIdentity, { isUrgent = false } = {}): Promise<void> {
    const isDue = isUrgent || performance.now() - member.awaySinceMs > AWAY_MS;
    if (member.state === "new" || (member.state === "away" && isDue)) {
      member.state = "asked";
      member.asking = this.#ask(member, workspace);
    }
    await member.asking;
  }

  async #ask(member: Member, workspace: WorkspaceIdentity): Promise<void> {
    try {
      member.agent = await this.#pool.connect(member.target);
      await this.#askStatus(member, member.agent, workspace);
      member.state = "ready";
    } catch (error) {
      if (!(error instanceof AgentLost)) throw error;
      this.#lose(member, error);
    }
    this.#onChange();
  }

  /** It was lost before it could do anything. */
  leaveOut(member: Member, error: AgentLost): void {
    this.#pool.forget(member.target);
    this.#lose(member, error);
    this.#onChange();
  }

  #lose(member: Member, error: AgentLost): void {
    Object.assign(member, { state: "away", error, awaySinceMs: performance.now() });
  }

  async #askStatus(member: Member, agent: ConnectedAgent, workspace: WorkspaceIdentity): Promise<void> {
    if (!agent.features.includes("status")) return;
    const { id, root } = workspace;
    const signal = AbortSignal.timeout(STATUS_TIMEOUT_MS);
    const request = { workspaces: [{ id, root }], withCachedBytes: false };
    // It only makes a choice better; the attempt itself will tell what is wrong.
    const status = await agent.channels.control.status(request, { signal }).catch(() => undefined);
    if (!status) return;
    member.others = Math.max(0, status.running + status.queued - member.here);
    if (status.holds[0]) member.holds.add(root);
  }
}
