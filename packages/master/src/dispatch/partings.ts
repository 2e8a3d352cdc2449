import { setTimeout as sleep } from "node:timers/promises";

/** What comes within this goes together: a write to the disk is for many. */
const GATHER_MS = 50;
/** For agents to hear the last words of a run that ends; who is away does not. */
const LAST_WORDS_MS = 1500;

/** What is owed to the record and to agents when an attempt is over, and what nobody has to wait for. */
export class Partings {
  readonly #recorded: () => Promise<void>;
  #records: (() => Promise<void>)[] = [];
  #farewells: (() => Promise<void>)[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  #timer: NodeJS.Timeout | undefined;

  /** @param recorded - resolves when what was told until now would survive the end of this process */
  constructor(recorded: () => Promise<void> = async () => {}) {
    this.#recorded = recorded;
  }

  /** Does `work`, which must not throw, once all that was told until now is recorded. */
  afterRecord(work: () => Promise<void>): void {
    this.#records.push(work);
    this.#beginSoon();
  }

  /** The same, and after all of the former. */
  bidFarewell(work: () => Promise<void>): void {
    this.#farewells.push(work);
    this.#beginSoon();
  }

  /** Does what waits. Resolves when all is done, or has not come to an end for long. */
  async close(): Promise<void> {
    this.#begin();
    await Promise.race([Promise.all(this.#underWay), sleep(LAST_WORDS_MS, undefined, { ref: false })]);
  }

  #beginSoon(): void {
    this.#timer ??= setTimeout(() => this.#begin(), GATHER_MS);
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const [records, farewells] = [this.#records, this.#farewells];
    this.#records = [];
    this.#farewells = [];
    if (records.length + farewells.length === 0) return;
    const all = (works: (() => Promise<void>)[]) => Promise.all(works.map((work) => work()));
    const done = this.#recorded()
      .then(() => all(records))
      .then(() => all(farewells));
    this.#underWay.add(done);
    void done.finally(() => this.#underWay.delete(done));
  }
}
