// What does a machine say that has no ssh-keygen, or no key for it?
import type { ExecFileException } from "node:child_process";
import { expect, test, vi } from "vitest";
import { Problem } from "../../src/core/problem.ts";
import { provider } from "../../src/providers/ssh/index.ts";
import { hollowPrivateKey } from "../support/ssh.ts";

vi.mock("node:child_process", () => ({
  execFile: (_: string, __: unknown, ___: unknown, done: (failure: ExecFileException) => void) => {
    queueMicrotask(() => {
      done(Object.assign(new Error("spawn ssh-keygen ENOENT"), { code: "ENOENT" }));
    });
    return {};
  },
}));

const connect = (key: string | undefined): Promise<unknown> =>
  provider
    .connect(
      { caKeyEnv: "CA_KEY", directory: "/nowhere" },
      { owner: "lapse", secret: () => key, timeout: 1_000 },
    )
    .catch((thrown: unknown) => thrown);

test("that ssh-keygen is missing, and how to install it", async () => {
  const refused = await connect(hollowPrivateKey());
  expect(refused).toBeInstanceOf(Problem);
  expect(refused).toMatchObject({
    kind: "misconfigured",
    message: expect.stringContaining("ssh-keygen") as string,
    fix: expect.stringContaining("openssh-client") as string,
  });
});

test.each([undefined, "", " \n"])("that the variable holds no key (%j), and its name", async (key) => {
  const refused = await connect(key);
  expect(refused).toBeInstanceOf(Problem);
  expect(refused).toMatchObject({
    kind: "misconfigured",
    message: expect.stringContaining("CA_KEY") as string,
  });
});
