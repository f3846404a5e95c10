// Which codes are about policies and what they say? (LPS2xx)

export const POLICY_CODES = {
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
    explain: "There is no such file under policies/entitlements. The files there are what can be asked for.",
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
} as const;
