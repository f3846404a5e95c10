// Whom does a trust policy let in? (each cloud's document, read as that cloud reads it, against tokens of many jobs)
import { describe, expect, test } from "vitest";
import { expectedClaims, GITHUB_ISSUER, inexact, judgeClaims, type Applier } from "../src/core/oidc.ts";
import { DIALECTS, trustText, type Cloud } from "../src/report/trust.ts";

const APPLIER: Applier = {
  issuer: GITHUB_ISSUER,
  audience: "lapse",
  repository: "acme/access",
  repositoryId: 42,
  ownerId: 7,
  environment: "lapse-apply",
  branch: "main",
  subjects: ["immutable"],
};
const PINNED: Applier = { ...APPLIER, tool: `acme/lapse@${"ab12".repeat(10)}` };
const CLASSIC: Applier = { ...APPLIER, subjects: ["classic"] };

type Token = Readonly<Record<string, string>>;

/** As GitHub documents a token of the job `apply`, https://docs.github.com/en/actions/reference/security/oidc */
const token = (change: Token = {}): Token => ({
  jti: "example-id",
  iss: GITHUB_ISSUER,
  aud: "lapse",
  sub: "repo:acme@7/access@42:environment:lapse-apply",
  environment: "lapse-apply",
  ref: "refs/heads/main",
  ref_type: "branch",
  repository: "acme/access",
  repository_owner: "acme",
  repository_id: "42",
  repository_owner_id: "7",
  actor: "ann",
  actor_id: "101",
  workflow: "apply",
  event_name: "push",
  runner_environment: "github-hosted",
  workflow_ref: "acme/access/.github/workflows/apply.yml@refs/heads/main",
  job_workflow_ref: "acme/access/.github/workflows/apply.yml@refs/heads/main",
  ...change,
});
const without = (claim: string): Token =>
  Object.fromEntries(Object.entries(token()).filter(([name]) => name !== claim));

/** Does the document let this token in, by the cloud's own rules? */
type Reader = (document: string, token: Token) => boolean;

interface AwsPolicy {
  readonly Statement: readonly {
    readonly Principal: { readonly Federated: string };
    readonly Condition: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  }[];
}
const readers: Readonly<Record<Cloud, Reader>> = {
  // A condition key that the token lacks does not match; a list is an "or"; operators are an "and".
  aws: (document, token) =>
    (JSON.parse(document) as AwsPolicy).Statement.some(({ Principal, Condition }) => {
      expect(Object.keys(Condition)).toEqual(["StringEquals"]);
      const issuer = Principal.Federated.split("oidc-provider/")[1] ?? "";
      return (
        token["iss"] === `https://${issuer}` &&
        Object.entries(Condition["StringEquals"] ?? {}).every(([key, values]) => {
          const value = token[key.replace(`${issuer}:`, "")];
          return value !== undefined && [values].flat().includes(value);
        })
      );
    }),
  azure: (document, token) =>
    (
      JSON.parse(document) as {
        readonly issuer: string;
        readonly audiences: readonly string[];
        readonly claimsMatchingExpression: { readonly value: string };
      }[]
    ).some(({ issuer, audiences, claimsMatchingExpression: { value } }) => {
      const parts = value.split(" and ").map((part) => /^claims\['(\w+)'\] eq '([^']*)'$/.exec(part));
      expect(parts).not.toContain(null);
      return (
        token["iss"] === issuer &&
        audiences.includes(token["aud"] ?? "") &&
        parts.every((part) => token[part?.[1] ?? ""] === part?.[2])
      );
    }),
  gcp: (document, token) => {
    const { oidc, attributeCondition } = JSON.parse(document) as {
      readonly oidc: { readonly issuerUri: string; readonly allowedAudiences: readonly string[] };
      readonly attributeCondition: string;
    };
    const parts = attributeCondition.split(" && ").map((part) => {
      const found = /^assertion\.(\w+) (?:== |in \[)('[^']*'(?:, '[^']*')*)\]?$/.exec(part);
      return { claim: found?.[1] ?? part, values: (found?.[2] ?? "").split(", ") };
    });
    return (
      token["iss"] === oidc.issuerUri &&
      oidc.allowedAudiences.includes(token["aud"] ?? "") &&
      parts.every(({ claim, values }) => values.includes(`'${token[claim] ?? "\0"}'`))
    );
  },
  vault: (document, token) => {
    const role = JSON.parse(document) as {
      readonly bound_audiences: readonly string[];
      readonly bound_claims_type: string;
      readonly bound_claims: Readonly<Record<string, string | readonly string[]>>;
    };
    expect(role.bound_claims_type).toBe("string");
    return (
      role.bound_audiences.includes(token["aud"] ?? "") &&
      Object.entries(role.bound_claims).every(([claim, values]) =>
        [values].flat().includes(token[claim] ?? "\0"),
      )
    );
  },
};
const clouds = Object.keys(DIALECTS) as Cloud[];

const workflow = (path: string): Token => ({ job_workflow_ref: path, workflow_ref: path });
const strangers: readonly (readonly [string, Token])[] = [
  ["no audience", without("aud")],
  ["another audience", token({ aud: "https://github.com/acme" })],
  ["a pull request", token({ sub: "repo:acme@7/access@42:pull_request", ref: "refs/pull/5/merge" })],
  ["another branch's job without the environment", token({ sub: "repo:acme@7/access@42:ref:refs/heads/x" })],
  ["another environment", token({ sub: "repo:acme@7/access@42:environment:demo", environment: "demo" })],
  [
    "another repository of the owner",
    token({ sub: "repo:acme@7/other@43:environment:lapse-apply", repository_id: "43" }),
  ],
  [
    "whoever took the name over",
    token({
      sub: "repo:acme@8/access@99:environment:lapse-apply",
      repository_id: "99",
      repository_owner_id: "8",
    }),
  ],
  [
    "another workflow of the same repository",
    token(workflow("acme/access/.github/workflows/evil.yml@refs/heads/main")),
  ],
  [
    "the workflow as another branch has it",
    token({ ...workflow("acme/access/.github/workflows/apply.yml@refs/heads/x"), ref: "refs/heads/x" }),
  ],
  [
    "a workflow of the same name elsewhere",
    token(workflow("evil/access/.github/workflows/apply.yml@refs/heads/main")),
  ],
  ["another signer", token({ iss: "https://token.actions.example.com" })],
];

describe.each(clouds)("F2, F3: trust for %s", (cloud) => {
  const lets = (applier: Applier, token: Token) => readers[cloud](trustText(cloud, applier), token);

  test("lets in the jobs apply and expire", () => {
    expect(lets(APPLIER, token())).toBe(true);
    expect(lets(APPLIER, token(workflow("acme/access/.github/workflows/expire.yml@refs/heads/main")))).toBe(
      true,
    );
  });

  test.each(strangers)("keeps out %s", (_, stranger) => {
    expect(lets(APPLIER, stranger)).toBe(false);
    expect(judgeClaims(stranger, expectedClaims(APPLIER))).not.toEqual([]);
  });

  test("trusts a called tool at one commit, and not the caller's own workflows", () => {
    const at = (commit: string) => token(workflow(`acme/lapse/.github/workflows/apply.yml@${commit}`));
    expect(lets(PINNED, at("ab12".repeat(10)))).toBe(true);
    expect(lets(PINNED, at("cd34".repeat(10)))).toBe(false);
    expect(lets(PINNED, at("refs/heads/main"))).toBe(false);
    expect(lets(PINNED, token())).toBe(false);
  });

  test("knows the subject of repositories from before July 2026, and each form alone", () => {
    const old = token({ sub: "repo:acme/access:environment:lapse-apply" });
    expect([lets(CLASSIC, old), lets(CLASSIC, token()), lets(APPLIER, old)]).toEqual([true, false, false]);
  });

  test.each([
    ["immutable", APPLIER],
    ["classic", CLASSIC],
    ["pinned", PINNED],
  ])("reads as it always did (%s)", async (form, applier) => {
    const { audience } = DIALECTS[cloud];
    const text = trustText(cloud, { ...applier, audience });
    await expect(`${text}\n`).toMatchFileSnapshot(`cases/trust/${cloud}-${form}.json.txt`);
    expect(text).not.toMatch(/[*?]/);
  });
});

describe("what a cloud cannot ask for", () => {
  test("Entra sees no numbers: with the old subject it lets in whoever took the name over, and says so", () => {
    const heir = token({
      sub: "repo:acme/access:environment:lapse-apply",
      repository_id: "99",
      repository_owner_id: "8",
    });
    const open = clouds.filter((cloud) => readers[cloud](trustText(cloud, CLASSIC), heir));
    expect(open).toEqual(clouds.filter((cloud) => DIALECTS[cloud].classic !== undefined));
    expect(open).toEqual(["azure"]);
  });

  test("F6: a runner of one's own keeps state: Google and Vault keep it out, the judge names it", () => {
    const own = token({ runner_environment: "self-hosted" });
    const lets = (cloud: Cloud) => readers[cloud](trustText(cloud, APPLIER), own);
    expect(clouds.filter(lets)).toEqual(["aws", "azure"]);
    expect(judgeClaims(own, expectedClaims(APPLIER))).toEqual([
      { claim: "runner_environment", expected: ["github-hosted"], actual: '"self-hosted"' },
    ]);
  });
});

describe("F2: nothing is trusted by a pattern", () => {
  test.each<readonly [string, Partial<Applier>]>([
    ["all repositories of the owner", { repository: "acme/*" }],
    ["any owner", { repository: "*/access" }],
    ["no owner", { repository: "access" }],
    ["a path", { repository: "acme/.." }],
    ["all environments", { environment: "*" }],
    ["an environment that is a pattern", { environment: "lapse-?" }],
    ["a quote, which would end the value", { environment: "x' || '1' == '1" }],
    ["all branches", { branch: "release/*" }],
    ["any audience", { audience: "*" }],
    ["a tool at a branch", { tool: "acme/lapse@main" }],
    ["a tool at a tag", { tool: "acme/lapse@v1" }],
    ["a tool at a short commit", { tool: "acme/lapse@ab12ab1" }],
    ["a signer over plain http", { issuer: "http://token.actions.githubusercontent.com" }],
    ["a signer with a pattern", { issuer: "https://*.githubusercontent.com" }],
    ["a number that is none", { repositoryId: Number.NaN }],
    ["no form of subject", { subjects: [] }],
  ])("%s is refused", (_, change) => {
    expect(inexact({ ...APPLIER, ...change })).toHaveLength(1);
  });

  test("and what is exact is not", () => {
    expect([APPLIER, CLASSIC, PINNED].map(inexact)).toEqual([[], [], []]);
  });
});

describe("a token's claims", () => {
  test("are as expected, in either form where the form is not known", () => {
    const either = expectedClaims({ ...APPLIER, subjects: ["immutable", "classic"] });
    expect(judgeClaims(token(), either)).toEqual([]);
    expect(judgeClaims(token({ sub: "repo:acme/access:environment:lapse-apply" }), either)).toEqual([]);
  });

  test("that are missing, lists or inherited do not count", () => {
    const expected = expectedClaims(APPLIER);
    expect(judgeClaims(without("ref"), expected)).toEqual([{ claim: "ref", expected: ["refs/heads/main"] }]);
    expect(judgeClaims({ ...token(), aud: ["lapse", "x"] }, expected)).toEqual([
      { claim: "aud", expected: ["lapse"], actual: '["lapse","x"]' },
    ]);
    expect(judgeClaims(Object.create(token()) as Token, expected)).toHaveLength(Object.keys(expected).length);
  });

  test("spell a colon as GitHub does", () => {
    expect(expectedClaims({ ...APPLIER, environment: "prod:eu" })["sub"]).toEqual([
      "repo:acme@7/access@42:environment:prod%3Aeu",
    ]);
  });
});
