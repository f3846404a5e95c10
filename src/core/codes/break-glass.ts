// Which codes are about break-glass and its review, before and after it is given?

export const BREAK_GLASS_CODES = {
  LPS330: {
    title: "break-glass review overdue",
    explain:
      "Somebody used break-glass, and nobody has reviewed it by the day it was due. Until it is reviewed, nothing new is granted to its subject or to whoever opened it; what they have ends as planned. A person named by the entitlement writes the line `reviewed sha256:…` as a comment on the review's issue. Closing the issue, deleting the request or changing the policies settles nothing.",
  },
  LPS331: {
    title: "break-glass awaits its review",
    explain:
      "Access was given without the usual approvals. Somebody who is neither its subject nor had a hand in it looks at what was done, and writes the line `reviewed sha256:…` as a comment on the review's issue before it is due.",
  },
  LPS332: {
    title: "a break-glass review does not count",
    explain:
      "A comment says `reviewed`, but not by the right person, not about this request, not after the access was given, or it was edited afterwards: everybody with write access can edit others' comments, so an edited one is nobody's word. Write a new comment.",
  },
  LPS333: {
    title: "a break-glass review could not be followed up",
    explain:
      "The forge did not open or show the review's issue. The access ends as planned, the review stays owed, and the next `lapse apply` tries again.",
  },
  LPS334: {
    title: "nobody reviews this break-glass",
    explain:
      "An entitlement with a `breakGlass` block says who reviews it afterwards: by `breakGlass.review`, or by its usual approvers where it has any.",
  },
  LPS335: {
    title: "nobody could review this break-glass",
    explain:
      "Everybody who may review it is its subject, so the review could never be given. Use an entitlement with other reviewers, or have somebody else do the work.",
  },
} as const;
