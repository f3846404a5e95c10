#!/usr/bin/env node
// How is groups.mjs put to the test? (its target, and the administrator of it who is not Lapse)
import {
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";

const { op, state, subject, assignment } = JSON.parse(readFileSync(0, "utf8"));
const folder = join(state, "access");
const access = join(folder, "groups.d");
const GROUP = "oncall";

const write = (name, text) => writeFileSync(join(access, name), text);
const file = (name) => readFileSync(join(access, name), "utf8");
const visible = () => readdirSync(access).filter((name) => !name.startsWith("."));

function make() {
  mkdirSync(access, { recursive: true });
  writeFileSync(join(folder, "users"), "ann\nbob\n");
  writeFileSync(join(folder, "groups"), `${GROUP}\nadmins\n`);
  write("people", "admins: root\n");
  return {
    config: { folder },
    // The plugin gets nothing of this environment but what is named here; `env node` needs the PATH.
    env: { PATH: process.env.PATH },
    subjects: ["ann", "bob"],
    stranger: "nobody",
    role: { group: GROUP },
    missingRole: { group: "no-such-group" },
    nowhere: { folder: join(state, "no-such-folder") },
    now: "2026-11-23T09:00:00Z",
    without: {
      advance: "files know no time",
      addSubject: "names of users are letters, digits, dots and dashes",
      rename: "a user is nothing but a name",
      settle: "a file is there at once",
      tooSoon: "a file can be removed at any time",
    },
  };
}

/** By the service's own rule, and never with the plugin's code: any line in any file lets in. */
const can = () =>
  visible()
    .flatMap((name) => file(name).split("\n"))
    .some((line) => line.startsWith(`${GROUP}:`) && line.split(/[: ]+/).includes(subject));

const ops = {
  make,
  can,
  standing: () => write(`by-hand-${subject}`, `${GROUP}: ${subject}\n`),
  endStanding: () => rmSync(join(access, `by-hand-${subject}`)),
  otherWay: () => write(`other-${subject}`, `${GROUP}: ${subject}\n`),
  hinder: () => write(".lock", ""),
  release: () => rmSync(join(access, ".lock")),
  disarm: () => write(".freeze", ""),
  strip: () => write(assignment.mark, file(assignment.mark).replace(/^#.*\n/, "")),
  addMember: () => write(assignment.mark, `${file(assignment.mark)}${GROUP}: ${subject}\n`),
  replace: () => write(assignment.mark, `${GROUP}: ${subject}\n`),
  snapshot: () => readdirSync(access).map((name) => [name, file(name)]),
  breakListing: () => {
    const name = visible().find((one) => one.startsWith("lapse-"));
    renameSync(join(access, name), join(access, `.was-${name}`));
    symlinkSync(name, join(access, name));
  },
  close: () => rmSync(folder, { recursive: true }),
};

process.stdout.write(JSON.stringify({ result: ops[op]() ?? null }));
