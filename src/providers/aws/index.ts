// What can be asked for in AWS Identity Center? (declared: policies and checks know it)
import { declared } from "../declared.ts";
import { closed, NO_SCOPE, text } from "../schema.ts";

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
/** Ids of users and groups. https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_MemberId.html */
const ID = `^([0-9a-f]{10}-)?${UUID}$`;

export const provider = declared({
  kind: "aws",
  capabilities: {
    ownership: "container",
    expiry: "none",
    async: false,
    concurrency: 4,
    sweepable: false,
    residue: [
      "a role session that is open lives on for the permission set's session duration, 1 to 12 hours",
    ],
  },
  schemas: {
    connection: closed("An identity store; the applier signs in by workload identity.", {
      identityStore: text("Id of the identity store", "d-1234567890", {
        max: 36,
        pattern: `^(d-[0-9a-f]{10}|${UUID})$`,
      }),
      region: text("Region of Identity Center", "eu-central-1", {
        max: 32,
        pattern: "^[a-z]{2}(-[a-z]+)+-[0-9]$",
      }),
    }),
    role: closed("Membership of a group that exists for temporary access alone.", {
      group: text("Id of the group", "906749a2b1-0f5c1e2d-3b4a-4c5d-8e6f-7a8b9c0d1e2f", {
        max: 47,
        pattern: ID,
      }),
    }),
    scope: NO_SCOPE,
  },
  selfPerpetuating: () => undefined,
  lint: ({ identity }) =>
    new RegExp(ID).test(identity) ? undefined : `${identity} is not a user id of the identity store`,
  howToConnect: () => "sign in to the AWS access portal again: the accounts of the group are listed there",
});
