// What a page says beside a field that does not fit.

/** The control of a page that is in error, with the words beside it. */
export function errorOf(page: string, field: string) {
  const control = new RegExp(`<(?:input|textarea|select)[^>]* id="${field}"[^>]*>`).exec(page)?.[0]
  return {
    isMarked: control?.includes('aria-invalid="true"') ?? false,
    isDescribed: control?.includes(`${field}-error`) ?? false,
    says: new RegExp(`id="${field}-error"[^>]*>(?:<span[^>]*>[^<]*</span>)?([^<]*)<`).exec(
      page,
    )?.[1],
    isInSummary: page.includes(`href="#${field}"`),
  }
}
