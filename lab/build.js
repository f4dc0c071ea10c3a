/**
 * Bundles JupyterLab out of the packages that package.json names: `node build.js OUTPUT`, in a
 * folder where they are installed. OUTPUT receives
 *
 * - `static/`: main.js, main.css and what they load on demand,
 * - `themes/PACKAGE/index.css`,
 * - `schemas/PACKAGE/PLUGIN.json`: the settings that each extension has,
 * - `front-end.json`: the version of JupyterLab and the licences of all that went in.
 *
 * Standard output gets a line for each step on the way: the share that is done, from 0 to 1.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { rspack } from '@rspack/core';

const require = createRequire(import.meta.url);
const here = import.meta.dirname;
const output = resolve(process.argv[2] ?? 'output');
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** A package that JupyterLab calls an extension says so under the key `jupyterlab`. */
const extensions = Object.keys(readJson(join(here, 'package.json')).dependencies)
  // Others need not export their package.json.
  .filter((name) => name.startsWith('@jupyterlab/'))
  .map((name) => {
    const folder = dirname(require.resolve(`${name}/package.json`));
    return { name, folder, ...readJson(join(folder, 'package.json')) };
  })
  .filter(({ jupyterlab }) => jupyterlab?.extension ?? jupyterlab?.mimeExtension);

/** The module that an extension's field names: its main module, or one by path. */
const modulePath = (name, field) => (field === true ? name : `${name}/${field}`);

const plugins = extensions.flatMap(({ name, jupyterlab }) =>
  jupyterlab.extension ? [modulePath(name, jupyterlab.extension)] : [],
);
const renderers = extensions.flatMap(({ name, jupyterlab }) =>
  jupyterlab.mimeExtension ? [modulePath(name, jupyterlab.mimeExtension)] : [],
);
const styles = extensions.flatMap(({ name, styleModule }) =>
  styleModule ? [`${name}/${styleModule}`] : [],
);

const importAll = (paths, prefix) =>
  paths.map((path, index) => `import ${prefix}${index} from '${path}';`).join('\n');
const listAll = (paths, prefix) => paths.map((_, index) => `${prefix}${index}`).join(', ');
mkdirSync(join(here, 'generated'), { recursive: true });
writeFileSync(
  join(here, 'generated/extensions.js'),
  `${importAll(plugins, 'plugin')}
${importAll(renderers, 'renderer')}
${styles.map((path) => `import '${path}';`).join('\n')}
export const plugins = [${listAll(plugins, 'plugin')}].flat();
export const renderers = [${listAll(renderers, 'renderer')}].flat();
`,
);

for (const { name, folder, jupyterlab } of extensions) {
  if (jupyterlab.schemaDir) {
    cpSync(join(folder, jupyterlab.schemaDir), join(output, 'schemas', name), { recursive: true });
  }
}

const rules = [
  { test: /\.ts$/, loader: 'builtin:swc-loader', type: 'javascript/auto' },
  { test: /\.css$/, exclude: /\.raw\.css$/, type: 'css' },
  { test: /\.raw\.css$|\.md$/, type: 'asset/source' },
  { test: /\.(woff2?|ttf|eot|png|jpg|gif)$/, type: 'asset/resource' },
  // Drawings that a style sheet names are pictures; those that a module imports are markup.
  { test: /\.svg$/, issuer: /\.css$/, type: 'asset/inline' },
  { test: /\.svg$/, issuer: /\.js$/, type: 'asset/source' },
];

const application = {
  context: here,
  mode: 'production',
  entry: { main: './src/index.ts' },
  output: {
    path: join(output, 'static'),
    publicPath: 'auto',
    chunkFilename: '[name].[contenthash].js',
    assetModuleFilename: '[hash][ext]',
  },
  module: { rules },
  resolve: {
    extensions: ['.js', '.ts'],
    extensionAlias: { '.js': ['.ts', '.js'] },
    // The path module that JupyterLab's packages import, which browsers do not have.
    fallback: { path: require.resolve('path-browserify') },
  },
  plugins: [
    // Packages written for Node as well ask for these two.
    new rspack.DefinePlugin({ 'process.env': '({})', 'process.cwd': '(() => "/")' }),
    new rspack.ProgressPlugin((done) => console.log(done.toFixed(2))),
  ],
  performance: false,
};

const themes = extensions
  .filter(({ jupyterlab }) => jupyterlab.themePath)
  .map(({ name, folder, jupyterlab }) => ({
    context: here,
    mode: 'production',
    entry: { index: join(folder, jupyterlab.themePath) },
    output: { path: join(output, 'themes', name), publicPath: 'auto' },
    module: { rules },
  }));

/** Of each installed package: what the licence page of JupyterLab's help menu lists. */
const licenses = Object.entries(readJson(join(here, 'package-lock.json')).packages)
  .filter(([path, { optional }]) => path !== '' && !optional)
  .map(([path, { version, license }]) => ({
    name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    versionInfo: version,
    licenseId: license ?? '',
    extractedText: '',
  }));

for (const name of ['favicon.svg', 'favicon-busy.svg']) {
  cpSync(join(here, 'src', name), join(output, 'static', name));
}

rspack([application, ...themes], (error, stats) => {
  if (error || stats.hasErrors()) {
    console.error(error ?? stats.toString({ preset: 'errors-only' }));
    process.exitCode = 1;
    return;
  }
  const version = extensions.find(
    ({ name }) => name === '@jupyterlab/application-extension',
  ).version;
  writeFileSync(join(output, 'front-end.json'), JSON.stringify({ version, licenses }));
});
