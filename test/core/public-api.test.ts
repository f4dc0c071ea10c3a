import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { root } from '../database.js';

/** What others import by name, each by the declarations that the build makes of it. */
const entries = {
  pipeline: 'pipeline/index',
  display: 'display/index',
  config: 'config/define-config',
};

/** The exported declarations of a module without their comments, by name; types and values alike. */
function signaturesOf(path: string): string {
  const program = ts.createProgram([path], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    noLib: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const printer = ts.createPrinter({ removeComments: true });
  const module = checker.getSymbolAtLocation(program.getSourceFile(path)!);
  return checker
    .getExportsOfModule(module!)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((symbol) => {
      const declared =
        symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const texts = (declared.declarations ?? []).map((node) =>
        printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile()),
      );
      return `// ${symbol.name}\n${texts.join('\n')}\n`;
    })
    .join('\n');
}

test.each(Object.entries(entries))(
  'what %s gives to others stays as it is, or changes test/output with it',
  async (name, entry) => {
    const signatures = signaturesOf(join(root, 'dist', `${entry}.d.ts`));
    await expect(signatures).toMatchFileSnapshot(`../output/public-api-${name}.txt`);
  },
);
