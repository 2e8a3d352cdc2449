import type { Labels } from "@sloth/dsl";

const MOST_LABELS = 64;

/**
 * What an agent's operator says of it, as it came over the wire: what cannot be a label is left out, so that nothing
 * longer, and no control character, gets into a table or a message.
 */
export function readClaimedLabels(told: Readonly<Record<string, string>>): Labels {
  const entries = Object.entries(told)
    .filter(([name, value]) => /^[\w./-]{1,63}$/.test(name) && /^[^\s\p{Cc},=|]{1,63}$/u.test(value))
    .slice(0, MOST_LABELS);
  return Object.fromEntries(entries.map(([name, value]) => [name, value === "true" ? true : value]));
}
