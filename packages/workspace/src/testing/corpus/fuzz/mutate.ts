import { digestOf } from "../../archive.js";
import { rawManifest, varint } from "../list-bytes.js";
import type { Random } from "./random.js";

type Mutation = (random: Random, bytes: Buffer, other: Buffer) => Buffer;

const BYTES = [0x00, 0x01, 0x02, 0x2e, 0x2f, 0x7f, 0x80, 0xff];
const NUMBERS = [0, 1, 2, 127, 128, 255, 256, 4095, 4096, 2 ** 31, 2 ** 32, 2 ** 40, 2 ** 53 - 1, 2 ** 53];
const BLOCK_BYTES = 512;

const ofBytes: Mutation[] = [
  (random, bytes) => replaced(bytes, random.below(bytes.length), (byte) => byte ^ (1 << random.below(8))),
  (random, bytes) => replaced(bytes, random.below(bytes.length), () => random.pick(BYTES)),
  (random, bytes) => bytes.subarray(0, random.below(bytes.length)),
  (random, bytes) => without(bytes, ...rangeIn(random, bytes)),
  (random, bytes) => doubled(bytes, ...rangeIn(random, bytes)),
  (random, bytes) => spliced(bytes, random.below(bytes.length), 0, random.bytes(random.below(40))),
  (random, bytes, other) =>
    spliced(bytes, random.below(bytes.length), bytes.length, other.subarray(random.below(other.length))),
  // A number in place of a byte, which may have been a length, a count or a size.
  (random, bytes) => spliced(bytes, random.below(bytes.length), 1, varint(random.pick(NUMBERS))),
];

const HEADER_FIELDS: [at: number, length: number][] = [
  [0, 100],
  [100, 8],
  [108, 8],
  [116, 8],
  [124, 12],
  [136, 12],
  [156, 1],
  [157, 100],
  [257, 8],
  [265, 32],
  [297, 32],
  [329, 8],
  [337, 8],
  [345, 155],
  [500, 12],
];

const ofBlocks: Mutation[] = [
  (random, bytes) => doubled(bytes, ...blockIn(random, bytes)),
  (random, bytes) => without(bytes, ...blockIn(random, bytes)),
  (random, bytes) =>
    spliced(bytes, blockIn(random, bytes)[0], 0, Buffer.alloc(BLOCK_BYTES * (1 + random.below(2)))),
  (random, bytes, other) =>
    spliced(bytes, blockIn(random, bytes)[0], BLOCK_BYTES, other.subarray(0, BLOCK_BYTES)),
  mutateField,
  mutateField,
];

/** Some bytes changed at random; what is empty stays so. */
export function mutateBytes(random: Random, bytes: Buffer, other: Buffer): Buffer {
  return bytes.length === 0 ? bytes : random.pick(ofBytes)(random, bytes, other);
}

/** As bytes, as blocks, or in a field of a header whose checksum is put right again. */
export function mutateArchive(random: Random, bytes: Buffer, other: Buffer): Buffer {
  if (bytes.length < BLOCK_BYTES || random.isOneIn(3)) return mutateBytes(random, bytes, other);
  return random.pick(ofBlocks)(random, bytes, other);
}

/** In one listing, after which the digests above it are put right again; else none would be looked at. */
export function mutateManifest(random: Random, bytes: Buffer, other: Buffer): Buffer {
  const listings = random.isOneIn(4) ? undefined : listingsOf(bytes);
  if (listings === undefined || listings.length === 0) return mutateBytes(random, bytes, other);
  const at = random.below(listings.length);
  replaceListing(listings, at, mutateBytes(random, listings[at] ?? bytes, other));
  return rawManifest(...listings);
}

function replaceListing(listings: Buffer[], at: number, changed: Buffer): void {
  const before = Buffer.from(digestOf(listings[at] ?? ""), "hex");
  const after = Buffer.from(digestOf(changed), "hex");
  listings[at] = changed;
  for (let above = at - 1; above >= 0; above--) {
    const listing = listings[above];
    const found = listing?.indexOf(before) ?? -1;
    if (listing === undefined || found === -1) continue;
    replaceListing(listings, above, spliced(listing, found, after.length, after));
    return;
  }
}

/** The listings of a manifest, if it is made of listings. */
function listingsOf(bytes: Buffer): Buffer[] | undefined {
  const listings: Buffer[] = [];
  for (let at = 4; at < bytes.length; ) {
    let length = 0;
    let byte = 0x80;
    for (let shift = 0; byte >= 0x80 && shift < 28; shift += 7) {
      byte = bytes[at++] ?? 0;
      length += (byte & 0x7f) * 2 ** shift;
    }
    if (byte >= 0x80 || at + length > bytes.length) return undefined;
    listings.push(bytes.subarray(at, at + length));
    at += length;
  }
  return listings;
}

function mutateField(random: Random, bytes: Buffer): Buffer {
  const headers = [...Array(Math.floor(bytes.length / BLOCK_BYTES)).keys()]
    .map((block) => block * BLOCK_BYTES)
    .filter((at) => bytes.toString("latin1", at + 257, at + 262) === "ustar");
  if (headers.length === 0) return doubled(bytes, ...blockIn(random, bytes));
  const at = random.pick(headers);
  const [field, length] = random.pick(HEADER_FIELDS);
  const block = Buffer.from(bytes.subarray(at, at + BLOCK_BYTES));
  block.fill(0, field, field + length);
  fieldValue(random, length).copy(block, field, 0, length);
  const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return spliced(bytes, at, BLOCK_BYTES, block);
}

function fieldValue(random: Random, length: number): Buffer {
  if (random.isOneIn(3)) return random.bytes(length);
  if (random.isOneIn(3))
    return Buffer.from(random.pick(["../x", "/etc", "x", "L", "1", "2", "5", "g", "ustar  \0"]));
  const digits = random
    .pick(NUMBERS)
    .toString(8)
    .padStart(Math.max(length - 1, 0), "0");
  return Buffer.from(`${digits.slice(-Math.max(length - 1, 1))} `);
}

function rangeIn(random: Random, bytes: Buffer): [from: number, to: number] {
  const from = random.below(bytes.length);
  return [from, Math.min(bytes.length, from + 1 + random.below(600))];
}

function blockIn(random: Random, bytes: Buffer): [from: number, to: number] {
  const from = random.below(Math.floor(bytes.length / BLOCK_BYTES)) * BLOCK_BYTES;
  return [from, from + BLOCK_BYTES];
}

function spliced(bytes: Buffer, at: number, removed: number, added: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)]);
}

function without(bytes: Buffer, from: number, to: number): Buffer {
  return spliced(bytes, from, to - from, Buffer.alloc(0));
}

function doubled(bytes: Buffer, from: number, to: number): Buffer {
  return spliced(bytes, to, 0, bytes.subarray(from, to));
}

function replaced(bytes: Buffer, at: number, change: (byte: number) => number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = change(bytes[at] ?? 0);
  return changed;
}
