// How does one play with the demo's servers? (`--keep`)
import type { Stage } from "./stage.ts";

/** Says how to get in, and waits for Ctrl-C. */
export async function keepOpen(stage: Stage, out: (text: string) => void): Promise<void> {
  const { clone, env } = await stage.seat("ann");
  out(`\nThe servers stay up until Ctrl-C. In another terminal, as ann:\n  cd ${clone}`);
  for (const [name, value] of Object.entries(env)) out(`  export ${name}=${value}`);
  out(`  psql ${stage.database.urlOf("ann")}`);
  await new Promise<void>((resolve) => process.once("SIGTERM", resolve).once("SIGINT", resolve));
}
