// Before Trunk builds: one style sheet from many, one sprite from the icons that are used.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const here = new URL('..', import.meta.url).pathname;
const generated = `${here}generated`;

// One `<symbol>` per name in icons/used.txt, from Fluent's 20 px icons; a name that does not exist stops the build.
async function sprite() {
  const names = (await readFile(`${here}icons/used.txt`, 'utf8')).split('\n').filter(Boolean);
  const symbols = names.map(async (name) => {
    const svg = await readFile(`${here}node_modules/@fluentui/svg-icons/icons/${name}_20_regular.svg`, 'utf8');
    const [, attributes, body] = /<svg([^>]*)>([\s\S]*)<\/svg>/.exec(svg);
    const [, box] = /viewBox="([^"]*)"/.exec(attributes) ?? [, '0 0 20 20'];
    return `<symbol id="${name}" viewBox="${box}">${body.replaceAll(/ fill="#[0-9a-f]+"/gi, ' fill="currentColor"').trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${(await Promise.all(symbols)).join('')}</svg>`;
}

await mkdir(generated, { recursive: true });
await writeFile(`${generated}/icons.svg`, await sprite());
await build({
  entryPoints: [`${here}styles/app.css`],
  outfile: `${generated}/app.css`,
  bundle: true,
  minify: true,
  logLevel: 'error',
});
