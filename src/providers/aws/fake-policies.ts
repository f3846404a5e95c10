// How are inline policies put to the test? (a world over the pretended IAM of one account)
import type { World } from "../../conformance/world.ts";
import { fromEpoch, plus } from "../../core/time.ts";
import type { Assignment, Duration } from "../../core/model.ts";
import { hinder, KEY_NAMES, SECRETS } from "./fake-groups.ts";
import { permits } from "./fake-iam-judge.ts";
import { fakeIam, type FakeEntity, type FakeIam } from "./fake-iam.ts";
import { Refusal, serveAws, type Wire } from "./fake-wire.ts";
import { provider } from "./iam.ts";

export const ACCOUNT = "123456789012";
export const POLICY = `arn:aws:iam::${ACCOUNT}:policy/orders-read`;
export const READ = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "Read",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:ListBucket"],
      Resource: "arn:aws:s3:::orders/*",
    },
    { Effect: "Allow", Action: "dynamodb:Query", Resource: `arn:aws:dynamodb:*:${ACCOUNT}:table/orders` },
  ],
};
const ACT = { action: "s3:GetObject", resource: "arn:aws:s3:::orders/2026" };

export interface PolicyWorld extends World {
  readonly iam: FakeIam;
  readonly wire: Wire;
  /** `user/ann` → who it is. */
  readonly who: (identity: string) => FakeEntity;
}

const later = (act: () => void): Promise<void> => Promise.resolve().then(act);

export async function policyWorld(): Promise<PolicyWorld> {
  let now = fromEpoch(Date.UTC(2026, 10, 23, 9));
  const iam = fakeIam(ACCOUNT);
  iam.add("role", "AWSServiceRoleForSupport", "/aws-service-role/support.amazonaws.com/");
  iam.add("user", "ann");
  iam.add("user", "bob", "/people/");
  iam.managed.set(POLICY, { versions: new Map([["v1", JSON.stringify(READ, null, 2)]]), current: "v1" });
  const wire = await serveAws(iam.service, () => now);
  const connection = { account: ACCOUNT, region: "us-east-1", ...KEY_NAMES, endpoint: wire.server.url };
  const secret = (name: string) => SECRETS[name];
  const who = (identity: string): FakeEntity => {
    const [kind = "", name = ""] = identity.split("/");
    const found = iam.find(kind === "role" ? "role" : "user", name);
    if (!found) throw new Error(`nobody is called ${identity}`);
    return found;
  };
  const holderOf = ({ principal }: Assignment): FakeEntity => {
    const found = iam.entities.find(({ id }) => id === principal["id"]);
    if (!found) throw new Error("the subject is gone");
    return found;
  };
  const standing = (identity: string) => later(() => void who(identity).attached.add(POLICY));
  return {
    ...{ iam, wire, who, provider, owner: "lapse", connection, secret },
    timeout: 3_000,
    subjects: ["user/ann", "user/bob"],
    stranger: "user/nobody",
    role: { policy: POLICY, version: "v1" },
    missingRole: { policy: `arn:aws:iam::${ACCOUNT}:policy/nobody-made-me`, version: "v1" },
    now,
    advance: (ms) => {
      now = plus(now, ms as Duration);
    },
    nowhere: () =>
      provider.connect(
        { ...connection, account: "999999999999" },
        { owner: "lapse", secret, timeout: 5_000 },
      ),
    can: (identity) => Promise.resolve(permits(iam, who(identity), ACT, now)),
    standing,
    otherWay: standing,
    endStanding: (identity) => later(() => void who(identity).attached.delete(POLICY)),
    addSubject: { skip: "names in IAM have letters, digits and a few signs only" },
    rename: (identity) => {
      const found = who(identity);
      found.name = `${found.name}_married`;
      return Promise.resolve(`${found.kind}/${found.name}`);
    },
    hinder: () => Promise.resolve(hinder(wire, /^(Put|Delete)/, "ServiceFailure", 500)),
    disarm: () => later(() => void hinder(wire, /^Delete/, "AccessDenied", 403)),
    strip: (assignment) =>
      later(() => {
        const holder = holderOf(assignment);
        const text = holder.inline.get(assignment.mark ?? "") ?? "";
        iam.write(holder, assignment.mark ?? "", text.replace(/"Sid":"\w+"/, '"Sid":"Mine"'));
        holder.stale = 0;
      }),
    addMember: { skip: "an inline policy has exactly one holder" },
    replace: (assignment, identity) =>
      later(() => {
        const other = { ...READ, Statement: [{ ...READ.Statement[0], Action: "s3:PutObject" }] };
        const holder = holderOf(assignment);
        iam.write(holder, assignment.mark ?? "", JSON.stringify(other));
        holder.stale = 0;
        who(identity).attached.add(POLICY);
      }),
    snapshot: () =>
      Promise.resolve(
        structuredClone(iam.entities.map(({ name, inline, attached }) => [name, inline, attached])),
      ),
    breakListing: () => {
      wire.faults.push({
        on: /^GetAccountAuthorizationDetails$/,
        refusal: new Refusal("ServiceFailure", {}, 500),
        afterItems: 2,
      });
    },
    settle: { skip: "policies take effect at once" },
    tooSoon: { skip: "a policy can be removed at any time" },
    close: () => wire.server.stop(),
  };
}
