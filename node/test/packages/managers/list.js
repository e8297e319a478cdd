'use strict';
// The package managers: what each calls what the tests do.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const script = (...names) => path.join(__dirname, 'node_modules', ...names);
const common = {
  prepare() {},
  frozen: ['install', '--frozen-lockfile', '--offline'],
  add: ['add'],
  withoutScripts: ['--ignore-scripts'],
  execute: ['exec'],
  node: () => [process.execPath],
};

const npm = {
  ...common,
  add: ['install'],
  withoutOptional: ['--omit=optional'],
  frozen: ['ci', '--offline'],
  execute: ['exec', '--'],
  lock: 'package-lock.json',
  addGlobally: (home) => ({
    args: ['install', '--global', '--prefix', home], bin: path.join(home, 'bin'),
    modules: path.join(home, 'lib', 'node_modules'),
  }),
};

const pnpm = {
  ...common,
  withoutOptional: ['--no-optional'],
  lock: 'pnpm-lock.yaml',
  workspaces(folder) {
    fs.writeFileSync(path.join(folder, 'pnpm-workspace.yaml'), 'packages: [parts/*]\n');
  },
};

// `linker`: where Yarn 4 puts packages.
const yarn4 = (linker) => ({
  ...common,
  script: script('yarn-4', 'bin', 'yarn.js'),
  withoutScripts: [], // in the settings, below
  frozen: ['install', '--immutable'],
  execute: [],
  lock: 'yarn.lock',
  isPnp: linker === 'pnp',
  node(command) { return this.isPnp ? [...command, 'node'] : [process.execPath]; },
  prepare(folder, without) {
    const settings = [`nodeLinker: ${linker}`, 'enableScripts: false',
                      'pnpEnableEsmLoader: true'];
    // It has no option to leave optional packages out.
    if (without) settings.push('supportedArchitectures: { os: [none], cpu: [none] }');
    fs.writeFileSync(path.join(folder, '.yarnrc.yml'), settings.join('\n') + '\n');
    fs.writeFileSync(path.join(folder, 'yarn.lock'), '');
  },
  withoutOptional: [],
});

const managers = {
  'npm 10': { ...npm, script: script('npm-10', 'bin', 'npm-cli.js') },
  'npm 11': { ...npm, script: script('npm-11', 'bin', 'npm-cli.js') },
  'pnpm 9': { ...pnpm, script: script('pnpm-9', 'bin', 'pnpm.cjs') },
  'pnpm 10': { ...pnpm, script: script('pnpm-10', 'bin', 'pnpm.cjs') },
  'Yarn 1': {
    ...common, script: script('yarn-1', 'bin', 'yarn.js'), lock: 'yarn.lock',
    withoutOptional: ['--ignore-optional'], execute: ['--silent'],
  },
  'Yarn 4, node_modules': yarn4('node-modules'),
  'Yarn 4, PnP': yarn4('pnp'),
};

// The environment of a user who has configured nothing but the registry.
function environment(url, home) {
  const kept = Object.entries(process.env).filter(([name]) =>
    !/^(npm_|pnpm_|yarn_|ci$|node_options$)/i.test(name));
  return {
    ...Object.fromEntries(kept),
    HOME: home, XDG_CACHE_HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home,
    XDG_STATE_HOME: home,
    npm_config_registry: url,
    npm_config_userconfig: os.devNull,
    npm_config_cache: path.join(home, 'cache'),
    npm_config_store_dir: path.join(home, 'store'),
    npm_config_update_notifier: 'false',
    npm_config_manage_package_manager_versions: 'false',
    YARN_CACHE_FOLDER: path.join(home, 'yarn'),
    YARN_GLOBAL_FOLDER: path.join(home, 'yarn'),
    YARN_NPM_REGISTRY_SERVER: url,
    YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
    YARN_ENABLE_TELEMETRY: '0',
    YARN_ENABLE_GLOBAL_CACHE: 'true',
    YARN_IGNORE_PATH: '1',
  };
}

module.exports = { environment, managers };
