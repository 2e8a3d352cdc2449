import { bombs } from "../bombs.js";
import { type Case, inPieces, type Offer, toAgent, toMaster } from "../case.js";
import { conflicts } from "../conflicts.js";
import { deletions } from "../deletions.js";
import { framing } from "../framing.js";
import { headers } from "../headers.js";
import { links } from "../links.js";
import { paths } from "../paths.js";
import { types } from "../types.js";
import { mutateArchive, mutateBytes, mutateManifest } from "./mutate.js";
import { Random } from "./random.js";
import { randomChange } from "./random-tree.js";

/** An offer whose bytes are all there, so that it can be mutated, kept and sent again. */
export interface DrawnOffer extends Offer {
  list: Buffer;
  archive: Buffer[];
}

const MAX_ARCHIVE_BYTES = 64 * 1024;
const corpus = [paths, links, types, headers, conflicts, framing, bombs, deletions].flat();

/** The offer that a seed and a number stand for: of the corpus or a random tree, as it is or mutated. */
export function drawOffer(seed: number, index: number): DrawnOffer {
  const random = new Random(seed, index);
  const { to, ...drawn } = source(random);
  const other = source(random);
  let { list, archive } = drawn;
  for (let rounds = random.below(4); rounds > 0; rounds--) {
    if (random.isOneIn(2)) archive = mutateArchive(random, archive, other.archive);
    else if (to === "agent") list = mutateManifest(random, list, other.list);
    else list = mutateBytes(random, list, other.list);
  }
  return {
    to,
    list,
    archive: [...inPieces(archive, 1 + random.below(3000))].map((piece) => Buffer.from(piece)),
  };
}

function source(random: Random): { to: Offer["to"]; list: Buffer; archive: Buffer } {
  const { to, list, archive } = random.isOneIn(3) ? random.pick(corpus) : randomOffer(random);
  return { to, list: Buffer.from(list), archive: beginningOf(archive) };
}

function randomOffer(random: Random): Case {
  const to = random.pick(["agent", "master"] as const);
  const change = randomChange(random, to);
  return to === "agent" ? toAgent("", change, "accepted") : toMaster("", change, "accepted");
}

/** Some archives of the corpus have no end. */
function beginningOf(archive: Iterable<Uint8Array>): Buffer {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of archive) {
    if (bytes >= MAX_ARCHIVE_BYTES) break;
    pieces.push(piece);
    bytes += piece.length;
  }
  return Buffer.concat(pieces);
}
