import { labelOf } from "../../inventory/selection.js";
import type { TransferForecast } from "../../plan/transfers.js";
import { describeForecast, warnOfMuch } from "../../view/sync-view.js";
import { complain, type Output, printLines } from "../output.js";

/** Shows what would be sent to an agent, and why it could not be asked. */
export async function showTransfer(
  { transfer, forecast, isGuess, problem }: TransferForecast,
  output: Output,
): Promise<void> {
  const { workspace, selection, groups } = transfer;
  const agent = labelOf(selection);
  if (problem !== undefined) await complain(output, problem);
  const place = { workspace, agent, groups: [...groups] };
  await printLines(output, describeForecast(place, forecast, isGuess));
  const warning = warnOfMuch(agent, forecast);
  if (warning !== undefined) await complain(output, warning);
}
