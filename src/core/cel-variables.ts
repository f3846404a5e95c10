// What can a policy expression see? (names and types of every variable and field)

const TIME = "google.protobuf.Timestamp";
const SPAN = "google.protobuf.Duration";

/** Fields by type; the only ones that exist for CEL. Times are whole seconds. */
export const TYPES = {
  Request: {
    id: "string",
    subject: "string",
    entitlement: "string",
    duration: SPAN,
    notBefore: TIME,
    reason: "string",
    ticket: "string",
    scope: "map<string, list<string>>",
    extends: "string",
    breakGlass: "bool",
  },
  Subject: { name: "string", login: "string", groups: "list<string>" },
  Entitlement: {
    name: "string",
    title: "string",
    risk: "string",
    maxDuration: SPAN,
    eligible: "list<string>",
  },
  Target: { name: "string", environment: "string", provider: "string" },
  Grant: {
    request: "string",
    subject: "string",
    entitlement: "string",
    target: "string",
    environment: "string",
    start: TIME,
    end: TIME,
    extends: "string",
    approvers: "list<string>",
  },
  Window: { start: TIME, end: TIME },
} as const;

export type TypeName = keyof typeof TYPES;

const WHEN = {
  request: "Request",
  subject: "Subject",
  entitlement: "Entitlement",
  target: "Target",
  window: "Window",
  now: TIME,
} as const;

/** `rule` sees everything. `when` sees no other grants: who must approve depends on the request alone. */
export const VARIABLES = {
  when: WHEN,
  rule: { ...WHEN, approvals: "int", active: "list<Grant>", mine: "list<Grant>", history: "list<Grant>" },
} as const;

export type VariableSet = keyof typeof VARIABLES;

/** What is known about the length of each list that an expression can walk; the rest are short. */
export interface Sizes {
  readonly active: number;
  readonly mine: number;
  readonly history: number;
}

type Marker = () => void;
const markers = new Map<TypeName, Marker>();
const prototypes = new Map<TypeName, object>();
for (const name of Object.keys(TYPES) as TypeName[]) {
  const marker: Marker = () => undefined;
  markers.set(name, marker);
  prototypes.set(name, Object.assign(Object.create(null) as object, { constructor: marker }));
}

/** The engine tells types apart by `constructor`; this is the one of a type. */
export function markerOf(name: TypeName): Marker {
  const marker = markers.get(name);
  if (!marker) throw new TypeError(`no type ${name}`);
  return marker;
}

/** A value of one of our types, made once, so that the engine converts nothing while it walks a list. */
export function record(name: TypeName, fields: object): object {
  return Object.assign(Object.create(prototypes.get(name) ?? null) as object, fields);
}
