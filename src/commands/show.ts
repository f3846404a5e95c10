// `lapse show ID`: what is the whole story of one request?
import type { Context, ExitCode } from "../context.ts";
import { visible } from "../report/encode.ts";
import { json } from "../report/json.ts";
import { usageText } from "../report/usage.ts";
import { storyJson, storyText } from "../report/show.ts";
import { storyOf } from "../show.ts";

export interface ShowOptions {
  readonly id: string;
}

export async function show(context: Context, { id }: ShowOptions): Promise<ExitCode> {
  const story = await storyOf(context, id);
  if ("meant" in story) {
    const fix =
      story.meant === undefined ? "list them with `lapse status --all`" : `did you mean ${story.meant}?`;
    context.io.err(usageText(`the ledger knows no request ${visible(id)}`, fix));
    return 2;
  }
  context.io.out(context.json ? json(storyJson(story)) : storyText(story, context.io));
  return 0;
}
