// Style and script of console and setup portal: one file each, with the hash of its content in its
// path, so that browsers keep it for good.
import { Hono } from 'hono'
import { accentOf } from '../../platform/accent.ts'
import type { App, AppContext } from '../../platform/http/http.ts'
import { accentStyle } from '../../platform/http/style.ts'
import { CONSOLE_SCRIPT } from './console-script.ts'
import { CONSOLE_STYLE } from './console-style.ts'

const FILES = {
  style: { text: CONSOLE_STYLE, ending: 'css', type: 'text/css; charset=utf-8' },
  script: { text: CONSOLE_SCRIPT, ending: 'js', type: 'text/javascript; charset=utf-8' },
}

type Kind = keyof typeof FILES

type AssetPaths = Record<Kind, string>

let paths: AssetPaths | undefined

/** The paths of this version's files. */
export async function assetPaths(): Promise<AssetPaths> {
  paths ??= { style: await pathOf('style'), script: await pathOf('script') }
  return paths
}

async function pathOf(kind: Kind): Promise<string> {
  const { text, ending } = FILES[kind]
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  const bytes = new Uint8Array(digest, 0, 16)
  const hash = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `/assets/${kind}-${hash}.${ending}`
}

export const assetRoutes = new Hono<App>()

assetRoutes.get('/:name{style-[0-9a-f]{32}\\.css}', (c) => serve(c, 'style'))
assetRoutes.get('/:name{script-[0-9a-f]{32}\\.js}', (c) => serve(c, 'script'))

/** The colour alone decides what is in the file. */
export const accentPath = (color: string) => `/assets/accent-${color.slice(1)}.css`

assetRoutes.get('/:name{accent-[0-9a-f]{6}\\.css}', (c) => {
  const [, color = ''] = /accent-([0-9a-f]{6})/.exec(c.req.path) ?? []
  return c.body(accentStyle(accentOf(`#${color}`)), 200, {
    'content-type': FILES.style.type,
    // The rules of contrast may change with a version.
    'cache-control': 'public, max-age=86400',
  })
})

/**
 * While a new version is deployed, a page of one version may ask the other for its file. It gets
 * the other's own, which must not be kept under that name.
 */
async function serve(c: AppContext, kind: Kind): Promise<Response> {
  const isOurs = c.req.path === (await assetPaths())[kind]
  const { text, type } = FILES[kind]
  return c.body(text, 200, {
    'content-type': type,
    'cache-control': isOurs ? 'public, max-age=31536000, immutable' : 'no-store',
  })
}
