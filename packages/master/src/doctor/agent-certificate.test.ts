import { describe, expect, it } from "vitest";
import { judgeCertificate } from "./agent-certificate.js";

/** Made by `openssl ca`, valid from 2024-01-01 to 2025-01-01. */
const YEAR = `-----BEGIN CERTIFICATE-----
MIIBAzCBqwIBATAKBggqhkjOPQQDAjANMQswCQYDVQQDDAJjYTAeFw0yNDAxMDEw
MDAwMDBaFw0yNTAxMDEwMDAwMDBaMBAxDjAMBgNVBAMMBWFnZW50MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAE6HmkdmydNcmpVqWvsG9+vFUAJOxvxr/jXBRjptnX
Pmt7tpkLYRWKvso9V51Kqt96OZQDrjjmqLbB+q603ciSuDAKBggqhkjOPQQDAgNH
ADBEAiAzXtCpcwR3QIZPubNazJ/jlGQdRKKH2kwUmSL3Ut7GSwIgI6oDrNQphKaq
sZfyH5dVffBN0f6aPP/vJsKs6mKI5dA=
-----END CERTIFICATE-----`;

describe("a certificate", () => {
  it.each([
    ["2023-12-31", "failed", /not valid yet/],
    ["2024-06-01", "ok", /^valid until 2025-01-01$/],
    ["2024-11-20", "ok", /^valid until/],
    ["2024-12-10", "warning", /soon$/],
    ["2025-01-02", "failed", /it has expired: it was valid until 2025-01-01/],
  ])("of one year is seen on %s as %s", (date, outcome, message) => {
    const finding = judgeCertificate(YEAR, Date.parse(date));
    expect(finding.outcome).toBe(outcome);
    expect(finding.message).toMatch(message);
  });
});
