// Which codes does the watchdog bark with? (LPS96x)

export const WATCH_CODES = {
  LPS960: {
    title: "the sweep does not run",
    explain:
      "No sweep has written its heartbeat to the ledger of late, so access may outlive its end, and nothing new is granted. Schedules stop in silence: GitHub disables them after 60 days without activity, and they die with their author's account. Look at the runs of `expire.yml`, and run `lapse expire` by hand: all is well again with its next heartbeat. A heartbeat that lies in the future was written by a wrong clock and proves nothing.",
  },
  LPS961: {
    title: "the remote could not be asked",
    explain:
      "The watchdog sees what it fetched last and cannot tell whether the sweep has run since. When this lasts, the last heartbeat that it knows becomes too old, and it says so.",
  },
} as const;
