// Which codes are about how the repository is set up on the forge?

export const REPOSITORY_CODES = {
  LPS910: {
    title: "a setting could not be read",
    explain:
      "The forge did not show this setting to the token, or did not answer. That proves neither that it is right nor that it is wrong. The fix names the permission; an administrator's token shows everything: GITHUB_TOKEN=$(gh auth token) lapse doctor.",
  },
  LPS911: {
    title: "main can be changed without a pull request",
    explain:
      "Whoever can write can push to the default branch. Lapse grants nothing without a merged and approved pull request all the same, but policies and workflows could be changed unseen. Demand a pull request for the default branch.",
  },
  LPS912: {
    title: "approvals survive a push",
    explain:
      "The forge lets a pull request merge with an approval that was given before its last push. Lapse does not count such an approval, so the request is refused after it was merged. Let pushes dismiss approvals, and people see it before.",
  },
  LPS913: {
    title: "the last to push may be the only approver",
    explain:
      "The forge lets somebody push to another's pull request and approve it. Lapse does not count that approval. Demand an approval of the last push, and people see it before the merge.",
  },
  LPS914: {
    title: "main's history can be rewritten",
    explain:
      "Without these rules whoever can write can replace or delete the default branch, and with it the record of what was asked and approved. Lapse stops granting when main does not continue what it has seen; the lost history stays lost.",
  },
  LPS915: {
    title: "somebody can go around the rules of main",
    explain:
      "A rule with a bypass is a rule for others. Nobody needs a way around, except the Lapse App where policy lets it merge what is pre-authorised. In an emergency an administrator can change the rule, which leaves a trace.",
  },
  LPS916: {
    title: "anybody can report a required check as passed",
    explain:
      "A status check is known by its name alone unless an App is chosen as its source: whoever can write can then post a status of that name. Lapse never trusts the check; people who merge do.",
  },
  LPS917: {
    title: "no check is required on main",
    explain:
      "A pull request can be merged although `lapse check` says that policy denies it. It is refused when it is applied, and its id is used up. Require the check, so that people learn it before.",
  },
  LPS918: {
    title: "a merge queue squashes",
    explain:
      "In April 2026 squash groups in GitHub's merge queue used a wrong base for hours and undid changes that others had merged. Here that could bring ended requests back, which Lapse refuses, or drop live ones, which ends access. Use no queue, or one that makes merge commits.",
  },
  LPS919: {
    title: "one access can be several commits on main",
    explain:
      "A merge commit or a rebase puts every commit of a pull request into main's history, also those that the last one takes back. Lapse judges the push as a whole; a reader of the history does not. With squash merging alone, one access is one commit.",
  },
  LPS920: {
    title: "auto-merge survives a push",
    explain:
      "GitHub turns auto-merge off only when somebody without write access pushes. Whoever can write could push something else after the approval, and the forge would merge it. Lapse refuses that, after the merge. Turn auto-merge off, or let pushes dismiss approvals.",
  },
  LPS921: {
    title: "others can write to the ledger",
    explain:
      "The ledger is Lapse's memory of what was granted and taken away. Unless the branch is restricted, whoever can write can add receipts for what never happened, or rewrite the history. A ruleset can guard branches alone, which is why the ledger is a branch.",
  },
  LPS922: {
    title: "the ledger's rules let the wrong ones through",
    explain:
      "Exactly one may write to the ledger's branch: the Lapse App. The token of workflows cannot be put on a bypass list, and every other entry is somebody who can write receipts.",
  },
  LPS923: {
    title: "somebody else wrote to the ledger",
    explain:
      "The forge's own record of pushes names another account than the App's. What those commits say happened is not proved: run `lapse audit --observe`, which compares the ledger with the targets, and look at the commits.",
  },
  LPS924: {
    title: "the ledger was rewritten",
    explain:
      "The forge saw a forced push to the ledger's branch, or its deletion. Every clone that has seen the old history refuses to go on. Compare with another clone before anything is repaired: `lapse audit --compare`.",
  },
  LPS925: {
    title: "the sweep is not running",
    explain:
      "Every sweep writes its time to the ledger. When that is older than three intervals, ended access may still be open, and nothing new is granted. Look at the runs of expire.yml.",
  },
  LPS926: {
    title: "the applier has no environment of its own",
    explain:
      "The workflows that grant and end access run in an environment, so that the forge hands the credentials to the default branch alone. A workflow that names an environment that does not exist creates one without any rule.",
  },
  LPS927: {
    title: "other branches can use the applier's environment",
    explain:
      "Whoever can push a branch can add a workflow to it that names this environment, and gets the applier's credentials without any review. Allow the default branch alone; a protected branch can be made by a name that matches a pattern.",
  },
  LPS928: {
    title: "administrators can use the applier's environment against its rules",
    explain:
      "GitHub lets administrators bypass an environment's rules unless that is turned off. Then one stolen account of an administrator is enough to get the applier's credentials.",
  },
  LPS929: {
    title: "the applier's environment holds back the end of access",
    explain:
      "A wait timer, a reviewer or a custom rule holds back every job of the environment, the sweep too: access would outlive its end until somebody clicks. Consent is given on the pull request, not here.",
  },
  LPS930: {
    title: "secrets that every workflow can read",
    explain:
      "A workflow on any branch reads the repository's secrets, and those that the organisation shares with it, and a push needs no review. In an access repository secrets belong to the environment lapse-apply, and those of targets are better replaced by OIDC.",
  },
  LPS931: {
    title: "workflows may write by default",
    explain:
      "A workflow that does not say what it may gets a token that can push. Let the default be read-only; Lapse's workflows name the permissions that they need.",
  },
  LPS932: {
    title: "workflows may approve pull requests",
    explain:
      "Then a workflow on a branch can approve its author's pull request, and the forge counts it. Lapse counts approvals of people alone, so the request is refused after it was merged.",
  },
  LPS933: {
    title: "actions need not be pinned",
    explain:
      "A tag of an action can be moved to other code, which then runs with the job's credentials. Lapse's workflows name commits; this setting makes the forge refuse everything else.",
  },
  LPS934: {
    title: "pull requests from forks get too much",
    explain:
      "In a private repository these settings decide what a fork's pull request sets off. With secrets or a token that writes, whoever can fork can have them; without approval a fork's code runs unseen.",
  },
  LPS935: {
    title: "a workflow of Lapse's does not run",
    explain:
      "Ends depend on the schedule of expire.yml. GitHub disables schedules of public repositories after 60 days without activity, and people disable workflows by hand. Enable it again; a watchdog elsewhere notices sooner.",
  },
  LPS936: {
    title: "the applier runs on a runner that keeps state",
    explain:
      "GitHub does not isolate jobs on a self-hosted runner from each other, even with an environment: another workflow can leave something behind that reads the applier's credentials. Use hosted runners, or runners that live for one job; `lapse trust` makes targets demand a hosted one.",
  },
  LPS937: {
    title: "the applier's job is not what targets should trust",
    explain:
      "A target that takes GitHub's word for a job should demand the repository's number, its environment, its branch and its workflow, each exactly. This job's own token differs from that, so trust that is exact would refuse it, and trust that accepts it is too wide. `lapse trust` writes it for each cloud.",
  },
  LPS938: {
    title: "there is no CODEOWNERS",
    explain:
      "Nobody is asked to review changes to policies, workflows and the tool. CODEOWNERS is for asking: who may approve a request is decided by policy. Add .github/CODEOWNERS to the default branch.",
  },
  LPS939: {
    title: "a path that guards access has no owner",
    explain:
      "The last line of CODEOWNERS that matches a path decides, and a line without an owner takes ownership away. Whoever owns policies, schemas, workflows and the tool should be asked about every change to them.",
  },
  LPS940: {
    title: "CODEOWNERS is not read as it is written",
    explain:
      "GitHub skips a line that it does not understand or whose owner cannot write, and a file above 3 MB altogether. What looks owned is then owned by the line before, or by nobody.",
  },
  LPS941: {
    title: "a login in policy is somebody else's",
    explain:
      "Policy names an account by number and login. The number decides, since a login can be given up and taken by somebody else; but people read the login. Correct the file, after finding out who is meant.",
  },
  LPS942: {
    title: "an account in policy does not exist",
    explain:
      "The forge shows nobody under this number: the account was deleted, or the number is wrong. That person can neither ask nor approve; remove the file if they have left.",
  },
  LPS943: {
    title: "the applier uses a person's token",
    explain:
      "The ledger could not tell the applier's writes from that person's, the rules of its branch could not be limited to the applier, and everything stops when that person leaves. Use a GitHub App.",
  },
  LPS944: {
    title: "the rulesets changed",
    explain:
      "Whenever new requests are judged, the forge's list of rulesets is compared with the one of before. A ruleset that was switched off and on again has another time of change, so this shows that the rules of main or of the ledger may have been off for a while. What was merged meanwhile was judged by its own evidence all the same; look at it, and at who changed the rules.",
  },
  LPS945: {
    title: "two copies of the ledger differ",
    explain:
      "A ledger only ever grows, so of two copies one continues the other. These do not, or the other one knows entries that this one lost: somebody rewrote a branch, or the forge shows different histories to different readers. Find out which copy is true, with the targets (`lapse audit --observe`), before anything is repaired.",
  },
  LPS946: {
    title: "the App asks for more than it needs",
    explain:
      "Whoever gets hold of the App's key has all its permissions. The applier needs contents and pull requests, and checks for the check run; a GitHub target has an App of its own.",
  },
  LPS947: {
    title: "the repository was not examined",
    explain:
      "Without a token and a repository on the forge nothing is known about rules, environments, secrets and accounts. That is not a proof that they are right. Run it with GITHUB_TOKEN, best an administrator's.",
  },
} as const;
