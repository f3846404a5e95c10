#!/usr/bin/env node
// Who is in which group? (an example of an exec plugin for Lapse: a folder of small files that some service reads)
//
//   <folder>/users       a name a line: who exists
//   <folder>/groups      a name a line: which groups exist
//   <folder>/groups.d/*  lines `group: name name`, from everybody who gives access; `#` starts a comment
//
// Lapse's own files are called lapse-<hash> and start with a comment that says whose they are and when they end.
// The folder's administrators may put `.lock` there while they edit, and `.freeze` when no program may write.
import { createHash } from "node:crypto";
import { existsSync, linkSync, readFileSync, readdirSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const API_VERSION = "lapse.dev/provider/v1";
const request = JSON.parse(readFileSync(0, "utf8"));
// A version that we do not know: say nothing, fail. Lapse then concludes nothing.
if (request.apiVersion !== API_VERSION) throw new Error(`only ${API_VERSION}`);

const { folder = "" } = request.config;
const access = join(folder, "groups.d");

/** An error that Lapse understands. */
const failure = (cls, message, code) => Object.assign(new Error(message), { cls, code });

// ---- the target -----------------------------------------------------------------------------------------------

/** Every name in the folder. Only this read, when it succeeds, may say that something is not there. */
function names() {
  try {
    return readdirSync(access).sort();
  } catch (cause) {
    throw failure("target-missing", `${access} cannot be read`, cause.code);
  }
}

/** What a file says; nothing if there is none of this name. */
function read(name) {
  if (!names().includes(name)) return undefined;
  const lines = readFileSync(join(access, name), "utf8").split("\n");
  const ways = lines
    .filter((line) => /^[^#:]+:/.test(line))
    .flatMap((line) => {
      const [group, members] = line.split(":");
      return members.split(" ").flatMap((user) => (user === "" ? [] : [{ group, user }]));
    });
  return { name, ways, mark: readMark(lines[0]) };
}

function readMark(line) {
  try {
    return JSON.parse(/^# lapse (.*)$/.exec(line)[1]);
  } catch {
    return undefined;
  }
}

/** Every file that the service reads, except one that went away meanwhile. */
const files = () => names().flatMap((name) => (name.startsWith(".") ? [] : (read(name) ?? [])));
const known = (list) => readFileSync(join(folder, list), "utf8").split("\n");
/** Whatever a request is called, its file has a harmless name of its own. */
function nameOf({ owner, target, request: asked }) {
  const hash = createHash("sha256").update(JSON.stringify([owner, target, asked]));
  return `lapse-${hash.digest("hex").slice(0, 32)}`;
}
/** Ours: the mark of this owner, in the file that belongs to the mark. A copied mark is in another file. */
const isOurs = ({ name, mark }) => mark?.owner === request.owner && nameOf(mark) === name;
/** Whatever has our name and no mark at all is ours as long as it gives what we gave. */
const mayBeOurs = (file) => !file.mark || isOurs(file);
const gives = (assignment) => (way) =>
  way.group === assignment.role.group && way.user === assignment.principal.name;

/** The way to every write. */
function write(act) {
  if (existsSync(join(access, ".freeze"))) throw failure("forbidden", "the folder is frozen");
  if (existsSync(join(access, ".lock"))) throw failure("conflict", "somebody edits the folder");
  if (request.dryRun) return;
  try {
    act();
  } catch (cause) {
    if (cause.code === "EACCES" || cause.code === "EROFS")
      throw failure("forbidden", "not writable", cause.code);
    throw cause;
  }
}

/** Runs an act, except that one error means that another run was faster. */
function unless(code, act) {
  try {
    act();
  } catch (cause) {
    if (cause.code !== code) throw cause;
  }
}

// ---- the answers ----------------------------------------------------------------------------------------------

function resolve({ request: name, target, identity, role, scope }) {
  const { group } = role;
  if (typeof group !== "string" || Object.keys(role).length !== 1)
    throw failure("malformed", "a role is written { with: { group: NAME } }");
  if (Object.keys(scope).length > 0) throw failure("malformed", "a group has no parts");
  if (!/^[A-Za-z0-9._-]+$/.test(identity)) throw failure("malformed", "no name can look like this");
  names();
  if (!known("users").includes(identity)) throw failure("subject-missing", "no such user");
  if (!known("groups").includes(group)) throw failure("role-missing", "no such group");
  const mark = nameOf({ owner: request.owner, target, request: name });
  return { key: mark, mark, principal: { name: identity }, role: { group, request: name }, scope };
}

function observe(assignment) {
  const file = read(assignment.mark);
  if (!file) return { state: "absent" };
  if (!mayBeOurs(file) || !file.ways.some(gives(assignment))) return { state: "foreign" };
  const receipt = { file: file.name, until: file.mark?.until ?? "unknown" };
  const drift = driftOf(file);
  return { state: "ours", receipt, ...(drift !== "" && { drift }) };
}

function driftOf({ mark, ways }) {
  return [...(mark ? [] : ["its mark is gone"]), ...(ways.length > 1 ? ["it gives more"] : [])].join("; ");
}

function grant(assignment) {
  const { now, until } = request.window;
  if (!(Date.parse(until) > Date.parse(now))) throw failure("malformed", "the window is over");
  const { target, mark: name, principal, role } = assignment;
  const mark = { owner: request.owner, target, request: role.request, until };
  const spare = join(access, `.${name}.${request.requestId}`);
  write(() => {
    // Whole or not at all, and never over what is there: a link is made only where nothing has the name.
    writeFileSync(spare, `# lapse ${JSON.stringify(mark)}\n${role.group}: ${principal.name}\n`);
    unless("EEXIST", () => linkSync(spare, join(access, name)));
    unlinkSync(spare);
  });
  if (request.dryRun) return { state: "ours", receipt: { file: name, until } };
  const seen = observe(assignment);
  if (seen.state !== "ours" || seen.drift) throw failure("conflict", "the name is taken by something else");
  return seen;
}

function revoke(assignment) {
  const receipt = { file: assignment.mark };
  if (observe(assignment).state !== "ours") return { state: "absent", receipt };
  write(() => {
    unless("ENOENT", () => unlinkSync(join(access, assignment.mark)));
  });
  if (request.dryRun) return { state: "sent", receipt };
  if (observe(assignment).state === "ours") throw failure("transient", "it is still there");
  return { state: verify(assignment).standing ? "escaped" : "absent", receipt };
}

function verify(assignment) {
  const ways = files().filter((file) => file.ways.some(gives(assignment)));
  return { allowed: ways.length > 0, via: ways.map(({ name }) => name), standing: !ways.every(isOurs) };
}

function list() {
  let complete = true;
  const items = names().flatMap((name) => {
    try {
      const file = name.startsWith("lapse-") ? read(name) : undefined;
      return file && isOurs(file) ? [item(file)] : [];
    } catch {
      complete = false;
      return [];
    }
  });
  return { items, complete };
}

function item({ name, mark: { target, request: asked, until }, ways: [{ group, user }] }) {
  const edge = { key: name, mark: name, principal: { name: user }, role: { group }, scope: {} };
  return { ...edge, target, request: asked, until };
}

/** Half of a grant whose run died: the service does not read what starts with a dot. */
const spares = () => names().filter((name) => name.startsWith(".lapse-"));

function cleanup() {
  const left = spares();
  write(() => {
    for (const name of left) unless("ENOENT", () => unlinkSync(join(access, name)));
  });
  return { removed: left.map((name) => `removed ${name}, half of a grant`) };
}

function doctor() {
  const finding = (code, severity, why) => (name) => {
    const path = join(access, name);
    return { code, severity, message: `${path} ${why}`, fix: `rm ${path}` };
  };
  const frozen = names().filter((name) => name === ".freeze");
  const copied = files().filter((file) => file.mark?.owner === request.owner && !isOurs(file));
  return {
    findings: [
      ...frozen.map(finding("LPS430", "error", "keeps Lapse from ending access")),
      ...spares().map(finding("LPS433", "warning", "is half of a grant")),
      ...copied.map(({ name }) => name).map(finding("LPS435", "error", "has a copied mark")),
    ],
  };
}

const plugin = {
  ...{ name: "groups", version: "1.0.0", ownership: "object", expiry: "none", async: false },
  residue: ["a service that has read the files before goes on until it reads them again"],
};

// ---- one question, one answer ---------------------------------------------------------------------------------

/** What an act answers, or why it could not. */
function attempt(act) {
  try {
    return act();
  } catch ({ cls = "transient", code, message }) {
    return { error: { class: cls, code, message } };
  }
}

/** One result for each, whatever happens to the others. */
const each = (items, act) => ({
  results: items.map((item) => ({ id: item.id, ...attempt(() => act(item)) })),
});

const answers = {
  describe: () => ({ plugin }),
  resolve: () => each(request.claims, resolve),
  observe: () => each(request.assignments, observe),
  grant: () => each(request.assignments, grant),
  revoke: () => each(request.assignments, revoke),
  verify: () => each(request.assignments, verify),
  ...{ list, cleanup, doctor },
};
// An op that we do not know is no error of the target's: fail, like everything that nobody foresaw.
if (!Object.hasOwn(answers, request.op)) throw new Error(`there is no ${request.op} here`);
const answer = attempt(answers[request.op]);
process.stdout.write(JSON.stringify({ apiVersion: API_VERSION, requestId: request.requestId, ...answer }));
