/** Whose turn it is to have a slot. */
export interface Turn {
  /** "" where callers are not told apart. */
  caller: string;
  run: string;
}

/** What one run has and wants. */
interface Share<T> {
  caller: { running: number };
  running: number;
  /** First come first. */
  waiting: { turn: T; arrival: number }[];
}

/**
 * The order in which those that wait get slots, if none that has one left: first who calls from where the fewest run,
 * then who belongs to the run of which the fewest run, then who came first. So a run of one task does not wait for all
 * of another's thousand.
 *
 * @param waiting - in the order in which they came
 * @param mostPerCaller - slots that one caller may have; who is beyond it comes last
 * @returns all that wait, and how many of the first ones the limit lets in
 */
export function fairOrder<T extends Turn>(
  waiting: readonly T[],
  running: Iterable<Turn>,
  mostPerCaller = Number.POSITIVE_INFINITY,
): { order: T[]; admitted: number } {
  const shares = sharesOf(waiting, running);
  const order: T[] = [];
  const admit = (limit: number) => {
    for (let next = neediest(shares, limit); next; next = neediest(shares, limit)) {
      const first = next.waiting.shift();
      if (first) order.push(first.turn);
      next.running += 1;
      next.caller.running += 1;
    }
    return order.length;
  };
  const admitted = admit(mostPerCaller);
  admit(Number.POSITIVE_INFINITY);
  return { order, admitted };
}

function sharesOf<T extends Turn>(waiting: readonly T[], running: Iterable<Turn>): Share<T>[] {
  const callers = new Map<string, { running: number }>();
  const shares = new Map<string, Share<T>>();
  const shareOf = ({ caller, run }: Turn): Share<T> => {
    const ofCaller = callers.get(caller) ?? { running: 0 };
    callers.set(caller, ofCaller);
    const key = JSON.stringify([caller, run]);
    const share = shares.get(key) ?? { caller: ofCaller, running: 0, waiting: [] };
    shares.set(key, share);
    return share;
  };
  for (const turn of running) {
    const share = shareOf(turn);
    share.running += 1;
    share.caller.running += 1;
  }
  waiting.forEach((turn, arrival) => {
    shareOf(turn).waiting.push({ turn, arrival });
  });
  return [...shares.values()];
}

function neediest<T>(shares: readonly Share<T>[], mostPerCaller: number): Share<T> | undefined {
  const entitled = shares.filter(
    ({ waiting, caller }) => waiting.length > 0 && caller.running < mostPerCaller,
  );
  return entitled.reduce<Share<T> | undefined>(
    (best, share) => (!best || compare(share, best) < 0 ? share : best),
    undefined,
  );
}

function compare<T>(a: Share<T>, b: Share<T>): number {
  return (
    a.caller.running - b.caller.running ||
    a.running - b.running ||
    (a.waiting[0]?.arrival ?? 0) - (b.waiting[0]?.arrival ?? 0)
  );
}
