// Which mistakes does the linter refuse? (types are checked by tsc, imports by test/house.test.ts)
import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

const clock = [
  {
    object: "Date",
    property: "now",
    message: "take `now` as an argument: the clock is read once, in wire.ts",
  },
  { object: "Math", property: "random", message: "same input, same output: pass the randomness in" },
];
const newDate = {
  selector: "NewExpression[callee.name='Date'][arguments.length=0]",
  message: "take `now` as an argument: the clock is read once, in wire.ts",
};
const environment = "only cli.ts, wire.ts and the sandbox know the process and its environment";

export default defineConfig(
  { ignores: ["dist", "coverage"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: false },
      ],
      "@typescript-eslint/strict-boolean-expressions": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/dot-notation": "off",
      eqeqeq: "error",
      "no-console": "error",
      complexity: ["error", 8],
      "max-lines": ["error", { max: 200, skipComments: true, skipBlankLines: true }],
      "max-lines-per-function": ["error", { max: 40, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    files: ["src/**"],
    ignores: [
      ...[
        "src/cli.ts",
        "src/commands/index*.ts",
        "src/wire.ts",
        "src/sandbox/**",
        "src/providers/at-exit.ts",
      ],
      // Programs of their own, for others to copy.
      "src/providers/exec/example/**",
    ],
    rules: {
      "no-restricted-globals": ["error", { name: "process", message: environment }],
      "no-restricted-imports": [
        "error",
        { paths: ["node:process", "process"].map((name) => ({ name, message: environment })) },
      ],
      "no-restricted-properties": ["error", ...clock],
      "no-restricted-syntax": ["error", newDate],
    },
  },
  {
    files: ["src/core/**"],
    rules: {
      "no-restricted-imports": ["error", { patterns: [{ group: ["node:*"], message: "core does no I/O" }] }],
    },
  },
  {
    files: ["test/**"],
    rules: {
      "no-console": "off",
      "max-lines": ["error", { max: 400, skipComments: true, skipBlankLines: true }],
      "max-lines-per-function": "off",
    },
  },
  { files: ["src/providers/*/fake*", "src/providers/*/fake/**"], rules: { "max-lines-per-function": "off" } },
  { files: [".ci/**"], rules: { "no-console": "off" } },
  { files: ["**/*.js", "**/*.mjs"], extends: [tseslint.configs.disableTypeChecked] },
);
