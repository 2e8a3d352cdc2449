import type { resourcesOf } from "./bench.js";
import type { Round } from "./round.js";

type Resources = ReturnType<typeof resourcesOf>;

interface Row {
  kills: number;
  hits: number;
  outcomes: Map<string, number>;
  violations: number;
  agent?: { before: Resources; after: Resources };
}

/** The numbers of many rounds, a row for each side and stage. */
export class KillTable {
  readonly #rows = new Map<string, Row>();

  add(side: string, stage: string, { isHit, outcome, violations }: Round): void {
    const row = this.#row(side, stage);
    row.kills += 1;
    row.hits += isHit ? 1 : 0;
    row.outcomes.set(outcome, (row.outcomes.get(outcome) ?? 0) + 1);
    row.violations += violations.length;
  }

  /** What the agent had before and after the rounds of a row. */
  note(side: string, stage: string, agent: { before: Resources; after: Resources }): void {
    this.#row(side, stage).agent = agent;
  }

  /** In Markdown. */
  get text(): string {
    const rows = [...this.#rows].sort(([a], [b]) => a.localeCompare(b));
    const head = [
      "| side | stage | kills | in the stage | outcomes | agent: descriptors | agent: MiB | violations |",
      "|---|---|---|---|---|---|---|---|",
    ];
    return [
      ...head,
      ...rows.map(([key, row]) => `| ${[...key.split("/"), ...cellsOf(row)].join(" | ")} |`),
    ].join("\n");
  }

  #row(side: string, stage: string): Row {
    const key = `${side}/${stage}`;
    const row = this.#rows.get(key) ?? { kills: 0, hits: 0, outcomes: new Map(), violations: 0 };
    this.#rows.set(key, row);
    return row;
  }
}

function cellsOf({ kills, hits, outcomes, agent, violations }: Row): (string | number)[] {
  const told = [...outcomes].sort(([, a], [, b]) => b - a).map(([outcome, count]) => `${count} ${outcome}`);
  const between = (of: (resources: Resources) => number) =>
    agent ? `${of(agent.before)} → ${of(agent.after)}` : "–";
  return [
    ...[kills, hits, told.join(", ")],
    ...[between(({ descriptors }) => descriptors), between(({ rssMiB }) => rssMiB), violations],
  ];
}
