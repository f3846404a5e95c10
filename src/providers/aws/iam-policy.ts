// How is the end written into a policy, and is a policy that is there the one that we wrote?
import { canonical } from "../../core/canonical.ts";
import type { Instant } from "../../core/model.ts";
import { instant, isOver, printInstant } from "../../core/time.ts";
import { perpetuating } from "./catalogue.ts";
import { hash, sidOf } from "./iam-names.ts";
import { readDocument, type Document, type Loose, type Statement } from "./statements.ts";

/** The one version of the policy language that has variables; the older one reads the same text differently. */
const LANGUAGE = "2012-10-17";
const ELEMENTS = ["Sid", "Effect", "Action", "Resource", "Condition"];
const BEFORE = "DateLessThan";
const NOW = "aws:CurrentTime";

/** Why this policy cannot be lent; undefined if it can. */
export function unlendable({ version, statements }: Document): string | undefined {
  if (version !== LANGUAGE) return `is not written in the policy language ${LANGUAGE}`;
  for (const one of statements) {
    const reason = unlendableStatement(one);
    if (reason !== undefined) return reason;
  }
  return perpetuating(statements);
}

function unlendableStatement({ Effect, Action, Resource, Condition, raw }: Statement): string | undefined {
  // A Deny would take away what the subject has anyway, and go on doing so as garbage.
  if (Effect !== "Allow") return "has a statement that does not allow, but denies";
  const odd = Object.keys(raw).find((name) => !ELEMENTS.includes(name));
  if (odd !== undefined) return `uses ${odd}, which cannot be lent`;
  if (Action.length === 0 || Resource.length === 0) return "has a statement without Action or Resource";
  const own = Object.keys(Condition).some((operator) => operator.toLowerCase() === BEFORE.toLowerCase());
  return own ? `has a ${BEFORE} of its own` : undefined;
}

/** Whole seconds, rounded down: access never ends late. */
export function endOf(end: Instant): Instant {
  return (Math.floor(end / 1000) * 1000) as Instant;
}

export function writePolicy(document: Document, name: string, end: Instant): string {
  const statements = document.statements.map(({ raw, Condition }, i) => {
    const limits = { ...Condition, [BEFORE]: { [NOW]: printInstant(end) } };
    return { ...without(raw, "Sid"), ...(i === 0 && { Sid: sidOf(name) }), Condition: limits };
  });
  return JSON.stringify({ Version: document.version, Statement: statements });
}

function without(object: Loose, ...names: readonly string[]): Loose {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/** What the policy allows, apart from our mark and from when. */
export function timeless(document: Document): {
  readonly Version: string;
  readonly Statement: readonly Loose[];
} {
  const Statement = document.statements.map(({ raw, Condition }) => {
    const rest = without(Condition[BEFORE] ?? {}, NOW);
    const others = without(Condition, BEFORE);
    const limits = Object.keys(rest).length > 0 ? { ...others, [BEFORE]: rest } : others;
    return {
      ...without(raw, "Sid", "Condition"),
      ...(Object.keys(limits).length > 0 && { Condition: limits }),
    };
  });
  return { Version: document.version, Statement };
}

/** One hash for each meaning; undefined if the document holds what has no canonical form. */
export function digest(document: Document): string | undefined {
  try {
    return hash(canonical(timeless(document)));
  } catch {
    return undefined;
  }
}

export interface Judged {
  /** Our mark is in it. */
  readonly marked: boolean;
  readonly sha256: string | undefined;
  /** When the last of its statements ends; undefined if one of them has no end that can be read. */
  readonly end: Instant | undefined;
  readonly document: Document;
}

/** What a policy of this name says; undefined if it is no policy at all. */
export function judge(name: string, text: string): Judged | undefined {
  const document = readDocument(text);
  if (!document) return undefined;
  const ends = document.statements.map(statementEnd);
  const known = ends.filter((end) => end !== undefined);
  return {
    document,
    marked: document.statements.some(({ Sid }) => Sid === sidOf(name)),
    sha256: digest(document),
    end: known.length === ends.length ? (Math.max(...known) as Instant) : undefined,
  };
}

/** Anybody may have written it, so it is read strictly. Several values would mean the latest of them, so that is refused. */
function statementEnd({ Condition }: Statement): Instant | undefined {
  const written = Condition[BEFORE]?.[NOW];
  return typeof written === "string" ? instant(written) : undefined;
}

/** Has it ended by itself, by the clock of AWS? What has no readable end, or no clock to read, has not. */
export function hasEnded({ end }: Pick<Judged, "end">, now: Instant | undefined): boolean {
  return end !== undefined && now !== undefined && isOver(end, now);
}
