// Which attacks are there on approvals?
import { rows } from "./row.ts";

export const A = rows([
  [
    "A1",
    "Approved, then other content is force-pushed; the forge moves the approval to the new head",
    "An approval is younger than every change of the branch that the server saw, and the approved content is what was merged; critical access quotes the digest",
  ],
  [
    "A2",
    "Commits are pushed after the approval and the repository does not dismiss it",
    "The same rule, whatever the repository's settings are",
  ],
  [
    "A3",
    "Push one thing, push another, have that approved, force-push back to the first",
    "The last change of the branch counts, not when a commit was first seen; dates inside git are never read",
  ],
  [
    "A4",
    "The merge commit holds what no reviewer saw",
    "The whole push is compared: exactly one plain file was added, with the content at the pull request's head",
  ],
  [
    "A5",
    "The forge itself merges on a wrong base: old files come back, live ones go",
    "A push that touches more than its one request gives nothing; used ids give nothing; what is missing is ended and reported",
  ],
  [
    "A6",
    "A commit belongs to several pull requests, and the wrong one is taken for the evidence",
    "Merged, into our default branch, with this very merge commit, from this repository: exactly one must be left",
  ],
  [
    "A7",
    "A request is pushed straight to main, or an administrator merges it unreviewed",
    "Content without a merged and approved pull request gives nothing and is reported with the pusher's name",
  ],
  [
    "A8",
    "The approval is given after the merge",
    "An approval counts up to the merge, both by the server's clock",
  ],
  [
    "A9",
    "Self-approval by a detour: the approver pushed to the branch, opened the request for somebody, or is its subject",
    "Subject, author, pushers and committers do not count, compared as people",
  ],
  [
    "A10",
    "One person has several accounts, or steers a bot",
    "One person, one vote: accounts are listed by number, none twice; tiers that want several people of several groups",
    {
      why: "a second account that nobody knows of looks like a second person, to every forge",
      limits:
        "only accounts listed in policies/people have a vote, and adding one needs the owners' approval",
    },
  ],
  [
    "A11",
    "A bot, an app or a placeholder account approves",
    "Only accounts of people count; deleted, placeholder and bot accounts do not, whatever their name",
    {
      why: "an agent that uses a person's own token is that person, for the forge",
      limits: "critical access wants the digest of the content in the review",
    },
  ],
  [
    "A12",
    "Somebody with read access, or whom policy does not name, approves",
    "Listed by policy and able to write",
  ],
  [
    "A13",
    "A later comment hides a veto, or an old approval outlives one; the veto is on the second page",
    "All pages or nothing; per account the last decisive review counts, and only its author lifts a veto",
  ],
  [
    "A14",
    "CODEOWNERS looks like a gate and lets something through",
    "Approvers are named in policies/ and checked when access is given; CODEOWNERS only asks",
  ],
  [
    "A15",
    "The approver is made one after approving, or is none any more",
    "Listed when reviewing, when merged and now",
  ],
  [
    "A16",
    "Policy is loosened, the request merged, policy tightened again",
    "Policy at the merge and policy now must both permit; an under-approved change of policy stops granting",
  ],
  [
    "A17",
    "Two requests, each fine, are forbidden together",
    "All are judged in one order, by merge and number; the later one loses, whatever order they were found in",
  ],
  [
    "A18",
    "Approved in one place and used in another: retargeted, stacked, or from a fork",
    "A change of the base voids approvals; several requests in one merge give nothing; forks only where policy says so and every approver quotes the digest",
  ],
  [
    "A19",
    "Replay: the revert is reverted, an ended file is added again, an id is used twice",
    "An id is used once, for ever; evidence is that of the push that brought the present content",
  ],
  [
    "A20",
    "An approver renames, and somebody else takes the old login",
    "Numbers are compared, names are only shown",
  ],
  [
    "A21",
    "Somebody is quietly put into the approvers' team",
    "Groups of approvers are files in policies/; the forge's teams say nothing",
  ],
  [
    "A22",
    "Auto-merge is on, and a push after the approval is merged by itself",
    "As A1: the approval is older than the push",
  ],
  [
    "A23",
    "An administrator takes the rules off, pushes, and puts them back",
    "The rules are recorded at each run and a change is reported; what came in between needs evidence like anything",
  ],
]);
