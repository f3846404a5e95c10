// Which codes are about targets? (LPS4xx)

export const TARGET_CODES = {
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
  LPS421: {
    title: "a role pretends to be made by Lapse",
    explain:
      "Its comment carries this installation's mark, but not under the name that Lapse would have given it: somebody copied the mark, perhaps to hide access of his own. Lapse neither uses nor removes such a role.",
  },
  LPS430: {
    title: "the applier cannot do what it must",
    explain:
      "The account that Lapse uses on this target lacks a right that granting, ending or proving needs. Access could be given and not be taken away, or not be proved gone. Give it exactly the right that the message names.",
  },
  LPS431: {
    title: "the applier can do more than it must",
    explain:
      "Whoever gets hold of the applier's credentials can do all that it can. Take the right that the message names away from it.",
  },
  LPS432: {
    title: "somebody who is not Lapse's is in a container that is Lapse's alone",
    explain:
      "This group, team or role exists for temporary access only, and every member of it should have a request. Lapse never removes whom it did not add: an administrator has to, or the member asks like everybody else.",
  },
  LPS433: {
    title: "something is left over that gives nothing",
    explain:
      "Expired or empty objects of Lapse's are still on the target. They give no access, but they count against the target's limits. They are cleaned up where Lapse can; the message says what an administrator has to do.",
  },
  LPS434: {
    title: "access on this target outlives its end by how the target is set up",
    explain:
      "Sessions, tokens or roles of this target last longer than the access that made them. Shorten what the message names, or count it into the target's bound.",
  },
  LPS435: {
    title: "something pretends to be made by Lapse",
    explain:
      "It carries this installation's mark, but not in the form that Lapse writes: somebody copied the mark, perhaps to hide access of his own. Lapse neither uses nor removes it.",
  },
  LPS436: {
    title: "a target could not be examined",
    explain:
      "The doctor could not connect, or the target refused to answer. As long as that is so, nothing can be granted, ended or proved gone there.",
  },
  LPS450: {
    title: "changed on the target",
    explain:
      "What Lapse had granted was removed, replaced or altered on the target by somebody else. What is gone is granted again while its request stands; what is not ours is never touched.",
  },
  LPS451: {
    title: "access with our mark and no open case",
    explain:
      "The target holds access that carries Lapse's mark, but the ledger has no open case for it: a run died or slept while it granted, or the ledger was rolled back. It is taken away.",
  },
  LPS452: {
    title: "somebody in a container of Lapse's without a request",
    explain:
      "The group, team or role exists for temporary access alone, and this member was put there by somebody else. Lapse never removes whom it did not add: take them out on the target, or let them ask like everybody else.",
  },
} as const;
