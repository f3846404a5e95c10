// What was asked of the pretended Azure Resource Manager?
import type { JsonObject } from "../../core/model.ts";

export interface Call {
  readonly method: string;
  /** With a leading slash, as it was written. */
  readonly scope: string;
  readonly group: string;
  readonly type: string;
  readonly name: string;
  readonly action: string;
  readonly filter: string;
  readonly body: JsonObject;
}
