import { credentials, Metadata } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { channelSecurity } from "./channel-credentials.js";

describe("a channel in plaintext", () => {
  it("has no token, and gRPC lets none be added", () => {
    const { credentials: plaintext } = channelSecurity({ kind: "plaintext" }, "localhost");
    const token = credentials.createFromMetadataGenerator((_, done) => done(null, new Metadata()));
    expect(plaintext._isSecure()).toBe(false);
    expect(() => plaintext.compose(token)).toThrow();
  });
});
