// How does a pretended ssh-keygen sign and revoke, and a pretended host judge? (JSON instead of SSH's formats; worse behaved)
import { createHash, createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Instant } from "../../core/model.ts";
import { ProviderError } from "../provider.ts";
import type { Certificate } from "./certificate.ts";
import type { KeyTool, OpenTool, Order } from "./tool.ts";
import { field } from "./wire.ts";

/** A certificate authority as the conformance worlds need it, pretended or real. */
export interface Authority {
  readonly privateKey: string;
  readonly ca: string;
  readonly open: OpenTool;
  /** An administrator signs by hand. */
  readonly sign: (order: Order) => string;
  /** An administrator puts a certificate or key on the list by hand, not by its key id. */
  readonly ban: (list: Buffer | undefined, line: string) => Buffer;
  /** Would a host let the holder of this key in, by its own rules? */
  readonly lets: (login: Login) => boolean;
  readonly close: () => void;
}

export interface Login {
  readonly certificate: string;
  readonly key: string;
  readonly principal: string;
  readonly list: Buffer | undefined;
  readonly now: Instant;
}

/**
 * `before` and `after`: it dies without or with the effect. `nothing`: it does nothing and says that all is well.
 * `never`: it hangs until it is killed at the call's bound.
 */
export interface ToolFault {
  readonly on: Exclude<keyof KeyTool, "ca">;
  readonly is: "before" | "after" | "nothing" | "never";
  times?: number;
  /** So many calls go well before. */
  passes?: number;
}

interface List {
  readonly keyIds: readonly string[];
  readonly lines: readonly string[];
}

const EMPTY: List = { keyIds: [], lines: [] };
/** Slower than a process has to be, so that two appliers meet. */
const SLOW_MS = 2;

export function fakeAuthority(): Authority & {
  readonly fault: (fault: ToolFault) => void;
  readonly heal: () => void;
} {
  const privateKey = "the pretended CA's private key";
  const digest = createHash("sha256").update(privateKey).digest();
  const blob = Buffer.concat([field("ssh-ed25519"), field(digest)]);
  const ca = `ssh-ed25519 ${blob.toString("base64")}`;
  const faults: ToolFault[] = [];
  const seal = (body: string) => createHmac("sha256", privateKey).update(body).digest("base64");
  const sign = (order: Order): string => {
    const body = Buffer.from(JSON.stringify(order)).toString("base64");
    return `pretended-cert ${body}.${seal(body)}`;
  };
  const open = (line: string): Certificate | undefined => {
    const [body = "", mac] = line.replace(/^pretended-cert /, "").split(".");
    if (mac !== seal(body)) return undefined;
    return { ...(JSON.parse(Buffer.from(body, "base64").toString()) as Order), text: line };
  };
  const read = (list: Buffer | undefined): List => (list ? (JSON.parse(list.toString()) as List) : EMPTY);
  const write = (list: List): Buffer => Buffer.from(JSON.stringify(list));
  const bans = (list: List, line: string): boolean => {
    const one = open(line);
    return (
      [line, one?.key].some((text) => list.lines.includes(text ?? "")) ||
      list.keyIds.includes(one?.keyId ?? "")
    );
  };
  const next = (on: ToolFault["on"]): ToolFault["is"] | undefined => {
    const at = faults.findIndex((one) => one.on === on);
    const hit = faults[at];
    if (!hit) return undefined;
    if ((hit.passes ?? 0) > 0) {
      hit.passes = (hit.passes ?? 0) - 1;
      return undefined;
    }
    faults.splice(at, 1);
    return hit.is;
  };
  /** `idle` is what it answers when it did nothing and says that all is well. */
  const call = async <T>(
    on: ToolFault["on"],
    timeout: number,
    [act, idle]: readonly [() => T, T?],
  ): Promise<T> => {
    const is = next(on);
    await sleep(is === "never" ? timeout : SLOW_MS);
    if (is === "nothing" && idle !== undefined) return idle;
    if (is === "before" || is === "never") throw died();
    const result = act();
    if (is === "after") throw died();
    return result;
  };
  return {
    privateKey,
    ca,
    sign,
    ban: (list, line) => write({ ...read(list), lines: [...read(list).lines, line] }),
    fault: (fault) => {
      for (let n = fault.times ?? 1; n > 0; n--) faults.push(fault);
    },
    heal: () => {
      faults.splice(0);
    },
    lets: ({ certificate, key, principal, list, now }) => {
      const one = open(certificate);
      // A host that is set up to read a list and finds none lets nobody in.
      if (!one || !list || bans(read(list), certificate)) return false;
      return one.key === key && one.principals.includes(principal) && one.from <= now && now < one.until;
    },
    open: (_, timeout) =>
      Promise.resolve({
        ca,
        sign: (order) => call("sign", timeout, [() => sign(order)]),
        show: (lines) => call("show", timeout, [() => lines.map(open), lines.map(() => undefined)]),
        refused: (list, lines) =>
          call("refused", timeout, [
            () => lines.map((line) => bans(read(list), line)),
            lines.map(() => false),
          ]),
        revoke: (list, keyIds) =>
          call("revoke", timeout, [
            () => write({ ...read(list), keyIds: [...new Set([...read(list).keyIds, ...keyIds])] }),
            list ?? write(EMPTY),
          ]),
        listing: (list) =>
          call("listing", timeout, [
            () => ({ keyIds: read(list).keyIds, others: read(list).lines.length }),
            { keyIds: [], others: 0 },
          ]),
      }),
    close: () => undefined,
  };
}

function died(): ProviderError {
  return new ProviderError("transient", "the pretended ssh-keygen died", { vendorCode: "killed" });
}
