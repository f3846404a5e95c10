// Which attacks are there by way of CI?
import { rows } from "./row.ts";

export const C = rows([
  [
    "C1",
    "A request edits the workflow that validates it",
    "Checks are advice: apply judges everything itself; a merge that touches more than the request gives nothing",
  ],
  ["C2", "Somebody else posts a check of the same name", "No check is evidence"],
  [
    "C3",
    "A skipped job counts as passed",
    "One required job that fails unless all others succeeded, without path filters",
  ],
  ["C4", "Code of a pull request runs with the base's token", "No workflow has such a trigger"],
  [
    "C5",
    "A result of a run with few rights poisons one with many",
    "No workflow takes another run's artifacts",
  ],
  [
    "C6",
    "Somebody pushes a branch whose workflow reads the secrets",
    "No secret outside the environment that only main can use; doctor looks",
  ],
  [
    "C7",
    "A title, branch or reason is pasted into a script",
    "No expression inside run; values travel in environment variables",
  ],
  ["C8", "Typed text is taken for a workflow command", "No line of ours can begin with one"],
  ["C9", "An action's tag is moved", "Every action is pinned to a commit"],
  ["C10", "A poisoned cache reaches the applier", "The applier uses no cache"],
  [
    "C11",
    "An old run is run again with its old code and commit",
    "Work is done on main's tip as fetched; used ids and ends are in the ledger",
  ],
  [
    "C12",
    "A run by hand on a side branch",
    "Refused before anything is read; the environment is limited to main",
  ],
  [
    "C13",
    "Runs cancel each other",
    "Any later run does all the work; ends have their own queue and nothing is cancelled",
  ],
  ["C14", "A dependency runs code when it is installed", "A lock file with hashes, and no install scripts"],
  [
    "C15",
    "A change of the applier itself is merged with too few approvals",
    "Granting stops until the change is approved as policy wants; revoking goes on",
  ],
  ["C16", "A token stays on disk", "No workflow keeps checkout's credential"],
  [
    "C17",
    "A name reaches git as an option or as configuration",
    "Only commit ids and fixed names reach git, with our own configuration",
  ],
  ["C18", "A condition in YAML that is always true", "Nothing is decided in YAML; linters hold the rest"],
  [
    "C19",
    "Pull requests of our own start no check",
    "Nothing waits for them: tidying up is not how access ends",
  ],
]);
