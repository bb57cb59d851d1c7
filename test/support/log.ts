// The lines that the Worker writes while something happens.
import { vi } from 'vitest'

export type LogLine = Record<string, unknown> & { event: string }

/** Nothing is printed meanwhile. */
export async function linesDuring(act: () => Promise<unknown>): Promise<LogLine[]> {
  const lines: LogLine[] = []
  const spies = (['log', 'warn', 'error'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation((line) => void lines.push(JSON.parse(line))),
  )
  try {
    await act()
    return lines
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}
