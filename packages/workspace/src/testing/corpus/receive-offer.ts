import { lstatSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../../index.js";
import type { Offer, Outcome } from "./case.js";
import { BASE, observeAll, PLANTED, readLines, type Sandbox, shownManifest } from "./sandbox.js";

/** The package as its users see it; handed in, so that the same cases run against the sources and the build. */
export type Product = Pick<
  typeof import("../../index.js"),
  | "decodeChangeset"
  | "decodeManifest"
  | "encodeChangeset"
  | "encodeManifest"
  | "layOut"
  | "newContents"
  | "openWorkspace"
  | "patchManifest"
  | "receiveContents"
  | "WorkspaceError"
>;

export interface Report {
  outcome: Outcome;
  /** What no offer may bring about, whatever its outcome. */
  violations: string[];
}

interface Reception {
  product: Product;
  root: string;
  offer: Offer;
  violations: string[];
  /** The tree that must stand there when the offer is accepted. */
  announced?: Manifest;
  /** The root when the first byte came. */
  before: string[];
}

/**
 * Receives an offer as an agent or a master does, in a sandbox that is reset before, and looks at all that is around.
 * @throws what is no WorkspaceError
 */
export async function receiveOffer(product: Product, sandbox: Sandbox, offer: Offer): Promise<Report> {
  await prepare(product, sandbox, offer);
  const reception: Reception = {
    product,
    root: sandbox.root,
    offer,
    violations: [],
    before: observeRoot(sandbox.root),
  };
  const around = observeAround(sandbox);
  const outcome = await attempt(reception);
  reception.violations.push(...differences("outside", around, observeAround(sandbox)));
  if ("tree" in outcome) checkAnnounced(reception, outcome.tree);
  else reception.violations.push(...differences("root", reception.before, observeRoot(sandbox.root)));
  const isAsMade = !("tree" in outcome) && offer.standing === undefined && offer.meanwhile === undefined;
  sandbox.readyFor = isAsMade && reception.violations.length === 0 ? offer.to : undefined;
  return { outcome, violations: reception.violations };
}

/** Opened once before, so that the workspace's own files stand there and are compared too. */
async function prepare({ openWorkspace }: Product, sandbox: Sandbox, offer: Offer): Promise<void> {
  if (sandbox.readyFor === offer.to && offer.standing === undefined) return;
  sandbox.readyFor = undefined;
  sandbox.reset(offer.to === "master" ? BASE : []);
  if (offer.to === "master") {
    const workspace = await openWorkspace(sandbox.root);
    await workspace.apply({ base: await workspace.snapshot(), changeset: { upserts: [], deletions: [] } });
  }
  offer.standing?.(sandbox.root);
}

async function attempt(reception: Reception): Promise<Outcome> {
  try {
    const receive = reception.offer.to === "agent" ? receiveAsAgent : receiveAsMaster;
    return await receive(reception);
  } catch (error) {
    if (!(error instanceof reception.product.WorkspaceError)) throw error;
    if (error.code === "ROLLBACK_FAILED") reception.violations.push(`not undone: ${error.message}`);
    return { rejected: error.code };
  }
}

async function receiveAsAgent(reception: Reception): Promise<Outcome> {
  const { product, root, offer } = reception;
  const manifest = product.decodeManifest(offer.list);
  checkReencoded(reception, product.encodeManifest(manifest));
  reception.announced = manifest;
  const contents = await product.receiveContents(asStream(offer.archive), {
    expected: manifest.entries,
    stagingDir: join(root, "staging"),
  });
  const tree = join(root, "tree");
  const stood = exists(tree);
  try {
    await product.layOut(manifest, contents, tree);
  } catch (error) {
    // What `layOut` leaves to its caller after a failure.
    if (!stood) rmSync(tree, { recursive: true, force: true });
    throw error;
  } finally {
    await contents.remove();
  }
  return { tree: readLines(tree).sort() };
}

async function receiveAsMaster(reception: Reception): Promise<Outcome> {
  const { product, root, offer } = reception;
  const workspace = await product.openWorkspace(root);
  const base = await workspace.snapshot();
  offer.meanwhile?.(root);
  if (offer.meanwhile !== undefined) reception.before = observeRoot(root);
  const changeset = product.decodeChangeset(offer.list);
  checkReencoded(reception, product.encodeChangeset(changeset));
  const contents = await product.receiveContents(asStream(offer.archive), {
    expected: product.newContents(base.manifest, changeset),
    stagingDir: await workspace.stagingDirectory(),
  });
  try {
    const { conflicts } = await workspace.apply({ base, changeset, contents });
    if (conflicts.length > 0) return { conflicts: conflicts.map(({ path }) => path) };
  } finally {
    await contents.remove();
  }
  if (offer.meanwhile === undefined) reception.announced = product.patchManifest(base.manifest, changeset);
  return { tree: readLines(root, isState).sort() };
}

/** There is one encoding of each list, so two that differ must not mean the same. */
function checkReencoded({ offer, violations }: Reception, encoded: Uint8Array): void {
  if (!Buffer.from(encoded).equals(offer.list))
    violations.push("the list was accepted, but is encoded in another way");
}

function checkAnnounced({ root, offer, announced, violations, before }: Reception, tree: string[]): void {
  if (announced !== undefined) violations.push(...differences("tree", shownManifest(announced).sort(), tree));
  const isResult = offer.to === "agent" ? isTree : (path: string) => !isState(path);
  const left = (lines: string[]) => lines.filter((line) => !isResult(line.slice(0, line.indexOf(" "))));
  violations.push(...differences("root", left(before), left(observeRoot(root))));
}

function isTree(path: string): boolean {
  return path === "tree" || path.startsWith("tree/");
}

function isState(path: string): boolean {
  return path === ".sloth" || path.startsWith(".sloth/");
}

/** Of our own files only which there are: the index is written again, and staging comes and goes. */
function observeRoot(root: string): string[] {
  const state = [...readLines(root)].map((line) => line.slice(0, line.indexOf(" "))).filter(isState);
  return [...observeAll(root, isState), ...state];
}

function observeAround(sandbox: Sandbox): string[] {
  const lines = observeAll(sandbox.directory, (path) => path === "root");
  return exists(PLANTED) ? [...lines, PLANTED] : lines;
}

function differences(where: string, before: readonly string[], after: readonly string[]): string[] {
  const [had, has] = [new Set(before), new Set(after)];
  return [
    ...before.filter((line) => !has.has(line)).map((line) => `${where}: gone or changed: ${line}`),
    ...after.filter((line) => !had.has(line)).map((line) => `${where}: new or changed: ${line}`),
  ];
}

function exists(location: string): boolean {
  return lstatSync(location, { throwIfNoEntry: false }) !== undefined;
}

async function* asStream(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
