// What does the pretended identity store do? (users, groups and memberships; lists that lag; conflicts of both meanings)
import { laggingList, pageOf, Refusal, type Input, type LaggingList, type Service } from "./fake-wire.ts";

export interface FakeUser {
  readonly UserId: string;
  UserName: string;
}

export interface FakeGroup {
  readonly GroupId: string;
  readonly DisplayName: string;
  Description?: string;
  ExternalIds?: readonly { readonly Issuer: string; readonly Id: string }[];
  readonly members: LaggingList<FakeMember>;
  /** The next write meets another one. */
  contended: boolean;
}

export interface FakeMember {
  readonly MembershipId: string;
  readonly UserId: string;
}

export interface FakeIdentity {
  readonly users: Map<string, FakeUser>;
  readonly groups: Map<string, FakeGroup>;
  /** How often lists of members show the past. */
  lag: number;
  readonly service: Service;
  readonly addGroup: (GroupId: string, DisplayName: string, Description?: string) => FakeGroup;
  readonly join: (GroupId: string, UserId: string) => FakeMember;
  readonly leave: (GroupId: string, UserId: string) => void;
}

const missing = (ResourceType: string) => new Refusal("ResourceNotFoundException", { ResourceType });
const userOf = (input: Input) => (input["MemberId"] as { readonly UserId: string }).UserId;

export function fakeIdentity(identityStore: string): FakeIdentity {
  const users = new Map<string, FakeUser>();
  const groups = new Map<string, FakeGroup>();
  let made = 0;
  const group = (input: Input): FakeGroup => {
    const found = groups.get(String(input["GroupId"]));
    if (!found) throw missing("GROUP");
    return found;
  };
  const user = (id: string): FakeUser => {
    const found = users.get(id);
    if (!found) throw missing("USER");
    return found;
  };
  const shown = (GroupId: string, { MembershipId, UserId }: FakeMember) => ({
    ...{ IdentityStoreId: identityStore, MembershipId, GroupId },
    MemberId: { UserId },
  });
  const described = ({ GroupId, DisplayName, Description, ExternalIds }: FakeGroup) => ({
    ...{ IdentityStoreId: identityStore, GroupId, DisplayName, Description, ExternalIds },
  });
  const memberIn = ({ members }: FakeGroup, id: string) => members.items.find(({ UserId }) => UserId === id);
  const join = (GroupId: string, UserId: string): FakeMember => {
    const { members } = group({ GroupId });
    const MembershipId = `906749a2b1-00000000-0000-4000-8000-${String(++made).padStart(12, "0")}`;
    const member = { MembershipId, UserId };
    members.set([...members.items, member]);
    return member;
  };
  const operations: Service = {
    DescribeUser: (input) => ({ IdentityStoreId: identityStore, ...user(String(input["UserId"])) }),
    DescribeGroup: (input) => described(group(input)),
    ListGroups: (input) => {
      const { items, next } = pageOf([...groups.values()], input["NextToken"]);
      return { Groups: items.map(described), NextToken: next };
    },
    ListGroupMemberships: (input) => {
      const found = group(input);
      const { items, next } = found.members.page(input["NextToken"]);
      return { GroupMemberships: items.map((one) => shown(found.GroupId, one)), NextToken: next };
    },
    ListGroupMembershipsForMember: (input) => {
      const id = user(userOf(input)).UserId;
      const all = [...groups.values()].flatMap((one) =>
        one.members.items.filter(({ UserId }) => UserId === id).map((member) => shown(one.GroupId, member)),
      );
      const { items, next } = pageOf(all, input["NextToken"]);
      return { GroupMemberships: items, NextToken: next };
    },
    GetGroupMembershipId: (input) => {
      const found = memberIn(group(input), userOf(input));
      if (!found) throw missing("GROUP_MEMBERSHIP");
      return { IdentityStoreId: identityStore, MembershipId: found.MembershipId };
    },
    CreateGroupMembership: (input) => {
      const found = group(input);
      const { UserId } = user(userOf(input));
      const Reason = found.contended ? "CONCURRENT_MODIFICATION" : "UNIQUENESS_CONSTRAINT_VIOLATION";
      if (found.contended || memberIn(found, UserId)) {
        found.contended = false;
        throw new Refusal("ConflictException", { Reason });
      }
      return { IdentityStoreId: identityStore, MembershipId: join(found.GroupId, UserId).MembershipId };
    },
    DeleteGroupMembership: (input) => {
      const id = input["MembershipId"];
      const found = [...groups.values()].find(({ members }) =>
        members.items.some(({ MembershipId }) => MembershipId === id),
      );
      if (!found) throw missing("GROUP_MEMBERSHIP");
      found.members.set(found.members.items.filter(({ MembershipId }) => MembershipId !== id));
      return {};
    },
  };
  const state: FakeIdentity = {
    users,
    groups,
    lag: 1,
    service: Object.fromEntries(
      Object.entries(operations).map(([name, act]) => [
        name,
        (input: Input) => {
          if (input["IdentityStoreId"] !== identityStore) throw missing("IDENTITY_STORE");
          return act(input);
        },
      ]),
    ),
    addGroup: (GroupId, DisplayName, Description) => {
      const members = laggingList<FakeMember>(() => state.lag);
      const made = { GroupId, DisplayName, ...(Description !== undefined && { Description }) };
      const added: FakeGroup = { ...made, members, contended: true };
      groups.set(GroupId, added);
      return added;
    },
    join,
    leave: (GroupId, id) => {
      const { members } = group({ GroupId });
      members.set(members.items.filter(({ UserId }) => UserId !== id));
    },
  };
  return state;
}
