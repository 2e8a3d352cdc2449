import { CredentialError, parseJoinLine, quietGrpc } from "@sloth/protocol";
import { MasterError } from "../../master-error.js";
import { verifyJoinLine } from "../../trust/add-agent.js";
import { openPins } from "../../trust/pins.js";
import { EXIT } from "../exit-code.js";
import { type Output, openOutput, printLines } from "../output.js";
import type { TrustChange } from "./agents-options.js";
import { readLine } from "./read-line.js";

/** Trusts an agent, or forgets it; gives the exit code. */
export async function agentsCommand(args: TrustChange, output: Output = openOutput()): Promise<number> {
  return args.action === "add" ? add(args, output) : remove(args, output);
}

async function add({ target, line, replaces }: TrustChange, output: Output): Promise<number> {
  quietGrpc();
  const pins = openPins();
  const address = target.label;
  const known = await pins.read(address);
  if (known && !replaces)
    throw new MasterError(
      "USAGE",
      `${address} has been added already. To trust another agent there: sloth agents add ${address} --replace`,
    );
  const joinLine = parse(line ?? (await readLine(`The join line of ${address}: `)));
  await pins.write(address, await verifyJoinLine(target, joinLine));
  await printLines(output, [`${address} is trusted from now on`]);
  return EXIT.succeeded;
}

function parse(line: string) {
  try {
    return parseJoinLine(line);
  } catch (error) {
    if (error instanceof CredentialError) throw new MasterError("USAGE", error.message, { cause: error });
    throw error;
  }
}

async function remove({ target }: TrustChange, output: Output): Promise<number> {
  const wasThere = await openPins().remove(target.label);
  if (!wasThere) throw new MasterError("USAGE", `${target.label} has not been added.`);
  await printLines(output, [`${target.label} is not trusted any more`]);
  return EXIT.succeeded;
}
