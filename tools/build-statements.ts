// The compiled batches of the product as the upload has them: built by drizzle, here in Node.
import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { COMPILED, describeBatch } from '../src/platform/db/compile.ts'

/** The files of src/ that compile statements. */
export const COMPILING = globSync('src/**/*.ts').filter((path) =>
  /\bcompile\b.*from '.*\/db\/compile\.ts'/.test(readFileSync(path, 'utf8')),
)

/** JSON by the names of the batches. Throws a TypeError if two have one name. */
export async function buildStatements(): Promise<Record<string, string>> {
  for (const path of COMPILING) await import(pathToFileURL(resolve(path)).href)
  const built = new Map<string, string>()
  for (const { name, build } of COMPILED) {
    if (built.has(name)) throw new TypeError(`two compiled batches have the name ${name}`)
    built.set(name, JSON.stringify(describeBatch(build())))
  }
  return Object.fromEntries(built)
}
