// What do those years look like in git? (main and the ledger, as one stream for `git fast-import`)
import { canonical } from "../../src/core/canonical.ts";
import { EMPTY_TIP, nextTip, sealAll } from "../../src/core/chain.ts";
import type { Draft, LiveGrant, Tip } from "../../src/core/entry.ts";
import { foldInto } from "../../src/core/fold.ts";
import { idPath, LIVE, logPath, TIP } from "../../src/core/ledger-paths.ts";
import type { Catalog, Instant } from "../../src/core/model.ts";
import { printInstant } from "../../src/core/time.ts";
import { sha256 } from "../../src/repo/ledger-state.ts";
import { admitted, claimed } from "./grants.ts";
import { MINUTE, type OpenRequest, type Step } from "./history.ts";

const TOPIC = "bench-topic";
const LEDGER = "lapse/ledger";

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
const put = (path: string, text: string): string => `M 100644 inline ${path}\n${data(text)}`;

function commit(branch: string, at: number, message: string, rest: string): string {
  const when = `Bench <bench@example.com> ${Math.floor(at / 1000)} +0000`;
  return `commit refs/heads/${branch}\nauthor ${when}\ncommitter ${when}\n${data(message)}${rest}`;
}

/** The commit that everything starts with. */
export function firstCommit(files: Readonly<Record<string, string>>): string {
  const changes = Object.entries(files).map(([path, text]) => put(path, text));
  return commit("main", 0, "Start\n", changes.join(""));
}

/** A branch on top of main that adds one request. */
export function pullBranch(branch: string, { path, text, mergedAt }: OpenRequest): string {
  return commit(branch, mergedAt, "Access\n", `from refs/heads/main\n${put(path, text)}`);
}

/** A merged pull request that adds the file, or one that removes it. */
export function onMain({ is, at, request }: Step): string {
  const { id, path, pull, text, subject, entitlement } = request;
  const access = `Access: ${subject} to ${entitlement} for 12h`;
  const title = is === "opened" ? access : `Revert "${access}"`;
  const change = is === "opened" ? put(path, text) : `D ${path}\n`;
  const trailers = is === "opened" ? "" : `\nRequest: ${id}\nRevoked-at: ${printInstant(at)}\n`;
  const number = is === "opened" ? pull : 10_000_000 + pull;
  const body = `Merge pull request #${number} from acme/${id}\n\n${title}\n`;
  return (
    commit(TOPIC, at - MINUTE, `${title}\n${trailers}`, `from refs/heads/main\n${change}`) +
    commit("main", at, body, `merge refs/heads/${TOPIC}\n${change}`)
  );
}

/** Keeps the ledger's chain while its commits are written; `close` writes the checkpoint. */
export function ledgerBranch(catalog: Catalog): {
  /** What one run found to do. */
  append(steps: readonly Step[]): string;
  close(now: Instant, main: string): string;
  readonly live: ReadonlyMap<string, LiveGrant>;
} {
  let tip: Tip = EMPTY_TIP;
  const live = new Map<string, LiveGrant>();
  const seal = (drafts: readonly Draft[], at: Instant, main?: string): string => {
    const sealed = sealAll([{ drafts, at, run: "bench" }], tip, sha256);
    const path = logPath(at, tip.seq + 1);
    tip = { ...nextTip(tip, sealed.entries, sealed.hash, main), log: path };
    for (const entry of sealed.entries) {
      const objection = foldInto(live, entry);
      if (objection !== undefined) throw new Error(objection);
    }
    return put(path, sealed.lines.map((line) => `${line}\n`).join(""));
  };
  return {
    live,
    append: (steps) => {
      const drafts = steps.flatMap((step) =>
        (step.is === "opened" ? opening : ending)(step.request, catalog),
      );
      const at = steps.at(-1)?.at ?? (0 as Instant);
      const ids = steps.flatMap(({ is, request: { id, blob } }) =>
        is === "opened" ? [put(idPath(id, sha256), `${blob}\n`)] : [],
      );
      return commit(LEDGER, at, `${steps.length} requests\n`, seal(drafts, at) + ids.join(""));
    },
    close: (now, main) => {
      const log = seal([{ kind: "heartbeat", main }], now, main);
      const lines = [...live.keys()].sort().map((id) => `${canonical(live.get(id))}\n`);
      const text = lines.join("");
      const files = put(LIVE, text) + put(TIP, `${canonical({ ...tip, live: sha256(text) })}\n`);
      return commit(LEDGER, now, "Heartbeat\n", log + files);
    },
  };
}

function opening(request: OpenRequest, catalog: Catalog): readonly Draft[] {
  const { assignment, target } = claimed(request, catalog);
  return [
    { kind: "admitted", request: request.id, admission: admitted(request, catalog) },
    { kind: "intent", op: "grant", request: request.id, target, assignment, prestate: "absent" },
    { kind: "granted", request: request.id, target, standing: false, receipt: {} },
  ];
}

function ending(request: OpenRequest, catalog: Catalog): readonly Draft[] {
  const { assignment, target } = claimed(request, catalog);
  const because = "expired";
  const { end } = admitted(request, catalog);
  return [
    { kind: "intent", op: "revoke", request: request.id, target, assignment, because },
    { kind: "revoked", request: request.id, target, because, end, residue: [], receipt: {} },
  ];
}
