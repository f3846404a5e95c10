// How are the AWS kinds put to the test? (one loopback server that speaks like AWS, with real state, through the real SDK)
import type { WorldMaker } from "../../conformance/world.ts";
import { centerWorld } from "./fake-center.ts";
import { groupWorld } from "./fake-groups.ts";
import { policyWorld } from "./fake-policies.ts";

export const worlds: readonly WorldMaker[] = [
  { kind: "aws", name: "aws groups", make: groupWorld },
  { kind: "aws-account", name: "aws accounts", make: centerWorld },
  { kind: "aws-iam", name: "aws policies", make: policyWorld },
];
