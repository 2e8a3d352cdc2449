import { END, header } from "../archive.js";
import { archived, type Case, inPieces, ONE, TWO } from "./case.js";

const GOOD = Buffer.concat([ONE.body, TWO, END]);
const BLOCK = Buffer.alloc(512);
const blocks = GOOD.length / 512;

const others: [what: string, archive: Buffer][] = [
  ["no end marker", Buffer.concat([ONE.body, TWO])],
  ["one block of zeros at the end", Buffer.concat([ONE.body, TWO, BLOCK])],
  ["three blocks of zeros at the end", Buffer.concat([GOOD, BLOCK])],
  [
    "a record of zeros at the end, as GNU tar writes it",
    Buffer.concat([GOOD, Buffer.alloc(10_240 - GOOD.length)]),
  ],
  ["one byte after the end", Buffer.concat([GOOD, Buffer.from("x")])],
  ["a NUL after the end", Buffer.concat([GOOD, Buffer.alloc(1)])],
  ["a block after the end", Buffer.concat([GOOD, header({ name: "x" })])],
  ["a content after the end", Buffer.concat([GOOD, ONE.body])],
  ["an archive after the end", Buffer.concat([GOOD, GOOD])],
  ["the end in front", Buffer.concat([END, ONE.body, TWO, END])],
  ["the end in the middle", Buffer.concat([ONE.body, END, TWO, END])],
  ["one block of zeros in front", Buffer.concat([BLOCK, GOOD])],
  ["one block of zeros in the middle", Buffer.concat([ONE.body, BLOCK, TWO, END])],
  ["a content between the blocks of zeros", Buffer.concat([ONE.body, BLOCK, TWO, BLOCK])],
  ["bytes in an end block", Buffer.concat([ONE.body, TWO, BLOCK, Buffer.alloc(511), Buffer.from("x")])],
  ["bytes in the padding of a content", Buffer.concat([withByte(ONE.body, 600), TWO, END])],
  ["no padding after a content", Buffer.concat([ONE.body.subarray(0, 515), TWO, END])],
  ["a byte in front", Buffer.concat([Buffer.from("x"), GOOD])],
  ["half a block in front", Buffer.concat([Buffer.alloc(256), GOOD])],
  ["nothing but zeros", Buffer.alloc(10_240)],
  ["nothing but 0xff", Buffer.alloc(10_240, 0xff)],
  ["nothing but text", Buffer.alloc(10_240, "HTTP/1.1 200 OK\r\n")],
  ["gzip's magic in front", Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), GOOD])],
];

export const framing: Case[] = [
  ...range(blocks).flatMap((block) => [
    ...archived(`an archive cut off before block ${block}`, GOOD.subarray(0, block * 512)),
    ...archived(`an archive cut off after a byte of block ${block}`, GOOD.subarray(0, block * 512 + 1)),
    ...archived(`an archive cut off in the middle of block ${block}`, GOOD.subarray(0, block * 512 + 300)),
    ...archived(
      `an archive cut off before the last byte of block ${block}`,
      GOOD.subarray(0, block * 512 + 511),
    ),
  ]),
  ...range(blocks).flatMap((block) =>
    archived(`an archive without block ${block}`, without(GOOD, block * 512, block * 512 + 512)),
  ),
  ...others.flatMap(([what, archive]) => archived(`an archive with ${what}`, archive)),
  ...[1, 2, 7, 511, 512, 513, 1024, 100_000].flatMap((size) =>
    archived(`an archive in chunks of ${size} bytes`, [...inPieces(GOOD, size)], "accepted"),
  ),
  ...archived("an archive with empty chunks", withEmptyChunks(), "accepted"),
];

function range(length: number): number[] {
  return [...Array(length).keys()];
}

function without(bytes: Buffer, from: number, to: number): Buffer {
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
}

function withEmptyChunks(): Uint8Array[] {
  return [...inPieces(GOOD, 300)].flatMap((chunk) => [new Uint8Array(), chunk, new Uint8Array()]);
}

function withByte(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = 0x78;
  return changed;
}
