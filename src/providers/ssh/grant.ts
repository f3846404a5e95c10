// How is access given? (a certificate that ends by itself, recorded before it is handed out, and read back)
import type { Assignment, Instant, JsonObject } from "../../core/model.ts";
import { ProviderError } from "../provider.ts";
import { isFor, wanted } from "./assignment.ts";
import type { Certificate } from "./certificate.ts";
import { LIST } from "./folder.ts";
import { alone } from "./lock.ts";
import { fileOf } from "./names.ts";
import { endedIn, judge, look, receiptOf, recordOf, type Seen } from "./observe.ts";
import type { Site } from "./site.ts";

interface Window {
  readonly end: Instant;
  readonly now: Instant;
}

/** A host whose clock is a little behind lets in at once. */
const SKEW_MS = 60_000;
/** Certificates know whole seconds. */
const whole = (at: number): number => Math.floor(at / 1000) * 1000;

export async function grant(site: Site, assignment: Assignment, window: Window): Promise<JsonObject> {
  const until = whole(window.end);
  if (!(window.end > window.now && until > window.now))
    throw new ProviderError("malformed", "the window is over", { vendorCode: "past" });
  return alone(site.folder, async () => {
    const seen = await one(site, assignment);
    const there = usable(seen, assignment, until);
    const certificate =
      there ?? (await signed(site, assignment, { from: whole(window.now - SKEW_MS), until }));
    await handOut(site, seen, certificate);
    return confirmed(site, assignment);
  });
}

async function one(site: Site, assignment: Assignment): Promise<Seen> {
  return (await look(site, [assignment]))[0] ?? {};
}

/** The certificate that is there already. What is not ours is never adopted, and what was revoked stays so. */
function usable(seen: Seen, assignment: Assignment, until: number): Certificate | undefined {
  if (endedIn(seen, assignment)) refuse("this request was revoked, which is for good: ask again", "revoked");
  const certificate = recordOf(seen, assignment)?.certificate;
  if (!certificate && (seen.issued ?? seen.certificates))
    refuse("a certificate of that name is there and is not ours", "foreign");
  if (certificate && certificate.until !== until)
    refuse("the request has a certificate with another end: it must be revoked first", "end");
  return certificate;
}

async function signed(
  { tool }: Site,
  assignment: Assignment,
  window: Pick<Certificate, "from" | "until">,
): Promise<Certificate> {
  const [certificate] = await tool.show([await tool.sign({ ...wanted(assignment), ...window })]);
  if (certificate && isFor(certificate, assignment) && certificate.until === window.until) return certificate;
  throw new ProviderError("transient", "what was signed is not what was ordered", { vendorCode: "signed" });
}

/** Our record first: a certificate that somebody could have fetched is never unknown to us. */
async function handOut(site: Site, seen: Seen, { keyId, text }: Certificate): Promise<void> {
  const { folder, tool } = site;
  const list = await folder.read(LIST);
  if (!list) throw noList();
  const [refused] = await tool.refused(list, [text]);
  if (refused !== false) refuse("the revocation list names this key or request", "revoked");
  for (const shelf of ["issued", "certificates"] as const)
    if (seen[shelf]?.text !== text) await folder.write(`${text}\n`, shelf, fileOf(keyId));
}

/** A new one would lack what an administrator put on the old one, and this may be a moment without it. */
function noList(): ProviderError {
  const message = `the CA's folder has no ${LIST}: put the old one back, or make an empty one: ssh-keygen -k -f ${LIST}`;
  return new ProviderError("target-missing", message, { vendorCode: LIST });
}

async function confirmed(site: Site, assignment: Assignment): Promise<JsonObject> {
  const seen = await one(site, assignment);
  const state = judge(site, seen, assignment);
  const record = recordOf(seen, assignment);
  if (state.state === "ours" && state.drift === undefined && record?.certificate)
    return receiptOf(record.certificate);
  throw new ProviderError("transient", "the folder does not show the certificate", {
    vendorCode: "not-read-back",
  });
}

function refuse(message: string, vendorCode: string): never {
  throw new ProviderError("conflict", message, { vendorCode });
}
