// Which certificate does an assignment stand for, and the other way round?
import type { Assignment, Claim } from "../../core/model.ts";
import { fromEpoch } from "../../core/time.ts";
import { ProviderError, type Listed } from "../provider.ts";
import { word } from "../schema.ts";
import type { Certificate } from "./certificate.ts";
import { LIST } from "./folder.ts";
import { fingerprint } from "./keys.ts";
import { markOf, serialOf, targetIn } from "./names.ts";
import { lint, rightsOf, roleOf } from "./role.ts";
import type { Site } from "./site.ts";
import type { Order } from "./tool.ts";

/**
 * A key is its own identity: there is nobody to ask whose it is. What can be known is that a key is nobody's any more,
 * since the revocation list names it.
 */
export async function resolve({ folder, tool }: Site, claim: Claim): Promise<Assignment> {
  const wrong = lint(claim);
  if (wrong !== undefined) throw new ProviderError("malformed", wrong, { vendorCode: "lint" });
  const list = await folder.read(LIST);
  const [revoked] = list ? await tool.refused(list, [claim.identity]) : [];
  if (revoked === true)
    throw new ProviderError(
      "subject-missing",
      `the key ${fingerprint(claim.identity)} is on the revocation list: put the subject's new key into the person's file`,
      { vendorCode: "revoked" },
    );
  const { owner, target, provider, connection, scope } = claim;
  const mark = markOf(claim);
  const principal = { fingerprint: fingerprint(claim.identity), key: claim.identity };
  const role = roleOf(rightsOf(claim.role));
  return { key: `${target}/${mark}`, owner, target, provider, connection, principal, role, scope, mark };
}

/** Everything that the certificate says, but for its window. */
export function wanted(assignment: Assignment): Omit<Order, "from" | "until"> {
  const keyId = markIn(assignment);
  return {
    keyId,
    serial: serialOf(keyId),
    key: word(assignment.principal["key"]),
    ...rightsOf(assignment.role),
  };
}

export function markIn({ mark }: Assignment): string {
  if (mark !== undefined) return mark;
  throw new ProviderError("malformed", "the assignment names no certificate of ours", {
    vendorCode: "no-mark",
  });
}

/** It is signed as a whole: one that differs in anything is not ours. */
export function isFor(certificate: Certificate, assignment: Assignment): boolean {
  return said(certificate) === said(wanted(assignment));
}

function said({ keyId, key, principals, critical, extensions }: Omit<Order, "from" | "until">): string {
  const sorted = (options: Readonly<Record<string, string>>) => Object.entries(options).sort();
  return JSON.stringify([keyId, key, [...principals].sort(), sorted(critical), sorted(extensions)]);
}

/** What a listing shows of it. */
export function listed({ owner, connection }: Site, certificate: Certificate): Listed {
  const { keyId, key, until } = certificate;
  const target = targetIn(keyId, owner);
  return {
    key: `${target}/${keyId}`,
    owner,
    target,
    provider: "ssh",
    connection,
    principal: { fingerprint: fingerprint(key), key },
    role: roleOf(certificate),
    scope: {},
    mark: keyId,
    ...(Number.isFinite(until) && { until: fromEpoch(until) }),
  };
}
