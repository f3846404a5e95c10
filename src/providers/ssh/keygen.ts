// How does OpenSSH's own ssh-keygen sign, show and revoke? (8.3 and newer; https://man.openbsd.org/ssh-keygen)
import { Problem } from "../../core/problem.ts";
import { ProviderError } from "../provider.ts";
import { readCertificate, type Certificate } from "./certificate.ts";
import { fingerprint } from "./keys.ts";
import { publicHalf } from "./private-key.ts";
import { keygen, type Run } from "./scratch.ts";
import type { KeyTool, Listing, OpenTool, Order } from "./tool.ts";

/** Files on one command line at most. */
const PORTION = 200;

/** Throws a Problem if the program is missing or cannot read the key. */
export const openKeygen: OpenTool = async (privateKey, timeout) => {
  // ssh-keygen reads no key with a carriage return in it, as secrets pasted from some editors have.
  const files = { ca: `${privateKey.trim().replaceAll("\r", "")}\n` };
  const ca = publicHalf(privateKey);
  if (ca === undefined || !(await isKey(ca, timeout)))
    throw new Problem(
      "misconfigured",
      "the CA's private key cannot be read",
      "give the whole key file in OpenSSH form, without a passphrase: ssh-keygen -p -N '' -f KEY takes one off",
    );
  return {
    ca,
    sign: (order) => sign(files, order, timeout),
    show: showing(ca, timeout),
    refused: (list, lines) => inPortions(lines, (some) => refused(list, some, timeout)),
    revoke: (list, keyIds) => revoke(ca, { list, keyIds }, timeout),
    listing: (list) => listing(ca, list, timeout),
  };
};

/** Whether the program is there and knows this kind of key is asked at once, and without the private half. */
async function isKey(ca: string, timeout: number): Promise<boolean> {
  const run = { files: { "ca.pub": `${ca}\n` }, args: ["-l", "-f", "ca.pub"], timeout };
  return keygen(run, ({ code }) => Promise.resolve(code === 0));
}

async function sign(ca: Run["files"], order: Order, timeout: number): Promise<string> {
  const options = [
    ...Object.entries(order.critical).map(([name, value]) => `${name}=${value}`),
    ...Object.keys(order.extensions),
  ];
  const args = [
    ...["-q", "-s", "ca", "-P", "", "-I", order.keyId, "-z", order.serial],
    ...["-n", order.principals.join(","), "-V", `${stamp(order.from)}:${stamp(order.until)}`],
    // Without `clear` a certificate permits everything.
    ...["clear", ...options].flatMap((option) => ["-O", option]),
    "key.pub",
  ];
  return keygen({ files: { ...ca, "key.pub": `${order.key}\n` }, args, timeout }, async ({ code, read }) => {
    if (code === 0) return (await read("key-cert.pub")).toString().trim();
    throw new ProviderError("malformed", "ssh-keygen refused to sign: the key or an option is not valid", {
      vendorCode: String(code),
    });
  });
}

/** What a line says never changes, so each is shown to ssh-keygen once. */
function showing(ca: string, timeout: number): KeyTool["show"] {
  const known = new Map<string, Certificate>();
  return async (lines) => {
    const found = lines.map((line) => {
      const read = readCertificate(line);
      return read?.ca === ca ? read.certificate : undefined;
    });
    const unknown = found.filter((one) => one !== undefined && !known.has(one.text));
    for (const one of await verified(
      unknown.filter((one) => one !== undefined),
      timeout,
    ))
      known.set(one.text, one);
    return found.map((one) => known.get(one?.text ?? ""));
  };
}

/** ssh-keygen checks each signature as it reads, and prints a heading for each line that holds. */
async function verified(ours: readonly Certificate[], timeout: number): Promise<readonly Certificate[]> {
  if (ours.length === 0) return [];
  const certificates = ours.map(({ text }) => `${text}\n`).join("");
  const run = { files: { certificates }, args: ["-L", "-f", "certificates"], timeout };
  return keygen(run, ({ out }) => {
    const headings = out.matchAll(/^certificates(?::(\d+))?:$/gm);
    const good = new Set([...headings].map(([, line = "1"]) => Number(line)));
    return Promise.resolve(ours.filter((_, index) => good.has(index + 1)));
  });
}

async function refused(list: Buffer, lines: readonly string[], timeout: number): Promise<readonly boolean[]> {
  const names = lines.map((_, index) => `key${index}.pub`);
  const files = Object.fromEntries(names.map((name, index) => [name, `${lines[index] ?? ""}\n`]));
  const run = { files: { list, ...files }, args: ["-Q", "-f", "list", ...names], timeout };
  return keygen(run, ({ code, out }) => {
    const said = new Map(
      [...out.matchAll(/^(key\d+\.pub)(?: \(.*\))?: (ok|REVOKED)$/gm)].map(([, name, word]) => [name, word]),
    );
    // 1 says that at least one is revoked; any other code is a failure, and so is a line that is missing.
    if (code <= 1 && said.size === lines.length)
      return Promise.resolve(names.map((name) => said.get(name) === "REVOKED"));
    throw unread(code);
  });
}

async function revoke(
  ca: string,
  { list, keyIds }: { readonly list: Buffer | undefined; readonly keyIds: readonly string[] },
  timeout: number,
): Promise<Buffer> {
  const files = {
    ...(list && { list }),
    "ca.pub": `${ca}\n`,
    ids: keyIds.map((id) => `id: ${id}\n`).join(""),
  };
  const args = ["-q", "-k", ...(list ? ["-u"] : []), "-f", "list", "-s", "ca.pub", "ids"];
  return keygen({ files, args, timeout }, ({ code, read }) => {
    if (code === 0) return read("list");
    throw unread(code);
  });
}

/** Printed in the form of a specification, by CA. */
async function listing(ca: string, list: Buffer, timeout: number): Promise<Listing> {
  return keygen({ files: { list }, args: ["-Q", "-l", "-f", "list"], timeout }, ({ code, out }) => {
    if (code !== 0) throw unread(code);
    const keyIds: string[] = [];
    let [ours, others] = [false, 0];
    for (const line of out.split("\n")) {
      if (line.startsWith("# CA key ")) ours = line.endsWith(` ${fingerprint(ca)}`);
      else if (ours && line.startsWith("id: ")) keyIds.push(line.slice(4));
      else if (line !== "" && !line.startsWith("#")) others += 1;
    }
    return Promise.resolve({ keyIds, others });
  });
}

async function inPortions<T>(
  lines: readonly string[],
  act: (some: readonly string[]) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let at = 0; at < lines.length; at += PORTION) all.push(...(await act(lines.slice(at, at + PORTION))));
  return all;
}

/** In the machine's zone, which is UTC for the program. Older versions know no `Z`. */
function stamp(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace(/\D/g, "");
}

function unread(code: number): ProviderError {
  return new ProviderError("transient", "ssh-keygen could not read or write the revocation list", {
    vendorCode: String(code),
  });
}
