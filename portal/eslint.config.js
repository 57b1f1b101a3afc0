/** Lint rules; the two `no-restricted-syntax` entries keep every visible string behind a translation key. */
import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const untranslated = "show text through a translation key of src/i18n/en.json";

export default tseslint.config(
  { ignores: ["dist", "src/gql", "test-results", "playwright-report"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  { files: ["public/*.js"], languageOptions: { globals: { window: "readonly", document: "readonly" } } },
  { files: ["scripts/*.mjs"], languageOptions: { globals: { process: "readonly", console: "readonly" } } },
  {
    files: ["src/**/*.{ts,tsx}"],
    ...reactHooks.configs.flat.recommended,
  },
  {
    files: ["src/**/*.tsx"],
    rules: {
      "no-restricted-syntax": [
        "error",
        { selector: "JSXText[value=/\\p{L}{2,}/u]", message: untranslated },
        {
          selector: "JSXAttribute[name.name=/^(aria-label|alt|description|label|placeholder|title)$/] > Literal[value=/\\p{L}{2,}/u]",
          message: untranslated,
        },
      ],
    },
  },
);
