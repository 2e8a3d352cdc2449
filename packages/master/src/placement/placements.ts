import { setTimeout as sleep } from "node:timers/promises";
import type { Workspace } from "@sloth/workspace";
import type { AgentLost } from "../dispatch/agent-lost.js";
import type { AgentPool } from "../dispatch/agent-pool.js";
import type { AgentTarget } from "../inventory/inventory.js";
import type { AgentSelection } from "../inventory/selection.js";
import { chooseAgent } from "./choose-agent.js";
import { describeNobody } from "./describe-nobody.js";
import { Fleet, type Member } from "./fleet.js";
import { candidateStates, isTried, type Option } from "./options.js";

/** What asks for a place: one attempt. */
export interface PlaceRequest {
  selection: AgentSelection;
  workspace: Workspace;
  /** How often this task has failed, by address of the agent. */
  failures: ReadonlyMap<string, number>;
  /** When the attempt began, on the monotonic clock: who is away since then has been tried. */
  sinceMs: number;
  signal: AbortSignal;
}

/** A place at an agent, until it is left. */
export interface Place {
  target: AgentTarget;
  /** `host:port`. */
  address: string;
  /** There is no other one for the task. */
  isOnly: boolean;
  leave(): void;
  /** The agent was lost before the task had started there: for a while it is not chosen. */
  leaveOut(error: AgentLost): void;
  /** The agent has the workspace now. */
  noteHeld(): void;
}

interface Waiter {
  request: PlaceRequest;
  options: readonly Option[];
  resolve(place: Place | undefined): void;
  reject(error: AgentLost): void;
  /** Does not listen to its signal any more. */
  forget(): void;
}

/** How long those that answer later may still be chosen, once one has answered. */
const PATIENCE_MS = 500;

/** Gives the attempts of a run their agents, in the order in which they ask, each as soon as there is one. */
export class Placements {
  readonly #fleet: Fleet;
  readonly #warn: (message: string) => void;
  readonly #waiting = new Set<Waiter>();
  /** How many attempts are at what was asked for, by its key. */
  readonly #atSelection = new Map<string, number>();
  readonly #toldOf = new Set<Member>();

  /** @param warn - told of an agent that is passed over, once of each */
  constructor(pool: AgentPool, warn: (message: string) => void) {
    this.#fleet = new Fleet(pool, () => this.#placeAll());
    this.#warn = warn;
  }

  /**
   * The place of an attempt; undefined when the signal is aborted before there is one.
   * @throws {AgentLost} when no agent can be used, naming each and why
   */
  async enter(request: PlaceRequest): Promise<Place | undefined> {
    const { selection, signal } = request;
    const options = await this.#fleet.optionsOf(selection);
    await this.#greet(options, request);
    if (signal.aborted) return undefined;
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#dismiss(waiter, () => resolve(undefined));
      const forget = () => signal.removeEventListener("abort", onAbort);
      const waiter: Waiter = { request, options, resolve, reject, forget };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.add(waiter);
      this.#placeAll();
    });
  }

  /** Where there is a choice, all are asked at once, and who answers within a moment of the first takes part in it. */
  async #greet(options: readonly Option[], { workspace }: PlaceRequest): Promise<void> {
    if (options.every(({ isGiven }) => isGiven)) return;
    const asked = options.map(({ member }) => this.#fleet.ask(member, workspace));
    const ended = new AbortController();
    const patience = sleep(PATIENCE_MS, undefined, { signal: ended.signal }).catch(() => {});
    await Promise.race([Promise.all(asked), patience]);
    ended.abort();
  }

  /** One that has to wait for room lets all wait that ask for the same. */
  #placeAll(): void {
    const stuck = new Set<string>();
    for (const waiter of this.#waiting) {
      const { selection, failures, sinceMs } = waiter.request;
      if (stuck.has(selection.key) || this.#place(waiter)) continue;
      const isLikeOthers = failures.size === 0 && !waiter.options.some((option) => isTried(option, sinceMs));
      if (isLikeOthers) stuck.add(selection.key);
    }
  }

  #place(waiter: Waiter): boolean {
    const { request, options } = waiter;
    const { selection } = request;
    const choice = chooseAgent({
      candidates: candidateStates(options, request),
      atSelection: this.#atSelection.get(selection.key) ?? 0,
      max: selection.max,
    });
    if (choice.kind === "wait") return false;
    if (choice.kind === "none") return this.#giveUp(waiter);
    const option = options[choice.index];
    if (!option) return false;
    this.#tellOfAway(options);
    this.#dismiss(waiter, () => waiter.resolve(this.#occupy(option, request)));
    return true;
  }

  /** Those that are left out by now are asked once more before it is given up. */
  #giveUp(waiter: Waiter): boolean {
    const { options, request } = waiter;
    const untried = options.filter(
      (option) => option.member.state === "away" && !isTried(option, request.sinceMs),
    );
    for (const { member } of untried) void this.#fleet.ask(member, request.workspace, { isUrgent: true });
    if (untried.length > 0) return false;
    this.#dismiss(waiter, () => waiter.reject(describeNobody(options, request.selection)));
    return true;
  }

  #dismiss(waiter: Waiter, tell: () => void): void {
    if (!this.#waiting.delete(waiter)) return;
    waiter.forget();
    tell();
  }

  #tellOfAway(options: readonly Option[]): void {
    for (const { member } of options) {
      const { state, error } = member;
      if (state !== "away" || !error || this.#toldOf.has(member)) continue;
      this.#toldOf.add(member);
      this.#warn(`${error.reason}; its tasks go to other agents`);
    }
  }

  #occupy({ member, target, isGiven: isOnly }: Option, { selection, workspace }: PlaceRequest): Place {
    const { key } = selection;
    this.#count(member, key, 1);
    let isLeft = false;
    return {
      target,
      address: member.address,
      isOnly,
      leave: () => {
        if (isLeft) return;
        isLeft = true;
        this.#count(member, key, -1);
        this.#placeAll();
      },
      leaveOut: (error) => this.#fleet.leaveOut(member, error),
      noteHeld: () => void member.holds.add(workspace.root),
    };
  }

  #count(member: Member, key: string, change: 1 | -1): void {
    member.here += change;
    this.#atSelection.set(key, (this.#atSelection.get(key) ?? 0) + change);
  }
}
