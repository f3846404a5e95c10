// Which attacks are there by way of request files?
import { rows } from "./row.ts";

export const B = rows([
  [
    "B1",
    "A rename or an edit widens a request that is there",
    "A request is immutable; renames are not followed, they are a removal and an addition",
  ],
  [
    "B2",
    "Other files ride along in the same merge",
    "A merge that changes anything beside the one request gives nothing",
  ],
  [
    "B3",
    "The request is a symbolic link, or not a plain file",
    "Only mode 100644, read from git and never from a checkout",
  ],
  [
    "B4",
    "The request is a submodule that fetches or starts something",
    "As B3; no submodule is ever entered, git's configuration is ours",
  ],
  [
    "B5",
    "Names that look alike, begin with a dash, or hold invisible characters",
    "Plain lower-case ASCII paths; everything else below requests/ is reported",
  ],
  [
    "B6",
    "The forge's list of changed files is cut short",
    "What changed is asked of git, never of the forge",
  ],
  [
    "B7",
    "Keys twice; two readers of one file disagree",
    "One strict reader; keys are text and each stands once",
  ],
  [
    "B8",
    "A YAML 1.1 directive changes what values mean",
    "Directives are refused; every value is read as text and typed by us",
  ],
  [
    "B9",
    "Anchors, aliases, tags, merge keys, several documents, byte order marks",
    "All are refused, and so is whatever the parser warns about",
  ],
  [
    "B10",
    "A date that the schema accepts and no clock reaches",
    "One strict reader of instants; what is not finite has ended",
  ],
  [
    "B11",
    "Dates that are read kindly or in the machine's zone",
    "RFC 3339 with a zone, days that exist; the same in every zone",
  ],
  [
    "B12",
    "Durations of months, of nothing, or without end",
    "Whole units of fixed length, bounded by policy",
  ],
  ["B13", "Keys like __proto__", "Refused at any depth; nothing is written to a prototype"],
  [
    "B14",
    "A validator that is quietly off",
    "Strict schemas without coercion; each constraint has an example that fails",
  ],
  ["B15", "A file that costs too much to read", "Bounded size, lines and depth, file by file"],
  [
    "B16",
    "What a reviewer sees is not what is granted",
    "Control, bidi and look-alike characters are refused; the check shows the resolved request and its digest",
  ],
  [
    "B17",
    "A name that means more on the target: system groups, wildcards, empty scopes",
    "Subjects are people of policies/, roles come from entitlements, each provider refuses its reserved names",
  ],
]);
