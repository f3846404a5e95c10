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
} as const;
