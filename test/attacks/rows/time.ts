// What can go wrong while access is given and taken away?
import { rows } from "./row.ts";

export const D = rows([
  [
    "D1",
    "The scheduled run is hours late",
    "An end of the target's own or a sweeper beside it, where there can be one; the plan says which grants have only one way out",
  ],
  [
    "D2",
    "The schedule stops and nobody notices",
    "A heartbeat in the ledger; nothing is given when it is stale, and a watchdog says so",
  ],
  ["D3", "The forge is down", "Taking away needs the ledger, the target and the clock"],
  ["D4", "One bad file on main stops everything", "Ends come first and read no file; each file fails alone"],
  [
    "D5",
    "A crash between granting and writing it down",
    "The intent is written first, names are known before, the next run goes on from there",
  ],
  [
    "D6",
    "A crash while revoking, or the target says not found",
    "Revoking can be repeated, and only a read that lacks the access closes a case",
  ],
  [
    "D7",
    "Two appliers at once, or one that wakes up late",
    "The ledger takes one writer at a time; what was granted meanwhile is looked at again",
  ],
  ["D8", "A wrong clock", "Server times bound the clock; a skew stops granting"],
  ["D9", "The time runs from the wrong moment", "From the merge by the server's clock, written down once"],
  ["D10", "A timer that overflows fires at once", "Short sleeps, no timer for each grant"],
  ["D11", "Opening hours around a change of clocks", "Zones by name, evaluated at the instant"],
  [
    "D12",
    "A read that is partial or empty",
    "Unknown is not absent: nothing is granted and nothing dropped on it",
  ],
  ["D13", "A target refuses for ever", "Tried again for ever, shown first, and red until it is done"],
  ["D14", "A target's file is deleted while access is open", "The ledger holds all that revoking needs"],
  ["D15", "Somebody makes another grant of the same name", "Only the very thing that we made is removed"],
  [
    "D16",
    "Somebody changes our grant on the target",
    "What is seen is compared with what was written; it is reported and ended",
  ],
  ["D17", "Two requests give the same right", "Ends are a union: one end never ends the other"],
  [
    "D18",
    "Granting uses up what revoking needs",
    "Ends come first; what the server says about waiting is obeyed",
  ],
  ["D19", "Ending early waits for a review", "Less access needs no approval"],
  [
    "D20",
    "Access has ended and its session goes on",
    "Sessions are cut where the target can; otherwise it is said what is left",
  ],
  ["D21", "A guard against mass changes stops the ends", "No such guard stands before an end"],
  ["D22", "The tidying pull request is refused or closed", "It is tidying: access has ended before"],
  ["D23", "The ledger is set back", "Its tip must descend from what was seen; otherwise nothing is granted"],
  [
    "D24",
    "The person leaves or the policy is tightened while access is open",
    "Every live grant is judged again at each run",
  ],
]);
