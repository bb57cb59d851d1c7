// Every colour of a vendor can be read on our papers, and stays as it is where it can already.
import { expect, it } from 'vitest'
import { accentOf, contrastOf, isColor, LEAST_CONTRAST, PAPER } from '../../src/platform/accent.ts'
import { TOKENS } from '../../src/platform/http/style.ts'

const hex = (value: number) => value.toString(16).padStart(2, '0')
const STEPS = [0, 51, 102, 153, 204, 255].map(hex)
const COLORS = STEPS.flatMap((r) => STEPS.flatMap((g) => STEPS.map((b) => `#${r}${g}${b}`)))

it('computes the ratios of WCAG', () => {
  expect(contrastOf('#000000', '#ffffff')).toBe(21)
  expect(contrastOf('#ffffff', '#ffffff')).toBe(1)
  expect(contrastOf('#767676', '#ffffff')).toBeCloseTo(4.54, 2)
  expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
})

it('knows the papers of the pages', () => {
  // As the style has them: white is written short.
  expect(TOKENS).toContain('--paper: #fff;')
  expect(PAPER.light).toBe('#ffffff')
  expect(TOKENS).toContain(`--paper: ${PAPER.dark};`)
})

it('gives each colour enough contrast, light and dark', () => {
  expect(COLORS).toHaveLength(216)
  for (const color of COLORS) {
    const { light, dark } = accentOf(color)
    expect(isColor(light) && isColor(dark)).toBe(true)
    expect(contrastOf(light, PAPER.light)).toBeGreaterThanOrEqual(LEAST_CONTRAST)
    expect(contrastOf(dark, PAPER.dark)).toBeGreaterThanOrEqual(LEAST_CONTRAST)
  }
})

it('leaves a colour alone that can be read', () => {
  expect(accentOf('#1f5fbf').light).toBe('#1f5fbf')
  expect(accentOf('#82b1ff').dark).toBe('#82b1ff')
  expect(accentOf('#ffee00').light).not.toBe('#ffee00')
})

it('knows colours from other text', () => {
  for (const text of ['#fff', '1f5fbf', '#1F5FBF', '#1f5fbf;', 'red', '#1f5fbg'])
    expect(isColor(text)).toBe(false)
})
