// Where is GitHub's API, and who may say so? (the credentials go there: GitHub itself, or what the job's own environment names)
import type { JsonObject } from "../../core/model.ts";
import { Problem } from "../../core/problem.ts";
import type { ConnectOptions } from "../provider.ts";
import { text, word } from "../schema.ts";

const PUBLIC = "https://api.github.com";
const REHEARSAL = "http://127\\.0\\.0\\.1:[0-9]{1,5}";
/** Whoever can merge a target may write these: they are all GitHub's, or of this machine. https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency */
const WRITTEN = `^(https://api\\.github\\.com|https://api\\.[a-z0-9-]{1,63}\\.ghe\\.com|${REHEARSAL})$`;
/** Any server, since whoever gives the job its credentials gives it this variable, too. */
const GIVEN = new RegExp(`^(https://[A-Za-z0-9.-]+(:[0-9]{1,5})?|${REHEARSAL})(/[A-Za-z0-9._/-]*)?$`);

export const WHERE: Readonly<Record<"api" | "apiEnv", JsonObject>> = {
  api: text("Address of the API, if it is that of a subdomain of ghe.com", "https://api.acme.ghe.com", {
    max: 100,
    pattern: WRITTEN,
  }),
  // An address and no secret, so that the workflow's own variable will do.
  apiEnv: text(
    "Name of the environment variable that holds the address of the API of a GitHub Enterprise Server",
    "GITHUB_API_URL",
    { max: 128, pattern: "^[A-Z_][A-Z0-9_]*$" },
  ),
};

/** Without a slash at its end. Throws a Problem that names what is wrong. */
export function addressOf(connection: JsonObject, { secret }: Pick<ConnectOptions, "secret">): string {
  const { api, apiEnv } = connection;
  if (apiEnv === undefined) return written(word(api ?? PUBLIC));
  if (api !== undefined) wrong("the connection says twice where GitHub's API is", "keep api or apiEnv");
  const name = word(apiEnv);
  const given = secret(name)?.trim() ?? "";
  const fix = `give the job ${name}: an address like https://github.example.com/api/v3`;
  if (given === "") wrong(`${name} is not set`, fix);
  if (!GIVEN.test(given)) wrong(`${name} is not the https address of an API`, fix);
  return given.replace(/\/+$/, "");
}

/** Also a connection that no schema has seen, such as one out of a ledger. */
function written(address: string): string {
  if (new RegExp(WRITTEN).test(address)) return address;
  return wrong(
    "the connection sends its credentials to a server that is not GitHub's own",
    "name the server in a variable of the job, and the variable in apiEnv",
  );
}

function wrong(message: string, fix: string): never {
  throw new Problem("misconfigured", message, fix);
}
