// What can be asked for by SSH certificate, and where is the code that does it?
import type { Provider } from "../provider.ts";
import { closed, NO_SCOPE, text, variable, word } from "../schema.ts";
import { fileOf, markOf } from "./names.ts";
import { lint, rightsOf, ROLE, selfPerpetuating } from "./role.ts";
import type { Machine } from "./tool.ts";

const RESIDUE = [
  "sessions that are open go on until they are closed: neither expiry nor revocation ends them",
  "keys in authorized_keys, files, jobs and accounts that the subject made on a host stay",
  "before its end, a host refuses the certificate only once it reads the new revoked.krl",
  "a host whose clock is behind lets in longer by as much",
  "what hosts let in by authorized_keys or by another CA cannot be seen from here",
];

const CONNECTION = closed(
  "A certificate authority for users, and the folder that it shares with its hosts.",
  {
    caKeyEnv: variable("the CA's private key in OpenSSH form, without a passphrase", "LAPSE_SSH_CA_KEY"),
    directory: text(
      "Full path of the folder, made by setup.sh: hosts read revoked.krl there, people their certificates",
      "/srv/lapse-ssh",
      { max: 500, pattern: "^/[\\x20-\\x7e]*$" },
    ),
  },
);

/** On the given machine, else on this one with its ssh-keygen. */
export function ssh(machine?: Machine): Provider {
  return {
    kind: "ssh",
    grants: true,
    capabilities: {
      ownership: "object",
      expiry: "credential-ttl",
      async: false,
      concurrency: 1,
      sweepable: true,
      residue: RESIDUE,
    },
    schemas: {
      connection: CONNECTION,
      role: ROLE,
      scope: NO_SCOPE,
    },
    selfPerpetuating,
    lint,
    howToConnect: (claim) => {
      const { role, connection } = claim;
      const file = fileOf(markOf(claim));
      const login = rightsOf(role).principals[0] ?? "";
      return `copy ${word(connection["directory"])}/certificates/${file}, then: ssh -o CertificateFile=${file} -i YOUR_KEY ${login}@HOST`;
    },
    connect: async (connection, options) =>
      (await import("./session.ts")).openSsh(
        connection,
        options,
        machine ?? (await import("./machine.ts")).machine,
      ),
  };
}

export const provider = ssh();
