// Which environment does git see? (no variable of a hook or a pull request may turn git into something else)

/** Credentials and certificates that an operator may hand to git; every other GIT_* is dropped. */
const KEPT = new Set([
  "GIT_ASKPASS",
  "GIT_CONFIG_GLOBAL",
  "GIT_CONFIG_NOSYSTEM",
  "GIT_CONFIG_SYSTEM",
  "GIT_SSH",
  "GIT_SSH_COMMAND",
  "GIT_SSH_VARIANT",
  "GIT_SSL_CAINFO",
  "GIT_SSL_CAPATH",
]);
const DROPPED = new Set(["EDITOR", "VISUAL", "PAGER", "PREFIX"]);

/** Whatever the clone's or the user's configuration says, these hold. */
const PINNED: readonly (readonly [string, string])[] = [
  ["core.fsmonitor", "false"],
  ["core.hooksPath", "/dev/null"],
  ["diff.ignoreSubmodules", "none"],
  ["fetch.prune", "false"],
  ["fetch.recurseSubmodules", "false"],
  ["fetch.writeCommitGraph", "false"],
  ["gc.auto", "0"],
  ["log.showRoot", "true"],
  ["log.showSignature", "false"],
  ["maintenance.auto", "false"],
  ["push.followTags", "false"],
  ["push.gpgSign", "false"],
  ["push.recurseSubmodules", "no"],
];

/** The environment of every git process: the given one without what could redirect git, plus our pins. */
export function gitEnvironment(
  base: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const [key, value] of Object.entries(base)) {
    const name = key.toUpperCase();
    const unwanted = name.startsWith("GIT_") ? !KEPT.has(name) : DROPPED.has(name);
    if (value !== undefined && !unwanted) env[key] = value;
  }
  return withConfig(
    {
      ...env,
      LC_ALL: "C",
      GIT_ALLOW_PROTOCOL: "file:git:http:https:ssh",
      GIT_LITERAL_PATHSPECS: "1",
      GIT_NO_REPLACE_OBJECTS: "1",
      GIT_OPTIONAL_LOCKS: "0",
      GIT_TERMINAL_PROMPT: "0",
    },
    PINNED,
  );
}

/** Adds configuration through the environment: unlike arguments, other users of the machine cannot read it. */
export function withConfig(
  env: Readonly<Record<string, string>>,
  settings: readonly (readonly [string, string])[],
): Readonly<Record<string, string>> {
  const next: Record<string, string> = { ...env };
  let count = Number(env["GIT_CONFIG_COUNT"] ?? 0);
  for (const [key, value] of settings) {
    next[`GIT_CONFIG_KEY_${count}`] = key;
    next[`GIT_CONFIG_VALUE_${count}`] = value;
    count += 1;
  }
  next["GIT_CONFIG_COUNT"] = String(count);
  return next;
}
