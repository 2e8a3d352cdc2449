/** The infrastructure failed under an attempt; the message says what is known of its outcome. */
export class AgentLost extends Error {
  override name = "AgentLost";
}
