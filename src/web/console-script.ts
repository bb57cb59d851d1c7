// The one script of console and setup portal. Pages work without it: it brings out the copy buttons, nothing else.

export const CONSOLE_SCRIPT = `
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
