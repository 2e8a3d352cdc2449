import { chmodSync, linkSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type Case, changedBase, type Expectation, type Parts, toAgent, toMaster } from "./case.js";
import { directory, file, symlink } from "./list-bytes.js";
import { makeFifo, makeSocket } from "./sandbox.js";

type Work = (root: string) => void;

const put =
  (path: string): Work =>
  (root) =>
    writeFileSync(`${root}/${path}`, "mine");
const link =
  (path: string, target: string): Work =>
  (root) =>
    symlinkSync(target, `${root}/${path}`);
const fifo =
  (path: string): Work =>
  (root) =>
    makeFifo(`${root}/${path}`);
const socket =
  (path: string): Work =>
  (root) =>
    makeSocket(`${root}/${path}`);
const folder =
  (path: string): Work =>
  (root) =>
    void mkdirSync(`${root}/${path}`, { recursive: true });
const inPlaceOf =
  (path: string, work: (path: string) => Work): Work =>
  (root) => {
    rmSync(`${root}/${path}`, { recursive: true });
    work(path)(root);
  };
const all =
  (...works: Work[]): Work =>
  (root) =>
    works.forEach((work) => void work(root));

/** At an agent, where the tree and its contents go. */
const atAgent: [what: string, standing: Work, expectation: Expectation][] = [
  ["the directory of the tree is empty", folder("tree"), "accepted"],
  ["a file is in the directory of the tree", all(folder("tree"), put("tree/first")), "NOT_EMPTY"],
  ["a FIFO is in the directory of the tree", all(folder("tree"), fifo("tree/first")), "NOT_EMPTY"],
  [
    "a link is in the directory of the tree",
    all(folder("tree"), link("tree/first", "../../outside/secret")),
    "NOT_EMPTY",
  ],
  ["the directory of the tree is a link to one outside", link("tree", "../outside/dir"), "NOT_EMPTY"],
  ["the directory of the tree is a dangling link", link("tree", "../outside/planted"), "IO_FAILED"],
  ["the directory of the tree is a file", put("tree"), "IO_FAILED"],
  ["the directory of the tree is a FIFO", fifo("tree"), "IO_FAILED"],
  ["a file is in the staging directory", all(folder("staging"), put("staging/0")), "NOT_EMPTY"],
  [
    "a link is in the staging directory",
    all(folder("staging"), link("staging/0", "../../outside/secret")),
    "NOT_EMPTY",
  ],
  ["a FIFO is in the staging directory", all(folder("staging"), fifo("staging/0")), "NOT_EMPTY"],
  ["the staging directory is a link to one outside", link("staging", "../outside/dir"), "NOT_A_DIRECTORY"],
  ["the staging directory is a dangling link", link("staging", "../outside/planted"), "IO_FAILED"],
  ["the staging directory is a file", put("staging"), "IO_FAILED"],
  ["the staging directory is a FIFO", fifo("staging"), "IO_FAILED"],
];

/** At a master, after the tree was sent: where a file comes back to. */
const meanwhile: [what: string, meanwhile: Work, parts: Parts, expectation: Expectation][] = [
  [
    "a link out",
    inPlaceOf("keep", (path) => link(path, "../outside/secret")),
    { entries: [file("keep", "one")] },
    at("keep"),
  ],
  ["a FIFO", inPlaceOf("keep", fifo), { entries: [file("keep", "one")] }, at("keep")],
  ["a socket", inPlaceOf("keep", socket), { entries: [file("keep", "one")] }, at("keep")],
  ["a directory", inPlaceOf("keep", folder), { entries: [file("keep", "one")] }, at("keep")],
  ["a new FIFO", fifo("new"), { entries: [file("new", "one")] }, at("new")],
  ["a new socket", socket("new"), { entries: [file("new", "one")] }, at("new")],
  ["a new link out", link("new", "../outside/planted"), { entries: [file("new", "one")] }, at("new")],
  ["a FIFO that is to be deleted", inPlaceOf("keep", fifo), { deletions: ["keep"] }, at("keep")],
  [
    "a link out that is to be deleted",
    inPlaceOf("keep", (path) => link(path, "../outside/secret")),
    { deletions: ["keep"] },
    at("keep"),
  ],
  [
    "a FIFO where a directory comes",
    fifo("new"),
    { entries: [directory("new"), file("new/x", "one")] },
    at("new"),
  ],
  [
    "a link out where a directory comes",
    link("new", "../outside/dir"),
    { entries: [directory("new"), file("new/x", "one")] },
    at("new"),
  ],
  [
    "a link out where a directory was",
    inPlaceOf("empty", (path) => link(path, "../outside/dir")),
    { entries: [file("empty/file", "one")] },
    at("empty/file"),
  ],
  [
    "a link out where a directory goes",
    inPlaceOf("empty", (path) => link(path, "../outside/dir")),
    { deletions: ["empty"] },
    at("empty"),
  ],
  [
    "a link out where a directory gets another mode",
    inPlaceOf("empty", (path) => link(path, "../outside/dir")),
    { entries: [directory("empty", 0o777)] },
    at("empty"),
  ],
  ["a FIFO in a directory that is deleted", fifo("empty/fifo"), { deletions: ["empty"] }, at("empty")],
  ["a file in a directory that is deleted", put("empty/mine"), { deletions: ["empty"] }, at("empty")],
  [
    "a file in a directory that becomes a file",
    put("empty/mine"),
    { entries: [file("empty", "one")] },
    at("empty"),
  ],
  [
    "a FIFO in a directory that becomes a link",
    fifo("empty/fifo"),
    { entries: [symlink("empty", "keep")] },
    at("empty"),
  ],
  [
    "another name of a file outside",
    (root) => {
      rmSync(`${root}/keep`);
      linkSync(`${root}/../outside/shared`, `${root}/keep`);
    },
    { entries: [file("keep", "one")] },
    at("keep"),
  ],
];

/** At a master, before the tree is sent. */
const before: [what: string, standing: Work, parts: Parts, expectation: Expectation][] = [
  [
    "a FIFO, which is not sent, where a file comes",
    fifo("new"),
    { entries: [file("new", "one")] },
    at("new"),
  ],
  [
    "a socket, which is not sent, where a file comes",
    socket("new"),
    { entries: [file("new", "one")] },
    at("new"),
  ],
  ["a FIFO, which is not sent, that is deleted", fifo("new"), { deletions: ["new"] }, "BAD_CHANGESET"],
  ["a FIFO in a directory that is deleted", fifo("empty/fifo"), { deletions: ["empty"] }, at("empty")],
  [
    "a link in place of sloth's own directory",
    ownDirectory((at) => symlinkSync("../outside/dir", at)),
    { entries: [file("new", "one")] },
    "NOT_A_DIRECTORY",
  ],
  [
    "a file in place of sloth's own directory",
    ownDirectory((at) => writeFileSync(at, "")),
    { entries: [file("new", "one")] },
    "NOT_A_DIRECTORY",
  ],
  [
    "a FIFO in place of sloth's own directory",
    ownDirectory(makeFifo),
    { entries: [file("new", "one")] },
    "NOT_A_DIRECTORY",
  ],
  [
    "a link in place of the staging directory",
    inPlaceOf(".sloth/staging", (path) => link(path, "../../outside/dir")),
    { entries: [file("new", "one")] },
    "NOT_A_DIRECTORY",
  ],
  [
    "a link in place of the workspace's id",
    inPlaceOf(".sloth/workspace-id", (path) => link(path, "../../outside/secret")),
    { entries: [file("new", "one")] },
    "IO_FAILED",
  ],
  [
    "a FIFO in place of the workspace's id",
    inPlaceOf(".sloth/workspace-id", fifo),
    { entries: [file("new", "one")] },
    "IO_FAILED",
  ],
  [
    "a read-only directory in which a file changes",
    (root) => chmodSync(`${root}/d`, 0o555),
    { entries: [file("d/inner", "one")] },
    { tree: changedBase([directory("d", 0o555), file("d/inner", "one")]) },
  ],
];

export const standing: Case[] = [
  ...atAgent.map(([what, standing, expectation]) =>
    toAgent(what, { entries: [file("first", "one")], standing }, expectation),
  ),
  ...meanwhile.map(([what, meanwhile, parts, expectation]) =>
    toMaster(`${what} stands there meanwhile`, { ...parts, meanwhile }, expectation),
  ),
  ...before.map(([what, standing, parts, expectation]) =>
    toMaster(what, { ...parts, standing }, expectation),
  ),
];

function at(...conflicts: string[]): Expectation {
  return { conflicts };
}

/** Something else in place of `.sloth`, whose contents are out of the way. */
function ownDirectory(make: (location: string) => void): Work {
  return (root) => {
    renameSync(`${root}/.sloth`, `${root}/.sloth-moved`);
    make(`${root}/.sloth`);
  };
}
