// Who vouches for a pretended service? (a certificate for 127.0.0.1, made once a process and never stored)
import { generate } from "selfsigned";
import type { Tls } from "./loopback.ts";

let made: Promise<Tls> | undefined;

/** The certificate is its own authority: give `cert` to the client as CA. */
export function loopbackTls(): Promise<Tls> {
  return (made ??= make());
}

async function make(): Promise<Tls> {
  const { private: key, cert } = await generate([{ name: "commonName", value: "127.0.0.1" }], {
    keyType: "ec",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
    ],
  });
  return { key, cert };
}
