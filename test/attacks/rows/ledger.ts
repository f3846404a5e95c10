// Which attacks are there on the ledger and on what an audit reads?
import { rows } from "./row.ts";

export const E = rows([
  ["E1", "The log is rewritten", "Each entry holds the hash of the one before; what does not fit is named"],
  ["E2", "The ledger is somewhere that rules cannot protect", "It is a branch; doctor asks for its rules"],
  [
    "E3",
    "Author, committer and dates inside git are made up",
    "None is read: who and when come from the server's record",
  ],
  [
    "E4",
    "Somebody else appends to the ledger",
    "Only the applier may write, which doctor checks; what is not signed by it is reported",
  ],
  ["E5", "The last entries are cut off", "The tip is known elsewhere and compared"],
  [
    "E6",
    "The forge shows one history to us and another to others",
    "Two clones are compared and the fork is named",
  ],
  ["E7", "The rules were off for a while", "The rules' digest is recorded, and a gap is reported"],
  [
    "E8",
    "The evidence is deleted afterwards",
    "What was found is written down when access is given; an audit needs git alone",
  ],
  [
    "E9",
    "Typed text forges a line, a cell, a mention or a link",
    "One encoder for each place that text goes to",
  ],
  [
    "E10",
    "A secret in a log that cannot be changed",
    "Ids and digests only; what looks like a secret is refused in a request",
  ],
  [
    "E11",
    "The target says done and did not do it",
    "Sent and verified are two entries; only a read closes a case",
  ],
  ["E12", "Two writers, one entry lost", "An append that raced is decided again from the new state"],
  [
    "E13",
    "Two ways to write the same entry, or one digest for two",
    "One canonical form, and a hash that names what it is of",
  ],
  ["E14", "Main holds something added and removed again within one merge", "Pushes are judged, not commits"],
  [
    "E15",
    "An end is visible only because nothing is there",
    "For each grant the audit says when it should have closed, and when it was seen closed",
  ],
]);
