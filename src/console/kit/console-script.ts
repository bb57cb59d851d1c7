// The script of console and setup portal: copy buttons, live updates of a page that people watch,
// and steps that go on by themselves. Pages also work without it.

const COPY = `
for (const button of document.querySelectorAll('button[data-copy]')) {
  const field = document.getElementById(button.dataset.copy)
  const word = button.querySelector('[data-word]')
  const status = button.parentElement.querySelector('[role=status]')
  let timer
  const say = (text) => {
    word.textContent = text
    status.textContent = text
    clearTimeout(timer)
    timer = setTimeout(() => { word.textContent = 'Copy'; status.textContent = '' }, 2500)
  }
  button.hidden = false
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(field.value)
      say('Copied')
    } catch {
      field.focus()
      field.select()
      say('Selected')
    }
  })
}
`

/**
 * For a page with an element `data-live` (the URL to poll) and `data-version` (the shown version).
 * Each part has an id and `data-part`. Only parts whose markup on the server changed are replaced,
 * so that opened, typed and focused content stays. A list (`data-list`) consists of parts and
 * follows the server's. `data-say` is read out when its part appears or changes. Elements with
 * `data-state` show the state of the updates.
 */
const LIVE = `
const live = document.querySelector('[data-live]')
if (live) {
  const EVERY = 1500
  const AFTER_FAILURE = 5000
  const LONGEST = 3600000
  const ENDED = [0, 401, 403, 404]
  const status = document.getElementById(live.dataset.status)
  const partsOf = (root) => [...root.querySelectorAll('[data-part]')]
  const reachedIn = (root) => [...root.querySelectorAll('a, button, input, textarea, summary')]
  const sent = new Map(partsOf(document).map((part) => [part.id, part.outerHTML]))
  let tag = live.dataset.version
  let until = Date.now() + LONGEST
  let round = 0
  let timer

  const show = (state) => {
    for (const words of live.querySelectorAll('[data-state]')) {
      const isIt = words.dataset.state === state
      if (isIt && words.hidden && words.dataset.say) status.textContent = words.dataset.say
      words.hidden = !isIt
    }
  }

  const replace = (old, part) => {
    const place = reachedIn(old).indexOf(document.activeElement)
    old.replaceWith(part)
    const folds = part.querySelectorAll('details')
    old.querySelectorAll('details').forEach((fold, index) => {
      if (fold.open && folds[index]) folds[index].open = true
    })
    // Never a choice: it was made about what was shown before.
    for (const field of old.querySelectorAll('input[type=text], textarea:not([readonly])')) {
      const same = field.id && part.querySelector('#' + CSS.escape(field.id))
      if (same) same.value = field.value
    }
    if (place >= 0) reachedIn(part)[place]?.focus({ preventScroll: true })
  }

  const take = (html) => {
    const next = new DOMParser().parseFromString(html, 'text/html')
    const news = []
    for (const part of partsOf(next)) {
      const text = part.outerHTML
      if (sent.get(part.id) === text) continue
      sent.set(part.id, text)
      if (part.dataset.say) news.push(part.dataset.say)
      const old = document.getElementById(part.id)
      const come = document.importNode(part, true)
      if (old) replace(old, come)
      else {
        come.classList.add('new')
        document.getElementById(part.parentElement.id)?.append(come)
      }
    }
    for (const list of next.querySelectorAll('[data-list]')) {
      const shown = document.getElementById(list.id)
      const ids = [...list.children].map(({ id }) => id)
      for (const part of [...shown.children]) {
        if (ids.includes(part.id) || part.querySelector('details[open]')) continue
        sent.delete(part.id)
        part.remove()
      }
      ids.forEach((id, index) => {
        const part = document.getElementById(id)
        if (shown.children[index] !== part) shown.insertBefore(part, shown.children[index])
      })
    }
    if (news.length > 0) status.textContent = news.join(' ')
  }

  const look = async () => {
    clearTimeout(timer)
    if (document.hidden) return show('hidden')
    if (Date.now() > until) return show('paused')
    const mine = ++round
    const began = Date.now()
    let wait = EVERY
    try {
      const answer = await fetch(live.dataset.live, {
        headers: { 'if-none-match': tag },
        redirect: 'manual',
        signal: AbortSignal.timeout(10000),
      })
      const html = answer.status === 200 ? await answer.text() : ''
      if (mine !== round) return
      if (ENDED.includes(answer.status)) return show('ended')
      if (answer.status !== 200 && answer.status !== 304) throw new Error()
      if (answer.status === 200) {
        take(html)
        tag = answer.headers.get('etag')
      }
      show('live')
    } catch {
      if (mine !== round) return
      show('lost')
      wait = AFTER_FAILURE
    }
    timer = setTimeout(look, Math.max(250, wait - (Date.now() - began)))
  }

  live.querySelector('[data-go-on]').addEventListener('click', () => {
    until = Date.now() + LONGEST
    look()
  })
  document.addEventListener('visibilitychange', look)
  show('live')
  timer = setTimeout(look, EVERY)
}
`

/** Presses "Continue". Safe: such a page is only ever the response to our own POST. */
const ONWARD = `
document.querySelector('[data-onward] form')?.requestSubmit()
`

/** “/” leads to the search box, from anywhere but a field. */
const SEARCH = `
const find = document.getElementById('find')
if (find) document.addEventListener('keydown', (event) => {
  const isTyping = event.target.closest('input, textarea, select, [contenteditable]')
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  find.focus()
  find.select()
})
`

/** Each part in a block of its own: they share no names. */
export const CONSOLE_SCRIPT = [COPY, LIVE, ONWARD, SEARCH].map((part) => `{${part}}\n`).join('')
