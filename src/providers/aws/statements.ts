// What does an IAM policy say? (read strictly; what is no policy is nothing)

/** One statement, as far as Lapse reads it; everything else in it is kept as it is. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly NotAction: readonly string[];
  /** As it was written. */
  readonly raw: Loose;
}

export interface Document {
  readonly version: string;
  readonly statements: readonly Statement[];
}

export type Loose = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Undefined if it is no policy. */
export function readDocument(text: string): Document | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return undefined;
    const { Version, Statement: written } = value;
    const list = Array.isArray(written) ? (written as unknown[]) : [written];
    const statements = list.map(readStatement);
    if (!statements.every((one) => one !== undefined)) return undefined;
    return { version: typeof Version === "string" ? Version : "", statements };
  } catch {
    return undefined;
  }
}

function readStatement(value: unknown): Statement | undefined {
  if (!isObject(value)) return undefined;
  const { Sid, Effect, Condition = {} } = value;
  const [Action, Resource, NotAction] = [value["Action"], value["Resource"], value["NotAction"]].map(texts);
  if (!Action || !Resource || !NotAction || !isCondition(Condition)) return undefined;
  return { Sid: named(Sid), Effect: named(Effect), Action, Resource, Condition, NotAction, raw: value };
}

const named = (value: unknown): string => (typeof value === "string" ? value : "");

function isCondition(value: unknown): value is Statement["Condition"] {
  return isObject(value) && Object.values(value).every(isObject);
}

/** IAM takes one text for a list of one. */
function texts(value: unknown): readonly string[] | undefined {
  if (value === undefined) return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.every((one) => typeof one === "string") ? list : undefined;
}
