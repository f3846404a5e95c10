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
import { caller } from "./client.ts";
import { notFound, refuse } from "./errors.ts";
import type { EntityKind } from "./iam-claim.ts";
import { readPages, whole } from "./pages.ts";

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

export function entityCalls(client: IAMClient, timeout: number): EntityCalls {
  const call = caller(timeout);
  const roles = async (Marker: string | undefined, MaxItems?: number) => {
    const command = new ListRolesCommand({ Marker, ...(MaxItems !== undefined && { MaxItems }) });
    const answer = await call("list the roles", (how) => client.send(command, how));
    return {
      items: answer.Roles?.map(roleOf),
      next: answer.IsTruncated === true ? answer.Marker : undefined,
    };
  };
  const users = async (Marker: string | undefined) => {
    const command = new ListUsersCommand({ Marker });
    const answer = await call("list the users", (how) => client.send(command, how));
    return {
      items: answer.Users?.map(userOf),
      next: answer.IsTruncated === true ? answer.Marker : undefined,
    };
  };
  return {
    entity: async (kind, name) => {
      try {
        if (kind === "user") {
          const command = new GetUserCommand({ UserName: name });
          const { User } = await call("show the user", (how) => client.send(command, how));
          return User && userOf(User);
        }
        const command = new GetRoleCommand({ RoleName: name });
        const { Role } = await call("show the role", (how) => client.send(command, how));
        return Role && roleOf(Role);
      } catch (thrown) {
        if (notFound(thrown)) return undefined;
        throw thrown;
      }
    },
    entities: async (kind) => whole(await readPages(kind === "user" ? users : roles)),
    anyRole: async () => {
      let marker: string | undefined;
      for (let page = 0; page < FEW; page++) {
        const { items, next } = await roles(marker, 1);
        if (items?.[0] || next === undefined) return items?.[0];
        marker = next;
      }
      return undefined;
    },
  };
}

const userOf = ({ UserName: name, UserId: id, Arn: arn }: User): Entity =>
  entityOf("user", { name, id, arn });
const roleOf = ({ RoleName: name, RoleId: id, Arn: arn }: Role): Entity =>
  entityOf("role", { name, id, arn });

type Shown = { readonly [K in "name" | "id" | "arn"]: string | undefined };

function entityOf(kind: EntityKind, { name, id, arn }: Shown): Entity {
  if (name === undefined || id === undefined || arn === undefined)
    refuse("transient", `AWS showed a ${kind} without name, id or ARN`);
  return { kind, name, id, arn };
}
