// Writes README.md beside it: every row, what stands in its way and the tests that prove it. (npm run attacks)
import { writeFile } from "node:fs/promises";
import { render } from "./render.ts";

await writeFile("test/attacks/README.md", await render());
