// Which calls does Lapse make on an identity store? (the only file that knows its SDK)
import {
  CreateGroupMembershipCommand,
  DeleteGroupMembershipCommand,
  DescribeGroupCommand,
  DescribeUserCommand,
  GetGroupMembershipIdCommand,
  IdentitystoreClient,
  ListGroupMembershipsCommand,
  ListGroupMembershipsForMemberCommand,
  ListGroupsCommand,
  type Group as SdkGroup,
  type GroupMembership,
} from "@aws-sdk/client-identitystore";
import type { ErrorClass } from "../provider.ts";
import { caller, type Call, type ClientSettings } from "./client.ts";
import { notFound, refuse } from "./errors.ts";
import { readPages, whole, type Pages } from "./pages.ts";

export interface Member {
  readonly membership: string;
  readonly group: string;
  readonly user: string;
}

export interface Group {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Provisioned from outside (SCIM, directory): whatever Lapse changed there, the next synchronisation may change back. */
  readonly external: boolean;
}

export interface Store {
  /** Throws subject-missing. */
  user(id: string): Promise<void>;
  /** True only if the store says of this very user that it does not have him; ids are never given again. */
  isGone(user: string): Promise<boolean>;
  /** Throws role-missing. */
  group(id: string): Promise<Group>;
  groups(): Promise<Pages<Group>>;
  members(group: string): Promise<Pages<Member>>;
  groupsOf(user: string): Promise<readonly string[]>;
  /** The membership's id; undefined where the store finds none, which proves nothing by itself. */
  membership(group: string, user: string): Promise<string | undefined>;
  add(group: string, user: string): Promise<void>;
  remove(membership: string): Promise<void>;
  /** Throws target-missing when there is no such store. */
  check(): Promise<void>;
  close(): void;
}

interface Wire {
  readonly client: IdentitystoreClient;
  readonly call: Call;
  readonly here: { readonly IdentityStoreId: string };
}

export function openStore(identityStore: string, settings: ClientSettings, timeout: number): Store {
  const client = new IdentitystoreClient(settings);
  const wire: Wire = { client, call: caller(timeout), here: { IdentityStoreId: identityStore } };
  return {
    ...people(wire),
    ...directory(wire),
    ...memberLists(wire),
    ...memberships(wire),
    close: () => {
      client.destroy();
    },
  };
}

function people({ client, call, here }: Wire): Pick<Store, "user" | "isGone"> {
  const show = async (UserId: string, missing: ErrorClass) => {
    const command = new DescribeUserCommand({ ...here, UserId });
    await call("show the user", (how) => client.send(command, how), missing);
  };
  return {
    user: (id) => show(id, "subject-missing"),
    isGone: async (id) => {
      try {
        await show(id, "target-missing");
        return false;
      } catch (thrown) {
        if (notFound(thrown) && thrown.class === "subject-missing") return true;
        throw thrown;
      }
    },
  };
}

function directory({ client, call, here }: Wire): Pick<Store, "group" | "groups" | "check"> {
  return {
    group: async (GroupId) => {
      const command = new DescribeGroupCommand({ ...here, GroupId });
      return groupOf(await call("show the group", (how) => client.send(command, how)));
    },
    groups: async () => {
      const { items, ...rest } = await readPages(async (NextToken) => {
        const command = new ListGroupsCommand({ ...here, NextToken });
        const answer = await call("list the groups", (how) => client.send(command, how), "target-missing");
        return { items: answer.Groups, next: answer.NextToken };
      });
      return { items: items.map(groupOf), ...rest };
    },
    check: async () => {
      const command = new ListGroupsCommand({ ...here, MaxResults: 1 });
      await call("show the identity store", (how) => client.send(command, how), "target-missing");
    },
  };
}

function memberLists({ client, call, here }: Wire): Pick<Store, "members" | "groupsOf"> {
  return {
    members: async (GroupId) => {
      const { items, ...rest } = await readPages(async (NextToken) => {
        const command = new ListGroupMembershipsCommand({ ...here, GroupId, NextToken });
        const answer = await call("list the group's members", (how) => client.send(command, how));
        return { items: answer.GroupMemberships, next: answer.NextToken };
      });
      return { items: items.map(memberOf), ...rest };
    },
    groupsOf: async (UserId) => {
      const whose = { ...here, MemberId: { UserId } };
      const pages = await readPages(async (NextToken) => {
        const command = new ListGroupMembershipsForMemberCommand({ ...whose, NextToken });
        const doing = "list the user's groups";
        const answer = await call(doing, (how) => client.send(command, how), "subject-missing");
        return { items: answer.GroupMemberships, next: answer.NextToken };
      });
      return whole(pages).flatMap(({ GroupId }) => GroupId ?? []);
    },
  };
}

function memberships({ client, call, here }: Wire): Pick<Store, "membership" | "add" | "remove"> {
  const edge = (GroupId: string, UserId: string) => ({ ...here, GroupId, MemberId: { UserId } });
  return {
    membership: async (group, user) => {
      try {
        const command = new GetGroupMembershipIdCommand(edge(group, user));
        return (await call("find the membership", (how) => client.send(command, how))).MembershipId;
      } catch (thrown) {
        if (notFound(thrown) && thrown.class !== "target-missing") return undefined;
        throw thrown;
      }
    },
    add: async (group, user) => {
      const command = new CreateGroupMembershipCommand(edge(group, user));
      await call("add the member", (how) => client.send(command, how));
    },
    remove: async (MembershipId) => {
      const command = new DeleteGroupMembershipCommand({ ...here, MembershipId });
      await call("remove the member", (how) => client.send(command, how));
    },
  };
}

function groupOf({ GroupId, DisplayName, Description, ExternalIds }: Partial<SdkGroup>): Group {
  if (GroupId === undefined) refuse("transient", "AWS showed a group without its id");
  return {
    id: GroupId,
    name: DisplayName ?? GroupId,
    description: Description ?? "",
    external: (ExternalIds ?? []).length > 0,
  };
}

function memberOf({ MembershipId, GroupId, MemberId }: GroupMembership): Member {
  const user = MemberId?.UserId;
  if (MembershipId === undefined || GroupId === undefined || user === undefined)
    refuse("transient", "AWS showed a membership without its ids");
  return { membership: MembershipId, group: GroupId, user };
}
