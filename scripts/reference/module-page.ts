import ts from 'typescript';
import { markdownPage, markdownTable } from './markdown.js';

/** A module that others import by name, and the declarations that the build makes of it. */
export interface DocumentedModule {
  readonly name: string;
  /** A path of a `.d.ts`. */
  readonly declarations: string;
  /** What stands above its functions. */
  readonly introduction: string;
}

/** All that a module exports, from its types and their doc comments: functions first, then types. */
export async function modulePage({
  name,
  declarations,
  introduction,
}: DocumentedModule): Promise<string> {
  const program = ts.createProgram([declarations], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    noLib: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(declarations);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${declarations} is no module; npm run build makes it`);
  const symbols = checker
    .getExportsOfModule(module)
    .map((symbol) =>
      symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    );
  const isFunction = ({ flags }: ts.Symbol) => (flags & ts.SymbolFlags.Function) !== 0;
  const types = symbols.filter((symbol) => !isFunction(symbol));
  return markdownPage(`\`${name}\``, [
    introduction,
    '## Functions',
    ...symbols.filter(isFunction).flatMap((symbol) => functionParts(symbol, checker)),
    ...(types.length === 0 ? [] : ['## Types']),
    ...types
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((symbol) => typeParts(symbol, checker)),
  ]);
}

const printer = ts.createPrinter({ removeComments: true });

function printed(node: ts.Node): string {
  return printer
    .printNode(ts.EmitHint.Unspecified, node, node.getSourceFile())
    .replace(/^export (declare )?/, '')
    .replace(/^declare /, '');
}

function block(text: string): string {
  return `\`\`\`ts\n${text}\n\`\`\``;
}

function functionParts(symbol: ts.Symbol, checker: ts.TypeChecker): string[] {
  const declarations = (symbol.declarations ?? []).filter(ts.isFunctionDeclaration);
  return [
    `### ${symbol.name}`,
    ...declarations.flatMap((declaration) => {
      const signature = checker.getSignatureFromDeclaration(declaration);
      const tags = signature?.getJsDocTags() ?? [];
      const of = (name: string) =>
        tags.filter((tag) => tag.name === name).map((tag) => tagText(tag));
      return [
        block(printed(declaration)),
        prose(signature?.getDocumentationComment(checker)),
        list(of('param').map((text) => text.replace(/^(\w+)\s*(?:- )?/, '`$1`: '))),
        of('returns')
          .map((text) => `Returns: ${text}`)
          .join('\n\n'),
        of('throws')
          .map((text) => `Throws: ${text.replace(/^(\w*Error)\b/, '`$1`')}`)
          .join('\n\n'),
        ...of('example').map(block),
      ];
    }),
  ];
}

function typeParts(symbol: ts.Symbol, checker: ts.TypeChecker): string[] {
  const [declaration] = symbol.declarations ?? [];
  const head = [`### ${symbol.name}`, prose(symbol.getDocumentationComment(checker))];
  if (declaration === undefined) return head;
  if (!ts.isInterfaceDeclaration(declaration)) return [...head, block(printed(declaration))];
  const rows = memberRows(declaration.members, '', checker);
  if (rows.length === 0) return head;
  const parents = (declaration.heritageClauses ?? []).map((clause) => clause.getText()).join(' ');
  return [
    ...head,
    ...(parents === ''
      ? []
      : [`It ${parents.replace(/^extends (.*)$/, 'has the fields of `$1`, too.')}`]),
    markdownTable(['field', 'type', 'meaning'], rows),
  ];
}

/** Name, type and meaning of each member; those of a type that stands in place follow it. */
function memberRows(
  members: readonly ts.TypeElement[],
  prefix: string,
  checker: ts.TypeChecker,
): string[][] {
  return members.flatMap((member) => {
    if (member.name === undefined) return [];
    const path = prefix + member.name.getText() + (member.questionToken === undefined ? '' : '?');
    const own = checker.getSymbolAtLocation(member.name);
    const meaning = prose(own?.getDocumentationComment(checker));
    const literal = ts.isPropertySignature(member) ? member.type : undefined;
    return literal !== undefined && ts.isTypeLiteralNode(literal)
      ? [
          [`\`${path}\``, 'fields', meaning],
          ...memberRows(literal.members, `${path.replace('?', '')}.`, checker),
        ]
      : [[`\`${path}\``, `\`${memberType(member)}\``, meaning]];
  });
}

function memberType(member: ts.TypeElement): string {
  if (ts.isPropertySignature(member) && member.type !== undefined) {
    return printed(member.type).replace(/\s+/g, ' ');
  }
  return printed(member).replace(/\s+/g, ' ');
}

/** The text of a doc comment as markdown: its links are names in code. */
function prose(parts: readonly ts.SymbolDisplayPart[] | undefined): string {
  return ts
    .displayPartsToString([...(parts ?? [])])
    .replace(/\{@link (\w+)\}/g, '`$1`')
    .trim();
}

function tagText(tag: ts.JSDocTagInfo): string {
  return prose(tag.text);
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item.replace(/\s*\n\s*/g, ' ')}`).join('\n');
}
