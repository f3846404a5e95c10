// On which pretended targets is the provider put to the test? (with a pretended ssh-keygen, and with the real one if it is here)
import type { WorldMaker } from "../../conformance/world.ts";
import { fakeAuthority } from "./fake-authority.ts";
import { hasKeygen, keygenAuthority } from "./fake-keygen.ts";
import { sshWorld } from "./fake-world.ts";

const pretended: WorldMaker = { kind: "ssh", name: "ssh", make: () => sshWorld(fakeAuthority()) };
const real: WorldMaker = {
  kind: "ssh",
  name: "ssh, with ssh-keygen",
  make: () => sshWorld(keygenAuthority(), { timeout: 4_000 }),
};

export const worlds: readonly WorldMaker[] = hasKeygen ? [pretended, real] : [pretended];
