// Who is there in IAM? (users and roles, by name and by the id that is given once)
import {
  GetRoleCommand,
  GetUserCommand,
  ListRolesCommand,
  ListUsersCommand,
  type IAMClient,
  type Role,
  type User,
} from "@aws-sdk/client-iam";
import type { Call } from "./client.ts";
import { notFound, refuse } from "./errors.ts";
import type { EntityKind } from "./iam-claim.ts";
import { readPages, whole, type Page } from "./pages.ts";

export interface Entity {
  readonly kind: EntityKind;
  readonly name: string;
  /** Given once: a user of the same name who is made later has another one. */
  readonly id: string;
  readonly arn: string;
}

export interface EntityCalls {
  /** Undefined where IAM finds none, which proves nothing by itself. */
  entity(kind: EntityKind, name: string): Promise<Entity | undefined>;
  entities(kind: EntityKind): Promise<readonly Entity[]>;
  /** Some role of the account: every account has one. */
  anyRole(): Promise<Entity | undefined>;
}

/** IAM may answer with empty pages before the first role. */
const FEW = 10;

export function entityCalls(client: IAMClient, call: Call): EntityCalls {
  const pages = { user: userPages(client, call), role: rolePages(client, call) };
  return {
    entity: async (kind, name) => {
      try {
        return await (kind === "user" ? oneUser(client, call, name) : oneRole(client, call, name));
      } catch (thrown) {
        if (notFound(thrown)) return undefined;
        throw thrown;
      }
    },
    entities: async (kind) => whole(await readPages(pages[kind])),
    anyRole: async () => {
      let marker: string | undefined;
      for (let page = 0; page < FEW; page++) {
        const { items, next } = await pages.role(marker);
        if (items?.[0] || next === undefined) return items?.[0];
        marker = next;
      }
      return undefined;
    },
  };
}

type EntityPages = (marker: string | undefined) => Promise<Page<Entity>>;

const userPages =
  (client: IAMClient, call: Call): EntityPages =>
  async (Marker) => {
    const command = new ListUsersCommand({ Marker });
    const answer = await call("list the users", (how) => client.send(command, how));
    return {
      items: answer.Users?.map(userOf),
      next: answer.IsTruncated === true ? answer.Marker : undefined,
    };
  };

const rolePages =
  (client: IAMClient, call: Call): EntityPages =>
  async (Marker) => {
    const command = new ListRolesCommand({ Marker });
    const answer = await call("list the roles", (how) => client.send(command, how));
    return {
      items: answer.Roles?.map(roleOf),
      next: answer.IsTruncated === true ? answer.Marker : undefined,
    };
  };

async function oneUser(client: IAMClient, call: Call, UserName: string): Promise<Entity | undefined> {
  const command = new GetUserCommand({ UserName });
  const { User } = await call("show the user", (how) => client.send(command, how));
  return User && userOf(User);
}

async function oneRole(client: IAMClient, call: Call, RoleName: string): Promise<Entity | undefined> {
  const command = new GetRoleCommand({ RoleName });
  const { Role } = await call("show the role", (how) => client.send(command, how));
  return Role && roleOf(Role);
}

const userOf = ({ UserName: name, UserId: id, Arn: arn }: User): Entity =>
  entityOf("user", { name, id, arn });
const roleOf = ({ RoleName: name, RoleId: id, Arn: arn }: Role): Entity =>
  entityOf("role", { name, id, arn });

type Shown = Readonly<Record<"name" | "id" | "arn", string | undefined>>;

function entityOf(kind: EntityKind, { name, id, arn }: Shown): Entity {
  if (name === undefined || id === undefined || arn === undefined)
    refuse("transient", `AWS showed a ${kind} without name, id or ARN`);
  return { kind, name, id, arn };
}
