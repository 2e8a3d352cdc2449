import { bombs } from "./bombs.js";
import type { Case } from "./case.js";
import { conflicts } from "./conflicts.js";
import { deletions } from "./deletions.js";
import { framing } from "./framing.js";
import { headers } from "./headers.js";
import { largeLists } from "./large-lists.js";
import { links } from "./links.js";
import { paths } from "./paths.js";
import { standing } from "./standing.js";
import { types } from "./types.js";

/** What a peer may send, hostile and odd, by class; each case with what must come of it. */
export const corpus: Record<string, readonly Case[]> = {
  paths,
  links,
  types,
  headers,
  conflicts,
  framing,
  bombs: [...bombs, ...largeLists],
  deletions,
  standing,
};
