// Which attacks are there on credentials?
import { rows } from "./row.ts";

export const F = rows([
  [
    "F1",
    "A branch's workflow reads the applier's secrets",
    "They are in an environment that only main can use; doctor looks",
  ],
  [
    "F2",
    "The cloud trusts more than the applier's job",
    "Trust is printed for each cloud and names repository, branch and workflow; doctor compares",
  ],
  [
    "F3",
    "Another workflow of the repository gets the same token",
    "Trust names the workflow, and one job alone may ask for a token",
  ],
  [
    "F4",
    "The app's token can do too much for too long",
    "Each job asks for what it needs; what it lacks is never used",
  ],
  [
    "F5",
    "A secret in a log, a report or the ledger",
    "Every secret that is read is known by value, and taken out of whatever is written",
  ],
  ["F6", "A runner that keeps what jobs leave behind", "The trust demands a hosted runner; doctor looks"],
  [
    "F7",
    "The applier gives itself anything",
    "The target limits what it can lend, and doctor asks the target",
  ],
  ["F8", "A request names the applier or a group of approvers", "Refused by what policy cannot lift"],
  ["F9", "A check of a pull request has credentials", "It needs none and opens no connection"],
  ["F10", "Forks get secrets or write tokens", "doctor looks at the settings"],
  ["F11", "A person's own token runs the applier", "Refused in CI unless it is allowed by name"],
]);
