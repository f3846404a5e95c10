// Which keys and roles does the SSH provider refuse before any target is asked?
import { describe, expect, test } from "vitest";
import { provider } from "../../src/providers/ssh/index.ts";
import { badKeys, ecdsa, ed25519, rsa, skEcdsa, skEd25519 } from "../support/ssh.ts";

describe("a person's key", () => {
  const role = { principals: ["deploy"] };
  const lint = (identity: string) => provider.lint({ identity, role, scope: {} });

  test.each([
    ["ed25519", ed25519()],
    ["ed25519 on a security key", skEd25519()],
    ["ecdsa 256", ecdsa(256)],
    ["ecdsa 384", ecdsa(384)],
    ["ecdsa 521", ecdsa(521)],
    ["ecdsa on a security key", skEcdsa()],
    ["RSA of 3072 bits", rsa(3072)],
  ])("may be %s", (_, key) => {
    expect(lint(key)).toBeUndefined();
  });

  test.each(Object.entries(badKeys()))("may not be %s", (_, key) => {
    expect(lint(key)).toMatch(/^the subject's SSH key /);
  });
});

describe("a role", () => {
  const lint = (role: object) => provider.lint({ identity: ed25519(), role: role as never, scope: {} });

  test.each([
    { principals: ["deploy", "web-1", "ann@example.com"] },
    { principals: ["deploy"], allow: [] },
    { principals: ["deploy"], allow: ["pty", "port-forwarding", "agent-forwarding", "x11-forwarding"] },
    { principals: ["deploy"], forceCommand: 'echo "a, b"; id' },
    { principals: ["deploy"], sourceAddress: ["203.0.113.0/24", "2001:db8::/32", "192.0.2.1/32"] },
  ])("may be %j", (role) => {
    expect(lint(role)).toBeUndefined();
  });

  // A comma separates principals (ssh-keygen -n), a line feed ends an entry, and no principal means everybody.
  test.each([
    {},
    { principals: [] },
    { principals: ["a,root"] },
    { principals: ["*"] },
    { principals: ["-Oclear"] },
    { principals: ["a b"] },
    { principals: ["a\nroot"] },
    { principals: [""] },
    { principals: ["deploy"], forceCommand: "id\nid" },
    { principals: ["deploy"], allow: ["user-rc"] },
    { principals: ["deploy"], allow: ["__proto__"] },
    { principals: ["deploy"], sourceAddress: ["10.0.0.0"] },
    { principals: ["deploy"], sourceAddress: ["10.0.0.0/33"] },
    { principals: ["deploy"], sourceAddress: ["10.0.0.0/8,::/0"] },
    { principals: ["deploy"], sourceAddress: ["example.com/24"] },
  ])("may not be %j", (role) => {
    expect(lint(role)).toBeTypeOf("string");
  });

  test("that is root defeats time limits, unless a command is forced", () => {
    expect(provider.selfPerpetuating({ principals: ["deploy", "root"] })).toContain("root");
    expect(provider.selfPerpetuating({ principals: ["root"], forceCommand: "reboot" })).toBeUndefined();
    expect(provider.selfPerpetuating({ principals: ["deploy"] })).toBeUndefined();
  });
});
