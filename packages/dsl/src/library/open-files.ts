import { HostError, type HostFile } from "../host.js";
import type { LuaValue } from "../model.js";
import { BufferedFile } from "./buffered-file.js";

/** Open at a time, by one state: descriptors are shared by all tasks of the process. */
const LIMIT = 512;

interface OpenFile {
  file: BufferedFile;
  /** What closing it gives to Lua, and does besides. */
  finish(): LuaValue[];
}

/** The files that a state has open, by number: what is behind the handles of a script. */
export class OpenFiles {
  readonly #files = new Map<number, OpenFile>();
  #lastNumber = -1;
  #initialCount = 0;
  readonly #standard: () => HostFile[];

  /** @param standard - makes what is open from the beginning, under the numbers from 0 on */
  constructor(standard: () => HostFile[] = () => []) {
    this.#standard = standard;
    this.#openStandard();
  }

  /** Takes over an open file, to close it in the end. */
  add(
    file: HostFile,
    options: { appends?: boolean; position?: number; finish?: () => LuaValue[] } = {},
  ): number {
    if (this.#files.size >= LIMIT) {
      file.close();
      throw new HostError("Too many open files", "EMFILE");
    }
    const { finish = () => [true] } = options;
    this.#files.set(++this.#lastNumber, { file: new BufferedFile(file, options), finish });
    return this.#lastNumber;
  }

  get(number: number): BufferedFile {
    const open = this.#files.get(number);
    if (!open) throw new Error(`No file has the number ${number}`);
    return open.file;
  }

  close(number: number): LuaValue[] {
    const open = this.#files.get(number);
    this.#files.delete(number);
    open?.file.close();
    return open?.finish() ?? [];
  }

  /** Whether nothing was ever opened, nor closed, but what is so from the beginning. */
  get isInitial(): boolean {
    return this.#files.size === this.#initialCount && this.#lastNumber + 1 === this.#initialCount;
  }

  /** Closes what the script has not closed, without anything that closing would start. */
  closeAll(): void {
    for (const { file } of this.#files.values()) file.close();
    this.#files.clear();
  }

  /** Makes it as it was in the beginning. */
  clear(): void {
    this.closeAll();
    this.#openStandard();
  }

  #openStandard(): void {
    this.#lastNumber = -1;
    for (const file of this.#standard()) this.add(file);
    this.#initialCount = this.#files.size;
  }
}
