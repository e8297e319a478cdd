'use strict';
// Writes C that finds the functions of Node, for the addon for Windows. An import library
// would name node.exe, but the program may have another name: a single executable, or
// Electron.
//
// usage: node-functions.js INCLUDE SOURCE...
const fs = require('node:fs');
const path = require('node:path');

const [include, ...sources] = process.argv.slice(2);

function filesOf(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [] : [path.join(folder, entry.name)]);
}

const textOf = (files) => files.map((file) => fs.readFileSync(file, 'utf8')).join('\n');

// Those that the headers declare, and that the sources name.
const declared = new Set(
  [...textOf(filesOf(include).filter((file) => /(_api(_types)?|uv)\.h$/.test(file)))
    .matchAll(/\b(?:NAPI|UV)_EXTERN[^;{]*?\b((?:napi|node_api|uv)_\w+)\(/g)]
    .map(([, name]) => name));
const names = [...new Set(textOf(sources).match(/\b(?:napi|node_api|uv)_\w+/g))]
  .filter((name) => declared.has(name)).sort();

console.log(`#include <windows.h>

static const char *const names[] = {
${names.map((name) => `    "${name}",`).join('\n')}
};

void *node_functions[${names.length}];

${names.map((name, i) => `__asm__(".globl ${name}\\n${name}: jmp *node_functions+${8 * i}(%rip)");`)
    .join('\n')}

/* A version of Node that lacks one cannot load the addon. */
BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, void *reserved) {
    (void)self;
    (void)reserved;
    for (int i = 0; reason == DLL_PROCESS_ATTACH && i < ${names.length}; i++) {
        FARPROC found = GetProcAddress(GetModuleHandleW(NULL), names[i]);

        if (found == NULL)
            return FALSE;
        node_functions[i] = (void *)(uintptr_t)found;
    }
    return TRUE;
}`);
