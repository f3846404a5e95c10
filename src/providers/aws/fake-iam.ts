// What does the pretended IAM do? (upserts without a word, reads that lag, documents in URL encoding, limits of size)
import { pageOf, Refusal, type Input, type Service } from "./fake-wire.ts";

export interface FakeEntity {
  readonly kind: "user" | "role";
  name: string;
  readonly id: string;
  readonly path: string;
  /** Inline policies by name. */
  inline: ReadonlyMap<string, string>;
  /** What readers see while IAM lags. */
  before: ReadonlyMap<string, string>;
  stale: number;
  readonly attached: Set<string>;
  readonly groups: Set<string>;
}

export interface FakeManaged {
  readonly versions: Map<string, string>;
  current: string;
}

export interface FakeGroupPolicies {
  readonly inline: Map<string, string>;
  readonly attached: Set<string>;
}

export interface FakeIam {
  readonly entities: FakeEntity[];
  readonly managed: Map<string, FakeManaged>;
  readonly groups: Map<string, FakeGroupPolicies>;
  /** How many reads after each write show the past. */
  lag: number;
  readonly service: Service;
  readonly add: (kind: FakeEntity["kind"], name: string, path?: string) => FakeEntity;
  readonly find: (kind: FakeEntity["kind"], name: string) => FakeEntity | undefined;
  /** Writes past all checks, as an administrator in a hurry. */
  readonly write: (entity: FakeEntity, name: string, document: string | undefined) => void;
}

const ROOM = { user: 2_048, role: 10_240 };
const encoded = (document: string) => encodeURIComponent(document);
const missing = () => new Refusal("NoSuchEntity", {}, 404);

export function fakeIam(account: string): FakeIam {
  const entities: FakeEntity[] = [];
  const managed = new Map<string, FakeManaged>();
  const groups = new Map<string, FakeGroupPolicies>();
  const find = (kind: FakeEntity["kind"], name: string) =>
    entities.find((one) => one.kind === kind && one.name.toLowerCase() === name.toLowerCase());
  const named = (kind: FakeEntity["kind"], input: Input) => {
    const found = find(kind, String(input[kind === "user" ? "UserName" : "RoleName"]));
    if (!found) throw missing();
    return found;
  };
  const arn = ({ kind, path, name }: FakeEntity) => `arn:aws:iam::${account}:${kind}${path}${name}`;
  const write: FakeIam["write"] = (entity, name, document) => {
    entity.before = entity.inline;
    entity.stale = state.lag;
    const next = new Map(entity.inline);
    if (document === undefined) next.delete(name);
    else next.set(name, document);
    entity.inline = next;
  };
  const seen = (entity: FakeEntity) => {
    if (entity.stale === 0) return entity.inline;
    entity.stale -= 1;
    return entity.before;
  };
  const put = (entity: FakeEntity, input: Input) => {
    const [name, document] = [String(input["PolicyName"]), String(input["PolicyDocument"])];
    if (!/^[\w+=,.@-]{1,128}$/.test(name)) throw new Refusal("ValidationError");
    try {
      JSON.parse(document);
    } catch {
      throw new Refusal("MalformedPolicyDocument");
    }
    const all = [...new Map([...entity.inline, [name, document]]).values()].join("");
    if (all.replaceAll(/\s/g, "").length > ROOM[entity.kind]) throw new Refusal("LimitExceeded", {}, 409);
    write(entity, name, document);
    return {};
  };
  const remove = (entity: FakeEntity, input: Input) => {
    const name = String(input["PolicyName"]);
    if (!entity.inline.has(name)) throw missing();
    write(entity, name, undefined);
    return {};
  };
  const shown = (entity: FakeEntity) => {
    const { kind, name, id, path } = entity;
    const common = { Path: path, Arn: arn(entity) };
    return kind === "user"
      ? { UserName: name, UserId: id, ...common }
      : { RoleName: name, RoleId: id, ...common };
  };
  const listed = (kind: FakeEntity["kind"], input: Input) => {
    const { items, next } = pageOf(
      entities.filter((one) => one.kind === kind),
      input["Marker"],
    );
    return { items: items.map(shown), IsTruncated: next !== undefined, Marker: next };
  };
  const one = (entity: FakeEntity, input: Input) => {
    const name = String(input["PolicyName"]);
    const document = seen(entity).get(name);
    if (document === undefined) throw missing();
    return { PolicyName: name, PolicyDocument: encoded(document) };
  };
  const names = (entity: FakeEntity, input: Input) => {
    const { items, next } = pageOf([...seen(entity).keys()], input["Marker"]);
    return { PolicyNames: items, IsTruncated: next !== undefined, Marker: next };
  };
  const inlineOf = (inline: ReadonlyMap<string, string>) =>
    [...inline].map(([PolicyName, document]) => ({ PolicyName, PolicyDocument: encoded(document) }));
  const attachedOf = (arns: ReadonlySet<string>) =>
    [...arns].map((PolicyArn) => ({ PolicyArn, PolicyName: PolicyArn.split("/").at(-1) }));
  type Add = (list: string, one: unknown) => void;
  const detailOfEntity = (entity: FakeEntity, add: Add) => {
    const { kind, inline, attached, groups } = entity;
    const common = { ...shown(entity), AttachedManagedPolicies: attachedOf(attached) };
    if (kind === "role") add("RoleDetailList", { ...common, RolePolicyList: inlineOf(inline) });
    else add("UserDetailList", { ...common, UserPolicyList: inlineOf(inline), GroupList: [...groups] });
  };
  const detailOfManaged = (Arn: string, { versions, current }: FakeManaged, add: Add) => {
    const PolicyVersionList = [...versions].map(([VersionId, document]) => ({
      ...{ VersionId, IsDefaultVersion: VersionId === current, Document: encoded(document) },
    }));
    add("Policies", { Arn, PolicyName: Arn.split("/").at(-1), PolicyVersionList });
  };
  const detailOfGroup = (GroupName: string, { inline, attached }: FakeGroupPolicies, add: Add) => {
    const policies = { GroupPolicyList: inlineOf(inline), AttachedManagedPolicies: attachedOf(attached) };
    add("GroupDetailList", { GroupName, ...policies });
  };
  const details = (input: Input) => {
    const all = [...entities, ...groups, ...managed].map((value) => ({ value }));
    const { items, next } = pageOf(all, input["Marker"], 2);
    const page = { UserDetailList: [], RoleDetailList: [], GroupDetailList: [], Policies: [] } as Record<
      string,
      unknown[]
    >;
    const add = (list: string, one: unknown) => page[list]?.push(one);
    for (const { value } of items) {
      if (!Array.isArray(value)) detailOfEntity(value, add);
      else if ("versions" in value[1]) detailOfManaged(value[0], value[1], add);
      else detailOfGroup(value[0], value[1], add);
    }
    return { ...page, IsTruncated: next !== undefined, Marker: next };
  };
  const state: FakeIam = {
    ...{ entities, managed, groups, find, write },
    lag: 2,
    add: (kind, name, path = "/") => {
      const id = `${kind === "user" ? "AIDA" : "AROA"}EXAMPLE${String(entities.length + 1).padStart(9, "0")}`;
      const policies = { inline: new Map(), before: new Map(), stale: 0 };
      const made: FakeEntity = { kind, name, id, path, ...policies, attached: new Set(), groups: new Set() };
      entities.push(made);
      return made;
    },
    service: {
      GetUser: (input) => ({ User: shown(named("user", input)) }),
      GetRole: (input) => ({ Role: shown(named("role", input)) }),
      ListUsers: (input) => {
        const { items: Users, ...rest } = listed("user", input);
        return { Users, ...rest };
      },
      ListRoles: (input) => {
        const { items: Roles, ...rest } = listed("role", input);
        return { Roles, ...rest };
      },
      GetUserPolicy: (input) => one(named("user", input), input),
      GetRolePolicy: (input) => one(named("role", input), input),
      ListUserPolicies: (input) => names(named("user", input), input),
      ListRolePolicies: (input) => names(named("role", input), input),
      PutUserPolicy: (input) => put(named("user", input), input),
      PutRolePolicy: (input) => put(named("role", input), input),
      DeleteUserPolicy: (input) => remove(named("user", input), input),
      DeleteRolePolicy: (input) => remove(named("role", input), input),
      GetPolicy: (input) => {
        const policy = managed.get(String(input["PolicyArn"]));
        if (!policy) throw missing();
        return { Policy: { Arn: input["PolicyArn"], DefaultVersionId: policy.current } };
      },
      GetPolicyVersion: (input) => {
        const version = String(input["VersionId"]);
        const document = managed.get(String(input["PolicyArn"]))?.versions.get(version);
        if (document === undefined) throw missing();
        return { PolicyVersion: { VersionId: version, Document: encoded(document) } };
      },
      GetAccountAuthorizationDetails: details,
    },
  };
  return state;
}
