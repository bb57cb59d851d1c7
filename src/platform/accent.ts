// The accent colour of a vendor on our papers, light and dark. WCAG 2.2 asks for a contrast of 4.5
// between text and its ground (1.4.3): a colour that has less is made darker or lighter. Pure.

export type Accent = { light: string; dark: string }

type RedGreenBlue = readonly [red: number, green: number, blue: number]

/** As in platform/http/style.ts: links stand on them, and the words of a button are in them. */
export const PAPER = { light: '#ffffff', dark: '#1b222c' } as const

export const LEAST_CONTRAST = 4.5
const STEPS = 20

export const isColor = (text: string): boolean => /^#[0-9a-f]{6}$/.test(text)

/** `color`: `#rrggbb`. The hue stays, as far as the contrast allows. */
export function accentOf(color: string): Accent {
  return { light: readable(color, PAPER.light, 0), dark: readable(color, PAPER.dark, 255) }
}

/** The first mixture towards `end`, black or white, that can be read on the paper. */
function readable(color: string, paper: string, end: 0 | 255): string {
  const channels = channelsOf(color)
  for (let step = 0; step < STEPS; step++) {
    const mixed = toText(channels.map((value) => value + ((end - value) * step) / STEPS))
    if (contrastOf(mixed, paper) >= LEAST_CONTRAST) return mixed
  }
  return toText([end, end, end])
}

/** WCAG 2.2, “contrast ratio”: 1 to 21. */
export function contrastOf(one: string, other: string): number {
  const [dark, light] = [luminanceOf(one), luminanceOf(other)].toSorted((a, b) => a - b)
  return (light! + 0.05) / (dark! + 0.05)
}

function luminanceOf(color: string): number {
  const [red, green, blue] = channelsOf(color).map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

function channelsOf(color: string): RedGreenBlue {
  const at = (from: number) => Number.parseInt(color.slice(from, from + 2), 16)
  return [at(1), at(3), at(5)]
}

function toText(channels: readonly number[]): string {
  return `#${channels.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`
}
