// What does everything that works on one CA's folder share?
import type { Instant, JsonObject } from "../../core/model.ts";
import type { Folder } from "./folder.ts";
import type { KeyTool } from "./tool.ts";

export interface Site {
  readonly folder: Folder;
  readonly tool: KeyTool;
  readonly owner: string;
  readonly connection: JsonObject;
  readonly now: () => Instant;
}
