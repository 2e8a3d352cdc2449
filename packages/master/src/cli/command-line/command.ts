import type { Argv, Options } from "yargs";
import { describedOptions } from "../config/described-options.js";

/** What was typed, with what was found and set elsewhere. */
export interface Completed {
  parsed: Record<string, unknown>;
  /** What a person should know of it. */
  notices: string[];
}

/** How a command's arguments are described, and read. */
export interface CommandReader {
  options: ReadonlyMap<string, Options>;
  read(parsed: Record<string, unknown>): unknown;
}

/** One command of the command line: what may be typed, what it means, and what does it. */
export interface Command<Args> {
  /** What is typed after its name, in the words of yargs. Default: nothing. */
  positionals?: string;
  describe: string;
  /** What stands behind `--` is another command, word by word; it is read as `behind`. */
  takesCommand?: boolean;
  options(parser: Argv): Argv;
  /** Adds to what was typed. Default: nothing. @throws {MasterError} */
  complete?(typed: Record<string, unknown>, reader: CommandReader): Promise<Completed>;
  /** Makes of what yargs read what the command is called with. @throws {MasterError} USAGE */
  read(parsed: Record<string, unknown>): Args | Promise<Args>;
  /**
   * Loads the layers that it needs, so that no other command does, and gives the exit code.
   * @param parse - reads another command line, for a command that stands for one
   */
  perform(args: Args, parse: ParseCommandLine): Promise<number>;
}

/** What the user asked for. `shown` means that help or the version has been printed. */
export type CommandLine = Chosen | { kind: "usage-error"; message: string } | { kind: "shown" };

/** Reads the arguments after the program's name. */
export type ParseCommandLine = (args: string[]) => Promise<CommandLine>;

/** A command that was chosen, and what it is called with. */
export interface Chosen {
  kind: "command";
  name: string;
  args: unknown;
  /** For the user, before it is performed. */
  notices: string[];
  perform(): Promise<number>;
}

/** A command as the table has it: whatever its arguments are. */
export interface AnyCommand
  extends Pick<Command<unknown>, "positionals" | "describe" | "options" | "takesCommand"> {
  /** @throws {MasterError} USAGE */
  choose(name: string, parsed: Record<string, unknown>, parse: ParseCommandLine): Promise<Chosen>;
}

export function command<Args>({ read, perform, complete, ...shown }: Command<Args>): AnyCommand {
  return {
    ...shown,
    async choose(name, typed, parse) {
      const reader = { options: describedOptions(shown.options), read };
      const { parsed, notices } = (await complete?.(typed, reader)) ?? { parsed: typed, notices: [] };
      const args = await read(parsed);
      return { kind: "command", name, args, notices, perform: () => perform(args, parse) };
    },
  };
}
