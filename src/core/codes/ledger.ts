// Which codes are about the ledger and the audit? (LPS5xx)

export const LEDGER_CODES = {
  LPS501: {
    title: "ledger entry changed",
    explain:
      "An entry no longer has the hash that the next one names, so its words were changed after they were written. Do not trust it; compare with another clone of the ledger branch.",
  },
  LPS502: {
    title: "ledger entries missing",
    explain:
      "The sequence numbers have a gap: entries were dropped, or moved elsewhere. Compare with another clone of the ledger branch.",
  },
  LPS503: {
    title: "ledger entry out of place",
    explain:
      "An entry's sequence number was already passed: it was inserted, repeated or moved. Only the entries in unbroken order count.",
  },
  LPS504: {
    title: "ledger entry not readable",
    explain:
      "A line of the log is not an entry in canonical form. Lapse never writes such a line; look at who pushed it.",
  },
  LPS505: {
    title: "ledger tip differs",
    explain:
      "The tip names another last entry than the log has: the last entries were cut off or changed, or the tip was.",
  },
  LPS506: {
    title: "ledger checkpoint differs",
    explain:
      "The list of open cases is not what the log adds up to. The log counts; a case that is missing from the list would never be ended by itself.",
  },
  LPS507: {
    title: "used ids differ",
    explain:
      "The index of used request ids is not what the log adds up to. An id that is missing from it could be used a second time.",
  },
  LPS508: {
    title: "ledger entry against the rules",
    explain:
      "An entry says something that cannot follow from what was before it, such as a grant without an admission. It was not written by this program, or by a broken one.",
  },
  LPS509: {
    title: "ledger was rewritten",
    explain:
      "The remote's ledger no longer contains the ledger that this clone has seen: it was force-pushed, restored from a backup or deleted. Grants are frozen and access still ends by the ledger seen before. `lapse ledger restore` puts back what this clone remembers, where that only adds to the branch; after an audit, `lapse ledger accept <commit>` follows the rewritten branch.",
  },
  LPS510: {
    title: "ledger checkpoint rebuilt",
    explain:
      "The tip or the list of open cases was not what the last append wrote, or the log goes on behind it, so both were rebuilt from the log. A case stays open unless an entry beyond doubt closed it. The next append writes them anew; find out who damaged them, and remove a log file that Lapse did not write.",
  },
  LPS511: {
    title: "kept receipts not readable",
    explain:
      "A file with receipts that wait to be pushed is damaged. It is left where it is; read it by hand, since it may say that access was given or ended.",
  },
  LPS512: {
    title: "ledger lacks an entry that was there",
    explain:
      "The hash that was given with `--expect-tip` belongs to no entry of the log. A chain whose tail was cut off is still a whole chain, so only somebody who wrote its last hash down can tell. Restore the longer ledger from a clone that has it.",
  },
  LPS550: {
    title: "access outlived its end",
    explain:
      "The end of this access has passed, or an earlier end was ordered, and no removal was confirmed by reading the target back. Run `lapse expire`; while it fails, remove the access on the target by hand.",
  },
  LPS551: {
    title: "removed late",
    explain:
      "The removal was confirmed later than the target's bound allows. Look at how often the sweep runs, and at what failed in between (`lapse show ID`).",
  },
  LPS552: {
    title: "merged request without a decision",
    explain:
      "The file is on main, the applier has processed main since, and the ledger holds no decision about it. `lapse plan` says what holds it back.",
  },
  LPS553: {
    title: "decision without a request",
    explain:
      "The ledger decided a request whose file was never on main's first-parent history. Main was rewritten, or the ledger was written by somebody else.",
  },
  LPS554: {
    title: "decided on other content",
    explain:
      "The ledger names a content of this request that was never on main. What was granted is not what was merged.",
  },
  LPS555: {
    title: "request file and ledger disagree",
    explain: "Requests are immutable. A changed file has no power, and access that it stood for is ended.",
  },
  LPS556: {
    title: "id used again",
    explain: "The same request id came to main more than once. Only the first can have been decided.",
  },
  LPS557: {
    title: "came and went between two runs",
    explain:
      "The file was added and removed before any run saw it, for example by a rebase merge of both commits. Nothing was granted. Allow squash merges only.",
  },
  LPS558: {
    title: "ended request still on main",
    explain:
      "The access has ended, and the file that asked for it is still on main. It gives nothing; its revert pull request waits to be merged.",
  },
  LPS559: {
    title: "the ledger's index disagrees with its entries",
    explain:
      "live.jsonl does not hold exactly the cases that the entries leave open. The entries are right: they are chained, the index is only built from them.",
  },
  LPS560: {
    title: "entry out of place",
    explain:
      "A ledger entry decides a request a second time, or grants where no case is open. Only the applier writes the ledger, and it does not do this.",
  },
  LPS561: {
    title: "access without a live request",
    explain:
      "The target holds access under our mark that no live case explains. `lapse expire` removes what is ours and over.",
  },
  LPS562: {
    title: "live access is not on the target",
    explain:
      "The ledger says that this access was granted and has not ended, and the target does not have it. Somebody removed it there; `lapse apply` grants it again.",
  },
  LPS563: {
    title: "target could not be read",
    explain:
      "Nothing is known about this target, so the audit cannot say that it holds only what was granted.",
  },
  LPS564: {
    title: "recorded violation",
    explain:
      "A run recorded something that no rule allows. It was reported then and nothing was repaired in silence.",
  },
  LPS565: {
    title: "approved by nobody else",
    explain: "Every approval in the record is by the subject or the author of the request.",
  },
  LPS566: {
    title: "break-glass used",
    explain:
      "Emergency access, granted under its own rules. Each one is listed for review by somebody other than its subject.",
  },
} as const;
