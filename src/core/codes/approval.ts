// Which codes are about consent? (LPS3xx)

export const APPROVAL_CODES = {
  LPS301: {
    title: "not merged through a pull request",
    explain:
      "Access needs a request file that reached the default branch by the merge of one pull request of this repository, as the forge's own record of the push says. A direct push, an admin's push or a local merge is no consent; in a merge queue's group each pull request must name its own commit, which it does when the queue squashes or merges. Open a pull request.",
  },
  LPS302: {
    title: "comes from a fork",
    explain:
      "The server's record of a fork's pushes is not visible here, so nobody can tell whether an approval came after the last push. Push the branch to this repository. Where policies/lapse.yaml says `forks: with-digest`, at the merge and now, a fork's request is judged like any other if each approval that counts, and at least one does, quotes the digest of the file.",
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
    title: "a merged request was edited",
    explain:
      "A request is immutable: what was approved, merged and granted is one content. A changed file has no power and ends the access that it stood for. Ask for more with a new request.",
  },
  LPS309: {
    title: "id used before",
    explain:
      "A request id is used once, for ever, so that nobody can replay an old approval. Choose a new id.",
  },
  LPS310: {
    title: "the default branch cannot be believed",
    explain:
      "It could not be fetched or read, or it no longer contains the commit that was processed last (a force-push, or a stale mirror). Nothing is granted, and only time ends access, until it is read again. After a rewrite on purpose, a person vouches for the new tip once with `lapse apply --accept-main <commit>`.",
  },
  LPS311: {
    title: "a change of what decides is not approved",
    explain:
      "Policies, schemas, code and workflows (everything but requests and plain words right below the root) decide who gets access. A change of them needs the approvals that `changes` in policies/lapse.yaml demanded before the change, by people with write permission who are neither its author nor a pusher, for the commit that was merged. Until it has them nothing is granted; access still ends. Let the people named approve the pull request now, merged as it is, or revert it by another pull request.",
  },
  LPS312: {
    title: "a change of what decides did not come by a pull request",
    explain:
      "It was pushed straight to the default branch, or came by the merge of no pull request or of several, so nobody can approve it there. Nothing is granted until it is undone; access still ends. Revert it by a pull request, find out who pushed it, and bring it again by a pull request of its own if it is wanted.",
  },
  LPS313: {
    title: "the merge is not what was reviewed",
    explain:
      "A merged change of what decides is not what git makes of the pull request's branch and the default branch, or its branch is in a fork, where pushes cannot be seen. Approvals do not cover it. Revert it by a pull request, and bring it again from a branch of this repository.",
  },
  LPS314: {
    title: "nobody could approve changes",
    explain:
      "`changes` in policies/lapse.yaml names groups or people that cannot be read, or fewer people than it demands. Such a state is not vouched for, since no later change could be approved. Mend it by an approved pull request; where even that is impossible, a person who has the applier's credentials vouches for the tip once with `lapse apply --accept-main <commit>`.",
  },
  LPS315: {
    title: "whether a change was approved is not known",
    explain:
      "The forge or git could not be read, or its feeds lag behind. Nothing is granted, and everything ends all the same, until it is known.",
  },
} as const;
