// The style of console and setup portal: system fonts, no images, shapes and words beside colours.
import { TOKENS } from '../../platform/http/style.ts'
import { BLOCKS } from './block-style.ts'
import { FORMS, FRAME, TONES } from './frame-style.ts'
import { CARDS, PHONE } from './phone-style.ts'
import { ROLLOUT_STYLE } from './rollout-style.ts'
import { ROOM } from './room-style.ts'

const PARTS = [TOKENS, TONES, FRAME, FORMS, BLOCKS, ROOM, ROLLOUT_STYLE, PHONE]

export const CONSOLE_STYLE = `${PARTS.join('')}
@container (max-width: 44rem) {${CARDS}}
@container many (max-width: 64rem) {${CARDS}}
`
