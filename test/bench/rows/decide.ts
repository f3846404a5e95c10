// How long does one decision over everything that is live take? (nothing is due: the run that happens every time)
import { decide as decideAll } from "../../../src/core/decide.ts";
import type { TreeEntry } from "../../../src/core/facts.ts";
import { compilePolicies } from "../../../src/core/policy.ts";
import type { Sight, Snapshot } from "../../../src/core/snapshot.ts";
import type { Row } from "../bench.ts";
import { company } from "../company.ts";
import { liveGrant } from "../grants.ts";
import { NOW, steps } from "../history.ts";
import { random } from "../random.ts";

export const decide: Row = {
  name: "decide",
  budget: 5,
  prepare: (smoke) => {
    const catalog = company();
    const count = smoke ? 1_000 : 100_000;
    const past = { lifecycles: count, live: count };
    const live = [...steps(past, catalog, random(1))].map(({ request }) => liveGrant(request, catalog));
    const ids = live.map(({ request }) => request);
    const file = ({ path, blob }: { readonly path: string; readonly blob: string }): TreeEntry => ({
      mode: "100644",
      oid: blob,
      path,
    });
    const snapshot: Snapshot = {
      now: NOW,
      tip: { seq: 1, hash: "0".repeat(64), main: "1".repeat(40), heartbeat: NOW },
      live,
      main: {
        commit: "1".repeat(40),
        files: new Map(live.map((grant) => [grant.path, file(grant)])),
        rules: {
          catalog,
          policies: compilePolicies(catalog),
          lint: () => undefined,
          secondWay: () => "best effort" as const,
          schemas: () => undefined,
        },
      },
      candidates: [],
      reviews: [],
      twins: [],
      aboutMain: [],
      history: [],
      starting: new Map(),
      sights: new Map(ids.map((id): [string, Sight] => [id, "present"])),
      unseen: [],
      violations: [],
      warnings: [],
      unread: undefined,
      frozen: undefined,
    };
    return Promise.resolve({
      floor: () => {
        const known = new Map(live.map((grant) => [grant.request, grant]));
        const missing = ids.filter((id) => !known.has(id));
        if (missing.length > 0) throw new Error(`${missing.length} of ${ids.length} were not found`);
      },
      ours: () => {
        const { kept, ends } = decideAll(snapshot);
        if (kept.length !== live.length || ends.length > 0) throw new Error("nothing should have changed");
      },
    });
  },
};
