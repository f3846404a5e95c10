// What did the forge answer, if it did?
import { Problem } from "./core/problem.ts";
import type { Told } from "./core/told.ts";

/** An answer, or the Problem that there was instead; a bug is thrown as it is. */
export async function told<T>(read: () => Promise<T>): Promise<Told<T>> {
  try {
    return { is: "told", value: await read() };
  } catch (problem) {
    if (problem instanceof Problem) return { is: "untold", why: problem.message, fix: problem.fix };
    throw problem;
  }
}
