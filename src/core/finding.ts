// Which things can be wrong, and what does each code mean? (the catalogue behind `lapse explain`)
import type { Finding, Place } from "./model.ts";

/** Title and explanation of every stable finding code: 1xx file, 2xx policy, 3xx approval, 4xx target, 5xx ledger, 9xx set-up. */
export const CODES = {
  LPS101: {
    title: "not valid YAML",
    explain:
      "The file could not be read as one strict YAML document. The place is where reading stopped making sense; the cause is often one line above (a missing colon, quote or indentation).",
  },
  LPS102: {
    title: "file too large",
    explain:
      "A file may have 16 KiB, 300 lines, 8 levels, 600 entries in one list or map and 8,000 YAML tokens, so that a reviewer can read it and nobody can stall the check. Split it, or shorten it.",
  },
  LPS103: {
    title: "not plain UTF-8 text",
    explain:
      "Files are UTF-8 without byte order mark, with line feeds (LF) as line ends. Other bytes look different in different tools. Set the editor to UTF-8 and LF.",
  },
  LPS104: {
    title: "hidden character",
    explain:
      "The file holds a character that reviewers cannot see or that looks like another: a control, format, bidirectional, zero-width or unusual space character. Type the text anew instead of pasting it.",
  },
  LPS105: {
    title: "not in Unicode normal form C",
    explain:
      "Two spellings of one character compare as different although they look the same. Normalise the file to NFC; typing the word anew does it.",
  },
  LPS106: {
    title: "YAML feature not allowed",
    explain:
      "Anchors, aliases, tags, directives, merge keys and further documents make a file mean something else than it shows. Write the values out.",
  },
  LPS107: {
    title: "key written twice",
    explain: "Tools disagree on which of two equal keys counts, so neither does. Keep one.",
  },
  LPS108: {
    title: "reserved key",
    explain:
      "The words __proto__, constructor and prototype have a meaning in JavaScript and are never names here. Choose another.",
  },
  LPS109: {
    title: "key without a value",
    explain: "An empty value is a slip or an ambiguity. Write the value, or leave the whole line out.",
  },
  LPS110: {
    title: "unknown key",
    explain:
      "The schema does not have this key. A mistyped key would be a rule that nobody applies, so it is an error.",
  },
  LPS111: {
    title: "missing key",
    explain: "The schema demands this key.",
  },
  LPS112: {
    title: "wrong type",
    explain:
      "The schema demands another type here. true and false are booleans, whole numbers are written in digits without quotes, everything else is text.",
  },
  LPS113: {
    title: "value not allowed",
    explain: "Only the listed values are allowed here.",
  },
  LPS114: {
    title: "wrong form",
    explain: "The text does not have the form that the schema demands.",
  },
  LPS115: {
    title: "too long, too short, too many or too few",
    explain: "The value is outside the bounds of the schema.",
  },
  LPS116: {
    title: "not a duration",
    explain:
      "A duration is whole days, hours, minutes and seconds in this order, each at most once, like 4h, 90m or 1d12h: more than nothing and at most 366d. Months and ISO 8601 periods (P1M) have no fixed length and are not read.",
  },
  LPS117: {
    title: "not a point in time",
    explain:
      "A point in time is RFC 3339 with Z or an offset, like 2026-11-24T20:00:00Z. Times without a zone, leap seconds and days that do not exist are not read.",
  },
  LPS118: {
    title: "listed twice",
    explain: "Each entry of this list may stand there once.",
  },
  LPS120: {
    title: "not a place for a request",
    explain:
      "A request is requests/<entitlement>/<id>.yaml, both names in lower-case letters, digits and inner hyphens. Anything else under requests/ is never granted, whatever it holds, since look-alike names deceive reviewers.",
  },
  LPS121: {
    title: "not a regular file",
    explain:
      "Only regular files (mode 100644) are read. Symbolic links, submodules and executable files show a reviewer something else than they are.",
  },
  LPS122: {
    title: "name differs from the file's",
    explain: "metadata.name is the file's base name, so that a file which cannot be read still has a name.",
  },
  LPS123: {
    title: "entitlement differs from the folder's",
    explain:
      "A request lies in the folder of the entitlement that it asks for, so that owners of a folder see every request for it.",
  },
  LPS124: {
    title: "looks like a secret",
    explain:
      "The text looks like a credential. Files here are read by many and kept for ever. Take it out, and revoke the credential, since it is in a commit already.",
  },
  LPS125: {
    title: "unexpected file",
    explain:
      "Only known places under policies/ are read. A file elsewhere would be a rule or a person that nobody applies.",
  },
  LPS126: {
    title: "wrong kind for this folder",
    explain: "Each folder under policies/ holds its own kinds.",
  },
  LPS130: {
    title: "no such thing",
    explain:
      "The file refers to something that no file under policies/ defines. Whatever refers to it cannot be used until that is mended.",
  },
  LPS131: {
    title: "unknown provider",
    explain: "No provider of this kind is built in.",
  },
  LPS132: {
    title: "two people with one account",
    explain:
      "Two person files name the same forge account. One person has one vote, so neither counts until that is mended.",
  },
  LPS133: {
    title: "longer than the settings allow",
    explain: "No entitlement may allow more than maxDuration in policies/lapse.yaml.",
  },
  LPS134: {
    title: "settings missing",
    explain:
      "The file policies/lapse.yaml names the installation and its limits. Nothing is granted without it.",
  },
  LPS135: {
    title: "provider has no such scope key",
    explain: "Requests can narrow only by the keys of the provider's scope schema.",
  },
  LPS136: {
    title: "matches nothing",
    explain:
      "Nothing under policies/ has this name at present, so what is written here has no effect. Often a slip of the keys.",
  },
  LPS201: {
    title: "the policies cannot be used",
    explain:
      "A file under policies/rules is broken or one of its expressions does not compile. Since the missing rule might have said no, nothing is granted until it is corrected. Revoking goes on.",
  },
  LPS202: {
    title: "a rule says no",
    explain:
      "A policy rule does not hold for this request. The finding shows the expression with the values put in, and the file and line of the rule. Change the request, or propose a change of the rule to its owners.",
  },
  LPS203: {
    title: "longer than allowed",
    explain:
      "The duration exceeds what the entitlement (or its break-glass block) or policies/lapse.yaml allows; the shortest limit counts.",
  },
  LPS204: {
    title: "unknown subject",
    explain: "The subject must be the name of a Person under policies/people, that is, the file's base name.",
  },
  LPS205: {
    title: "a policy file cannot be read",
    explain:
      "A file that this decision needs is there but broken. Unknown is not absent: the request is denied until the file is corrected.",
  },
  LPS206: {
    title: "unknown entitlement",
    explain:
      "There is no such file under policies/entitlements. `lapse catalog` lists what can be asked for.",
  },
  LPS207: {
    title: "unknown target",
    explain: "The entitlement names a target that has no file under policies/targets.",
  },
  LPS208: {
    title: "no identity on the target",
    explain:
      "The person's file must say who they are there: under identities, by the target's name or else by its provider.",
  },
  LPS209: {
    title: "not eligible",
    explain:
      "Only the people and groups under the entitlement's `eligible` (for break-glass: its `breakGlass.eligible`) may have it.",
  },
  LPS210: {
    title: "scope not allowed",
    explain: "A request may narrow access only by the keys that the entitlement lists under `scope`.",
  },
  LPS211: {
    title: "nothing to extend",
    explain:
      "`extends` must name a grant of the same subject and entitlement that has not ended, and the new window must start before that one ends: an extension has no gap.",
  },
  LPS212: {
    title: "chain of extensions too long",
    explain:
      "A request and all that it extends count as one access. From the first start to the new end it may last at most `maxDuration` of policies/lapse.yaml, so that access cannot become standing access bit by bit. Where the first start is not known, it is denied.",
  },
  LPS213: {
    title: "no break-glass access",
    explain: "The entitlement has no `breakGlass` block, so this access always needs the usual approvals.",
  },
  LPS214: {
    title: "a rule cannot be evaluated",
    explain:
      "The expression failed on this request, for example because it uses an optional field that is not set, or would take too many steps. What cannot be evaluated is denied. Test optional fields with has().",
  },
  LPS215: {
    title: "nobody can approve",
    explain:
      "The demanded approvals cannot all be given by different people other than the subject. Without this finding the request would wait for ever.",
  },
  LPS216: {
    title: "needed approvals cannot be decided",
    explain:
      "The condition of an approval demand fails, or a group that it names cannot be read. A demand is never left out because it is unclear.",
  },
  LPS220: {
    title: "not a CEL expression",
    explain:
      "The text is no expression of the Common Expression Language. https://github.com/google/cel-spec/blob/master/doc/langdef.md",
  },
  LPS221: {
    title: "unknown name in an expression",
    explain:
      "A variable, field or function does not exist. This is found when policies load, since a rule with a typing error would otherwise never fire and nobody would notice.",
  },
  LPS222: {
    title: "types do not fit",
    explain:
      "An operator or function gets a type that it does not take, or the expression does not say true or false. Durations are compared with duration('4h'), times with now, window.start or timestamp('…Z').",
  },
  LPS223: {
    title: "not part of the policy language",
    explain:
      "CEL has this, but policies may not use it, because its meaning depends on the machine, it cannot be checked when policies load, or its cost has no bound. The fix names what to use instead.",
  },
  LPS224: {
    title: "a literal that cannot be read",
    explain:
      "Patterns are RE2 (no lookaround, no back-references), durations are written like 1d12h, times are RFC 3339 with Z or an offset, zones are IANA names such as Europe/Berlin.",
  },
  LPS225: {
    title: "expression too large",
    explain:
      "Expressions are bounded in length, depth, loops inside each other and steps at 10,000 live grants, so that a policy cannot stall granting. Walk `mine` in place of `active`, or split the rule.",
  },
  LPS231: {
    title: "no such rule in a policy test",
    explain:
      "`expect.rules` names a rule that no policy has, so the case could never hold. Correct the name.",
  },
  LPS250: {
    title: "the policies cannot be read",
    explain:
      "Something that this request needs exists under policies/ but is broken, so nothing can be said about the request (unknown is never taken as allowed). Mend the file that the other findings name.",
  },
  LPS301: {
    title: "not merged through a pull request",
    explain:
      "Access needs a request file that reached the default branch by the merge of one pull request of this repository, as the forge's own record of the push says. A direct push, an admin's push or a local merge is no consent. Open a pull request.",
  },
  LPS302: {
    title: "comes from a fork",
    explain:
      "The server's record of a fork's pushes is not visible here, so nobody can tell whether an approval came after the last push. Push the branch to this repository.",
  },
  LPS303: {
    title: "not exactly one added file",
    explain:
      "One merge adds exactly one request file of mode 100644 and touches nothing else. Renaming or changing a request, or taking other files along, makes the whole merge inert. To extend access, add a new request.",
  },
  LPS304: {
    title: "merged content is not the reviewed content",
    explain:
      "The file on the default branch differs from the file at the pull request's head: the merge itself changed it. Ask again with a new id, and find out who altered the merge.",
  },
  LPS305: {
    title: "an approver requested changes",
    explain:
      "A person who may approve this request asked for changes and has neither approved nor dismissed that since. Settle it, then ask again.",
  },
  LPS306: {
    title: "not approved",
    explain:
      "Approvals count only from people whom policy names for it (when they reviewed and now, by numeric account id), with write permission, who are neither subject nor author nor pusher, given after the branch last changed and before the merge, for the very content that was merged. Each demand needs different people. The finding says whose approval was not counted, and why.",
  },
  LPS307: {
    title: "no longer approved",
    explain:
      "A scheduled request is judged again when it starts. The people who approved it may not approve it any more. Ask again.",
  },
  LPS308: {
    title: "request changed after its merge",
    explain:
      "A request is immutable: what was approved, merged and granted is one content. A changed file has no power and ends the access that it stood for. Ask for more with a new request.",
  },
  LPS309: {
    title: "id used before",
    explain:
      "A request id is used once, for ever, so that nobody can replay an old approval. Choose a new id.",
  },
  LPS402: {
    title: "the target refuses this claim",
    explain:
      "The provider knows this identity or role as reserved, malformed, or as one that would outlive its end. Have the entitlement or the person's identity corrected.",
  },
  LPS411: {
    title: "the applier cannot create roles",
    explain:
      "On PostgreSQL each request gets a role of its own, so the applier needs CREATEROLE. It stays NOSUPERUSER; src/providers/postgres/setup.sql has the whole set-up.",
  },
  LPS412: {
    title: "the applier administers no role",
    explain:
      "The applier can lend only roles on which it has the ADMIN option. Give it that option, without INHERIT and SET, for each role that entitlements name.",
  },
  LPS413: {
    title: "the applier cannot end sessions",
    explain:
      "When access ends, open sessions of the subject are ended too, which needs membership of pg_signal_backend. Without it a statement that runs or a cursor that is open goes on.",
  },
  LPS414: {
    title: "the applier is a superuser",
    explain:
      "Whoever has the applier's password would own the whole server. The applier needs CREATEROLE, the ADMIN option on the roles to lend, and pg_signal_backend: nothing else.",
  },
  LPS415: {
    title: "the applier has attributes that it does not need",
    explain:
      "REPLICATION, BYPASSRLS and CREATEDB are of no use to Lapse and of much use to a thief of its password.",
  },
  LPS416: {
    title: "CREATEROLE is nearly superuser on this version",
    explain:
      "Before PostgreSQL 16 whoever has CREATEROLE can give itself almost any role, whatever the ADMIN option says. Guard the applier's password as you would a superuser's, or upgrade.",
  },
  LPS417: {
    title: "the applier can use what it lends",
    explain:
      "The applier only has to give roles away. Grant them WITH ADMIN TRUE, INHERIT FALSE, SET FALSE, so that it cannot read with them itself.",
  },
  LPS418: {
    title: "the applier can give away a role that is too strong",
    explain:
      "With this role somebody could reach files or programs of the server, or give himself access that does not end. Lapse refuses to lend it; take the ADMIN option away too.",
  },
  LPS419: {
    title: "the connection to the database is not encrypted",
    explain:
      "Passwords and statements cross the network readable. Add sslmode=verify-full to the URL in the environment variable.",
  },
  LPS420: {
    title: "a role of Lapse's cannot be removed",
    explain:
      "The access is over: the role has no member or gives nothing. But objects or privileges hang on it, so PostgreSQL keeps it. An administrator can remove those in the databases named at its end.",
  },
  LPS450: {
    title: "changed on the target",
    explain:
      "What Lapse had granted was removed, replaced or altered on the target by somebody else. What is gone is granted again while its request stands; what is not ours is never touched.",
  },
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
      "The remote's ledger no longer contains the ledger that this clone has seen: it was force-pushed, restored from a backup or deleted. Grants are frozen and access still ends by the ledger seen before. Restore the branch; to accept the rewrite after an audit, delete the ref refs/lapse/ledger in the clone.",
  },
  LPS510: {
    title: "ledger checkpoint rebuilt",
    explain:
      "The tip or the list of open cases could not be read, so it was rebuilt from the log. The next append writes it anew; find out who damaged it.",
  },
  LPS511: {
    title: "kept receipts not readable",
    explain:
      "A file with receipts that wait to be pushed is damaged. It is left where it is; read it by hand, since it may say that access was given or ended.",
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
    title: "request changed after its merge",
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
} as const satisfies Record<`LPS${number}`, { title: string; explain: string }>;

export type Code = keyof typeof CODES;

/** An error finding. `message` says what and why with values, `fix` what to type. */
export function error(code: Code, message: string, fix: string, at?: Place): Finding {
  return { code, severity: "error", message, fix, ...(at && { at }) };
}

/** The same for what is odd and forbids nothing. */
export function warning(code: Code, message: string, fix: string, at?: Place): Finding {
  return { ...error(code, message, fix, at), severity: "warning" };
}

/** Sorted by place, then code, so that output never depends on the order of discovery. */
export function sorted(findings: readonly Finding[]): readonly Finding[] {
  const key = (f: Finding) => f.at?.file ?? "";
  return [...findings].sort(
    (a, b) =>
      (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0) ||
      (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
      (a.at?.column ?? 0) - (b.at?.column ?? 0) ||
      (a.code < b.code ? -1 : a.code > b.code ? 1 : 0),
  );
}
