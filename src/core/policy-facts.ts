// Are all the things that a request names known and readable?
import { error } from "./finding.ts";
import type { Finding, Lookup } from "./model.ts";
import { placeOf } from "./policy-checks.ts";
import type { Facts } from "./policy-input.ts";
import { didYouMean } from "./suggest.ts";
import { quoted } from "./text.ts";

type Named = Omit<Facts, "subject" | "entitlement" | "target" | "settings">;

/** The facts, or why they are not all there: a name that does not exist differs from one that cannot be read. */
export function gather(input: Named): { readonly facts: Facts } | { readonly findings: readonly Finding[] } {
  const { request, catalog } = input;
  const { settings, people, entitlements, targets } = catalog;
  const subject = catalog.person(request.subject);
  const entitlement = catalog.entitlement(request.entitlement);
  const findings = [
    ...missing(input, subject, "subject", request.subject, people),
    ...missing(input, entitlement, "entitlement", request.entitlement, entitlements),
    ...(settings.is === "found" ? [] : [unreadable(input, "policies/lapse.yaml", "entitlement")]),
  ];
  if (entitlement.is !== "found") return { findings };
  const target = catalog.target(entitlement.value.target);
  findings.push(...missing(input, target, "target", entitlement.value.target, targets));
  if (subject.is !== "found" || target.is !== "found" || settings.is !== "found") return { findings };
  const named = { subject: subject.value, entitlement: entitlement.value, target: target.value };
  return { facts: { ...pick(input), ...named, settings: settings.value } };
}

function pick({ request, catalog, window, now, active, history }: Named): Named {
  return { request, catalog, window, now, active, history };
}

const UNKNOWN = { subject: "LPS204", entitlement: "LPS206", target: "LPS207" } as const;

function missing(
  input: Named,
  lookup: Lookup<unknown>,
  what: keyof typeof UNKNOWN,
  name: string,
  known: readonly { readonly name: string }[],
): readonly Finding[] {
  if (lookup.is === "found") return [];
  const field = what === "subject" ? "subject" : "entitlement";
  if (lookup.is === "unreadable") return [unreadable(input, `${what} ${quoted(name)}`, field)];
  const names = known.map((one) => one.name);
  const folder = what === "subject" ? "people" : `${what}s`;
  return [
    error(
      UNKNOWN[what],
      `unknown ${what} ${quoted(name)}${didYouMean(name, names)}`,
      `use one of those in policies/${folder}`,
      placeOf(input, field),
    ),
  ];
}

function unreadable(input: Named, what: string, field: string): Finding {
  return error(
    "LPS205",
    `${what} cannot be read`,
    "correct the file in policies first",
    placeOf(input, field),
  );
}
